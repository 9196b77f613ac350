/** Steps for names: Consul's DNS is proven, then the engine is told of it, one host after another. */
import type { EngineDns } from '../shell/engine-file.js';
import { closing, isOpenable, opening, ruleTarget } from '../shell/firewall.js';
import { commandLine } from '../shell/quote.js';
import type { Lane, PlanBuilder } from './builder.js';
import { addQuorum, inTurn } from './cluster-steps.js';
import type { DnsRecord } from './dns-facts.js';
import { restartWords } from './dns-issues.js';
import { type DnsNeed, dnsChanges, type EngineNeed } from './dns-need.js';
import type { ReachableFacts } from './facts.js';
import { statePath } from './host-steps.js';
import type { NodeWork } from './work.js';

/** Where the engine's file as it was before is kept. */
export const keepDirectory = (workdir: string): string => `${workdir}/.raftyard`;

const RESTART = 'systemctl restart docker';

/** What a list reads like in a plan. */
const listed = ({ dns, search }: EngineDns): string =>
  dns.length + search.length === 0
    ? 'no resolvers of its own: containers get those of the host'
    : `dns ${dns.join(', ') || '–'}; search ${search.join(', ') || '–'}`;

/** As a person would see it in daemon.json. */
const jsonLine = ({ dns, search }: EngineDns): string =>
  JSON.stringify({ dns, ...(search.length === 0 ? {} : { 'dns-search': search }) });

const optionLine = ({ dns, search }: EngineDns): string =>
  `DOCKER_OPTS="… ${[...dns.map((server) => `--dns ${server}`), ...search.map((domain) => `--dns-search ${domain}`)].join(' ')}"`;

/** Rules that let containers reach Consul's DNS; those that are of no use any more go. */
export function addDnsRules(lane: Lane, facts: ReachableFacts, { open, close }: DnsNeed['rules']): void {
  const { firewall } = facts;
  const { kind } = firewall;
  if (!isOpenable(kind)) return;
  if (open.length > 0) {
    const at = ruleTarget(firewall, open);
    lane.add(
      { kind: 'firewall-open', firewall: kind, ...at, rules: open },
      {
        title: `Let containers reach Consul's DNS through ${kind}`,
        before: 'port 53 is closed to containers',
        after: open.join('\n'),
        needsRoot: true,
        commands: opening(kind, open, at),
        undo: 'destroy removes exactly these rules',
      },
    );
  }
  if (close.length > 0) {
    const at = ruleTarget(firewall, close);
    lane.add(
      { kind: 'firewall-close', firewall: kind, ...at, rules: close },
      {
        title: `Remove ${close.length} DNS rules of ours from ${kind}`,
        before: close.join('\n'),
        after: 'as before Raftyard',
        needsRoot: true,
        commands: closing(kind, close, at),
      },
    );
  }
}

function addEngine({ node, facts, lane }: Place, need: EngineNeed, needs: readonly string[]): string {
  const { file, now, dns, search, ours } = need;
  const line = file === 'daemon-json' ? jsonLine(need) : optionLine(need);
  return lane.add(
    {
      kind: 'engine-dns',
      file,
      path: now.path,
      sha256: now.sha256 ?? null,
      mode: now.mode,
      keep: keepDirectory(node.workdir),
      dns,
      search,
      ours,
    },
    {
      title: `Let containers on ${node.host} ask Consul, and restart the engine`,
      before: listed(now),
      after: listed(need),
      risk: 'medium',
      note: restartWords(node, facts),
      needsRoot: true,
      commands: [
        `edit ${commandLine([now.path])}   # ${line}; all else in it stays`,
        ...(file === 'daemon-json'
          ? ['dockerd --validate --config-file …   # where the engine knows it']
          : []),
        `${RESTART}   # should it fail, the file is put back and the engine started with it`,
      ],
      undo: 'destroy puts back what was there',
      needs,
    },
  );
}

type Place = Pick<NodeWork, 'node' | 'facts' | 'lane'>;

/** Takes back what the engine was told. */
export function addEngineUndo(
  { node, facts, lane }: Place,
  { file, path, existed, dns, search }: NonNullable<DnsRecord['engine']>,
  needs: readonly string[],
): string {
  return lane.add(
    {
      kind: 'engine-dns-undo',
      file,
      path,
      existed,
      keep: keepDirectory(node.workdir),
      ours: { dns, search },
    },
    {
      title: `Put back the engine’s resolvers on ${node.host}, and restart it`,
      before: listed({ dns, search }),
      after: 'as before Raftyard; what others wrote meanwhile stays',
      risk: 'medium',
      note: restartWords(node, facts),
      needsRoot: true,
      commands: [
        existed
          ? `edit ${commandLine([path])}   # without our entries`
          : `rm -f ${commandLine([path])}   # only where it still is as we wrote it`,
        RESTART,
      ],
      needs,
    },
  );
}

const RESOLVED_RESTART = 'systemctl restart systemd-resolved';

/** Takes our file away from systemd-resolved. */
export function addResolverUndo(
  { node, lane }: Pick<NodeWork, 'node' | 'lane'>,
  { path, sha256 }: NonNullable<DnsRecord['resolver']>,
): void {
  lane.add(
    { kind: 'host-resolver', path, content: null, sha256 },
    {
      title: `Let ${node.host} resolve names as before`,
      before: 'systemd-resolved asks Consul for .consul',
      after: `${path} is gone`,
      needsRoot: true,
      commands: [commandLine(['rm', '-f', path]), RESOLVED_RESTART],
    },
  );
}

function addResolver(
  { node, lane }: Place,
  { path, content }: NonNullable<DnsNeed['resolver']>,
  needs: readonly string[],
): void {
  lane.add(
    { kind: 'host-resolver', path, content },
    {
      title: `Let ${node.host} itself ask Consul for .consul`,
      before: 'systemd-resolved asks others for every name',
      after: content.split('\n').slice(1).join('\n').trim(),
      needsRoot: true,
      commands: [
        `install -D -m 644 /dev/stdin ${commandLine([path])}   # content: see above`,
        RESOLVED_RESTART,
      ],
      undo: 'destroy removes it',
      needs,
    },
  );
}

function addCheck(
  { node, lane }: Place,
  { address, port }: NonNullable<DnsNeed['check']>,
  needs: readonly string[],
): string {
  const name = 'consul.service.consul';
  return lane.add(
    { kind: 'dns-check', address, port, name },
    {
      title: `Ask Consul's DNS on ${node.host}`,
      before: 'nobody asks it yet',
      after: `${address}:${port} answers for ${name}`,
      risk: 'none',
      commands: [`dig +tcp @${address} -p ${port} ${name}`],
      needs,
    },
  );
}

function addAfter({ lane, node, names }: NodeWork): void {
  if (names?.need.after === undefined) return;
  const { after } = names.need;
  const { dns: _dns, ...rest } = names.state;
  const path = statePath(node.workdir);
  lane.add(
    { kind: 'record', statePath: path, state: after === null ? rest : { ...rest, dns: after } },
    {
      title: 'Record what is ours from now on',
      before: 'recorded earlier',
      after: `${path} says what was there before and what Raftyard makes`,
      needsRoot: true,
      risk: 'none',
      commands: [`write ${path}`],
    },
  );
}

/** One host after another, the leader's last: its DNS is proven, its engine told and restarted, the quorum proven again. */
function addTurns(builder: PlanBuilder, works: readonly NodeWork[], needs: readonly string[]): void {
  let gate = needs;
  for (const work of inTurn(works.filter(({ names }) => dnsChanges(names?.need)))) {
    const { engine, engineUndo, resolver, resolverUndo, check } = work.names?.need ?? {};
    const checked = check === undefined ? gate : [addCheck(work, check, gate)];
    const restarts =
      engine !== undefined
        ? addEngine(work, engine, checked)
        : engineUndo === undefined
          ? undefined
          : addEngineUndo(work, engineUndo, checked);
    if (resolverUndo !== undefined) addResolverUndo(work, resolverUndo);
    if (restarts !== undefined) gate = [addQuorum(builder, works, [restarts])];
    if (resolver !== undefined) addResolver(work, resolver, restarts === undefined ? checked : gate);
    addAfter(work);
  }
}

/** Names come last: nobody is sent to a DNS that does not answer yet. */
export function addNames(builder: PlanBuilder, works: readonly NodeWork[]): void {
  for (const datacenter of new Set(works.map(({ node }) => node.datacenter))) {
    const proven = builder.steps.flatMap(({ id, action }) =>
      action.kind === 'quorum' && action.datacenter === datacenter ? [id] : [],
    );
    addTurns(
      builder,
      works.filter(({ node }) => node.datacenter === datacenter),
      proven,
    );
  }
}
