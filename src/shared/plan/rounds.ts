/** The roll-out of encryption on a cluster that lives, as steps. */
import { LAST_STAGE, type Stage, templateOf } from '../desired/index.js';
import { commandLine } from '../shell/quote.js';
import type { PlanBuilder } from './builder.js';
import { addQuorum, inTurn, ONE_AT_A_TIME } from './cluster-steps.js';
import { inForceBefore, type RollOut, reachedOf, stagesAt } from './roll-out.js';
import { addSecretFile } from './secrets.js';
import { addTurnFiles } from './turn.js';
import type { NodeWork } from './work.js';

const WORDS: Readonly<Record<0 | Stage, string>> = {
  0: 'talks in the clear',
  1: 'understands encryption, still talks in the clear',
  2: 'talks encrypted, still understands the clear',
  3: 'talks and understands encrypted only',
};

/** Where ACLs alone are on their way. */
const ACL_WORDS: Readonly<Record<0 | Stage, string>> = {
  0: 'knows no tokens',
  1: 'knows tokens, still allows everything',
  2: 'has its token, still allows everything',
  3: 'denies what no token allows',
};

const BOTH_WORDS: Readonly<Record<0 | Stage, string>> = {
  0: 'talks in the clear, knows no tokens',
  1: 'understands encryption and knows tokens, still asks for neither',
  2: 'talks encrypted and has its token, still understands the clear and allows everything',
  3: 'talks and understands encrypted only, denies what no token allows',
};

function wordsOf({ active }: RollOut): Readonly<Record<0 | Stage, string>> {
  if (!active.has('acl')) return WORDS;
  return active.size === 1 ? ACL_WORDS : BOTH_WORDS;
}

/** Adds the rounds that remain of a roll-out: in each, every agent gets its files and is restarted, one after the other. */
export function addRounds(
  builder: PlanBuilder,
  works: readonly NodeWork[],
  rollOut: RollOut,
  needs: readonly string[],
  /** Makes the tokens, which the second round needs. */
  makeTokens: (needs: readonly string[]) => readonly string[],
): void {
  const words = wordsOf(rollOut);
  const begun = new Set<NodeWork>();
  let gate = needs;
  for (const stage of [1, 2, 3] as const) {
    if (stage === 2 && rollOut.active.has('acl')) gate = makeTokens(gate);
    const late = works.filter(
      ({ node, need }) =>
        reachedOf(rollOut, node.node) < stage &&
        // Made anew anyway, and with the first stage's file.
        !(stage === 1 && need === 'replace'),
    );
    const ended: string[] = [];
    for (const work of inTurn(late)) {
      const { node, lane, existing, need } = work;
      const { secret } = node;
      if (secret === undefined || existing === undefined) continue;
      const own = { path: secret.path, template: templateOf(secret, stagesAt(rollOut, node.node, stage)) };
      const waiting = begun.has(work) || need === 'replace' ? undefined : work.turn;
      begun.add(work);
      // A first round that was cut short has written the file already.
      const writes = stage > 1 || waiting?.secrets.some(({ path }) => path === secret.path) === true;
      lane.turn(gate, () => {
        // Certificates before what names them.
        const others = waiting?.secrets.filter(({ path }) => path !== secret.path) ?? [];
        if (waiting !== undefined) addTurnFiles(lane, { ...waiting, secrets: others });
        const inForce = inForceBefore(rollOut, node.node, stage);
        if (writes) addSecretFile(lane, secret, own, { after: words[stage], inForce });
      });
      const id = lane.add(
        { kind: 'container-restart', name: node.container.name },
        {
          title: `Restart ${node.role} ${node.node} (round ${stage} of ${LAST_STAGE})`,
          before: words[(stage - 1) as 0 | Stage],
          after: words[stage],
          risk: 'medium',
          note: ONE_AT_A_TIME,
          commands: [commandLine(['docker', 'restart', '-t', '20', node.container.name])],
          needs: gate,
        },
      );
      ended.push(id);
      gate = [id];
    }
    // Nobody begins a round before everybody, clients too, has ended the one before.
    gate = [...new Set([...gate, ...ended])];
  }
  if (begun.size === 0) return;
  for (const datacenter of new Set(works.map(({ node }) => node.datacenter)))
    addQuorum(
      builder,
      works.filter(({ node }) => node.datacenter === datacenter),
      gate,
    );
}
