/** What an agent reads at its start is written within its turn: whoever waits for it, starts as before. */
import { describe, expect, it } from 'vitest';
import type { ReachableFacts } from '../../../src/shared/plan/facts.js';
import { changeCount, planApply } from '../../../src/shared/plan/index.js';
import type { Plan, Step, StepKind } from '../../../src/shared/plan/types.js';
import { NOT_SECURED, newTopology } from '../../../src/shared/topology/index.js';
import type { Secure, Topology } from '../../../src/shared/topology/types.js';
import { before } from '../plan/secured.js';
import { inOrder, StandInCluster, secretsKnown } from './stand-in-cluster.js';

const GOSSIP: Secure = { ...NOT_SECURED, gossip: true };
const TLS: Secure = { gossip: true, tls: true, acl: false };
const ALL: Secure = { gossip: true, tls: true, acl: true };

/** Three servers and two clients. */
function documentOf(change: Partial<Topology>): Topology {
  const hosts = [1, 2, 3, 4, 5].map((n) => ({ name: `docker0${n}`, address: `192.0.2.${n}` }));
  const { disableUpdateCheck: _on, ...made } = newTopology({
    name: 'shop',
    hosts,
    servers: 3,
    image: 'hashicorp/consul:1.10.11',
  });
  return { ...made, id: '11111111-2222-4333-8444-555555555555', ...change };
}

const FILES: ReadonlySet<StepKind> = new Set<StepKind>(['file', 'secret-file', 'file-remove']);
const STOPS: ReadonlySet<StepKind> = new Set<StepKind>(['container-replace', 'container-restart']);
const isFile = ({ action }: Step): boolean => FILES.has(action.kind);
const stopping = (plan: Plan): Step[] => inOrder(plan).filter(({ action }) => STOPS.has(action.kind));

const look = async (cluster: StandInCluster, topology: Topology): Promise<Record<string, ReachableFacts>> =>
  (await cluster.look(topology)) as Record<string, ReachableFacts>;

async function raised(topology: Topology, version: string): Promise<StandInCluster> {
  const cluster = new StandInCluster(version, topology);
  const plan = planApply(topology, await look(cluster, topology), { secrets: secretsKnown() });
  for (const step of inOrder(plan)) cluster.run(plan, step);
  return cluster;
}

const CHANGES: readonly (readonly [string, string, Partial<Topology>, Partial<Topology>])[] = [
  ['another configuration', '1.21.4', {}, { disableUpdateCheck: true }],
  ['an image across 1.12 with TLS', '1.10.11', { secure: TLS }, { image: 'hashicorp/consul:1.12.9' }],
  ['the same with ACLs', '1.10.11', { secure: ALL }, { image: 'hashicorp/consul:1.12.9' }],
  ['gossip that is encrypted', '1.21.4', {}, { secure: GOSSIP }],
  ['TLS where gossip was encrypted', '1.21.4', { secure: GOSSIP }, { secure: TLS }],
  ['ACLs where gossip was encrypted', '1.21.4', { secure: GOSSIP }, { secure: { ...GOSSIP, acl: true } }],
];

describe.each(CHANGES)('%s', (_name, version, first, change) => {
  const image = `hashicorp/consul:${version}`;
  const was = documentOf({ image, ...first });
  const topology = documentOf({ image, ...first, ...change });

  const planned = async (cluster: StandInCluster): Promise<Plan> =>
    planApply(topology, await look(cluster, topology), { secrets: secretsKnown() });

  it('is written on a host when every agent before its own is back, and right before its own is stopped', async () => {
    const plan = await planned(await raised(was, version));
    const turns = stopping(plan);
    const [head] = turns;
    if (head === undefined) throw new Error('no agent is stopped');
    const written = plan.steps.filter(
      (step) =>
        isFile(step) &&
        step.host !== head.host &&
        turns.some((turn) => turn.host === step.host && before(plan, turn).has(step.id)),
    );
    expect(new Set(written.map(({ host }) => host)).size).toBe(4);
    for (const step of written) {
      const needs = before(plan, step);
      const own = turns.findIndex((turn) => turn.host === step.host && before(plan, turn).has(step.id));
      for (const turn of turns.slice(0, own)) expect(needs, `${step.id} after ${turn.id}`).toContain(turn.id);
    }
    // The first step of each waits for the cluster to be able to spare the agent.
    for (const turn of turns.filter(({ host }) => written.some((step) => step.host === host)))
      expect(plan.steps.filter((step) => step.turn === 'begins' && step.host === turn.host)).not.toEqual([]);
  });

  it('is nowhere but on the first host where that one does not come back, and the next apply goes on', async () => {
    const cluster = await raised(was, version);
    const plan = await planned(cluster);
    const [head] = stopping(plan);
    if (head === undefined) throw new Error('no agent is stopped');
    const found = await look(cluster, topology);
    for (const step of inOrder(plan))
      if (step.id !== head.id && !before(plan, step).has(head.id)) cluster.run(plan, step);
    const now = await look(cluster, topology);
    for (const [host, { workdir }] of Object.entries(now)) {
      if (host === head.host) expect(workdir.files).not.toEqual(found[host]?.workdir.files);
      else {
        expect(workdir.files, host).toEqual(found[host]?.workdir.files);
        // What is recorded is what is there: destroy finds it, and nobody is said to have edited it.
        expect(workdir.state?.files, host).toEqual(found[host]?.workdir.state?.files);
      }
    }
    const rest = await planned(cluster);
    expect(rest.issues.filter(({ code }) => code === 'edited-file')).toEqual([]);
    for (const step of inOrder(rest)) cluster.run(rest, step);
    // A stand-in stays at its version.
    if (topology.image === was.image) expect(changeCount(await planned(cluster))).toBe(0);
  });
});

describe('a client that is re-created in a cluster with ACLs', () => {
  it('comes after every server and after the tokens, and begins with its own', async () => {
    const cluster = await raised(documentOf({ secure: ALL }), '1.10.11');
    const topology = documentOf({ secure: ALL, image: 'hashicorp/consul:1.12.9' });
    const plan = planApply(topology, await look(cluster, topology), { secrets: secretsKnown() });
    const [tokens] = plan.steps.filter(({ action }) => action.kind === 'acl-tokens');
    const replaced = plan.steps.filter(({ action }) => action.kind === 'container-replace');
    const servers = replaced.filter(({ host }) => /0[123]$/.test(host));
    for (const client of replaced.filter((step) => !servers.includes(step))) {
      const needs = before(plan, client);
      for (const { id } of [...servers, tokens ?? servers[0]].flatMap((step) => step ?? []))
        expect(needs).toContain(id);
      const secrets = plan.steps.filter(
        ({ id, host, action }) => action.kind === 'secret-file' && host === client.host && needs.has(id),
      );
      expect(
        secrets.flatMap(({ action }) =>
          action.kind === 'secret-file' && action.path.endsWith('secret.json') ? [action.template] : [],
        ),
      ).toEqual([expect.stringMatching(/"tls": \{[\s\S]*acl-agent\//)]);
    }
    expect(tokens).toBeDefined();
    expect(servers).toHaveLength(3);
    expect(replaced).toHaveLength(5);
  });
});

describe('a new cluster', () => {
  it('has all its files written at once', async () => {
    const topology = documentOf({ secure: TLS });
    const cluster = new StandInCluster('1.10.11', topology);
    const plan = planApply(topology, await look(cluster, topology), { secrets: secretsKnown() });
    for (const step of plan.steps.filter(isFile)) {
      const hosts = [...before(plan, step)].map((id) => id.slice(0, id.indexOf('/')));
      expect(new Set(hosts)).toEqual(new Set([step.host]));
    }
  });
});
