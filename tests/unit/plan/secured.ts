/** What the tests of secured clusters’ plans share. */
import {
  allAt,
  desiredNodes,
  renderSecrets,
  type SecretValues,
  templateOf,
} from '../../../src/shared/desired/index.js';
import { sha256Hex } from '../../../src/shared/digest.js';
import type { Facts, ReachableFacts } from '../../../src/shared/plan/facts.js';
import { type PlanSecrets, planApply } from '../../../src/shared/plan/index.js';
import type { Plan, Step } from '../../../src/shared/plan/types.js';
import { NOT_SECURED } from '../../../src/shared/topology/index.js';
import type { Topology } from '../../../src/shared/topology/types.js';
import { appliedFacts, bareFacts, threeServers } from './fixture.js';

export const plain = threeServers();
export const secured = threeServers({ secure: { ...NOT_SECURED, gossip: true } });
export const VALUES = { 'gossip-key': 'b2xk', 'gossip-key-next': 'bmV3' };

export const knowing = (values: SecretValues, rotate = false): PlanSecrets => ({
  rotate,
  digest: (template) => {
    try {
      return sha256Hex(renderSecrets(template, values));
    } catch {
      return undefined;
    }
  },
});
export const KNOWN = knowing(VALUES);

type Gossip = NonNullable<ReachableFacts['agent']>['gossip'];
export const STAGES: readonly Gossip[] = [
  { encrypted: false, verifyOutgoing: false, verifyIncoming: false },
  { encrypted: true, verifyOutgoing: false, verifyIncoming: false },
  { encrypted: true, verifyOutgoing: true, verifyIncoming: false },
  { encrypted: true, verifyOutgoing: true, verifyIncoming: true },
];

/** Facts in which each agent is at a stage, with its file as that stage has it. */
export function at(stages: readonly number[], base: Facts, values: SecretValues = VALUES): Facts {
  const nodes = desiredNodes(secured);
  return Object.fromEntries(
    Object.entries(base).map(([name, facts], index) => {
      const stage = stages[index] ?? 0;
      const secret = nodes.find((node) => node.host === name)?.secret;
      if (!facts.reachable || facts.agent === undefined || secret === undefined) return [name, facts];
      const content = renderSecrets(templateOf(secret, allAt((stage || 1) as 1 | 2 | 3)), values);
      const file = { path: secret.path, mode: secret.mode, sha256: sha256Hex(content) };
      return [
        name,
        {
          ...facts,
          agent: { ...facts.agent, gossip: STAGES[stage] },
          workdir: { ...facts.workdir, files: [...facts.workdir.files, ...(stage === 0 ? [] : [file])] },
        },
      ];
    }),
  ) as Facts;
}

export function applied(topology: Topology): Facts {
  const bare = bareFacts(topology);
  return appliedFacts(topology, bare, planApply(topology, bare, { secrets: KNOWN }));
}

export const kinds = (plan: Plan): string[] => plan.steps.map(({ action }) => action.kind);
export const of = (plan: Plan, kind: Step['action']['kind']): Step[] =>
  plan.steps.filter(({ action }) => action.kind === kind);
export const blockers = (plan: Plan): string[] =>
  plan.issues.filter(({ severity }) => severity === 'blocker').map(({ code }) => code);

/** Every step that must be done before a step. */
export function before(plan: Plan, step: Step): Set<string> {
  const seen = new Set<string>();
  const visit = (id: string): void => {
    if (seen.has(id)) return;
    seen.add(id);
    plan.steps.find((other) => other.id === id)?.needs.forEach(visit);
  };
  step.needs.forEach(visit);
  return seen;
}
