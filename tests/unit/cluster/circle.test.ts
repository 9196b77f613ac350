/** Plan, apply and plan again, on agents that answer as each version does. */
import { describe, expect, it } from 'vitest';
import { changeCount, type PlanSecrets, planApply } from '../../../src/shared/plan/index.js';
import type { Plan } from '../../../src/shared/plan/types.js';
import { NOT_SECURED, newTopology } from '../../../src/shared/topology/index.js';
import type { Secure, Topology } from '../../../src/shared/topology/types.js';
import { VERSIONS } from '../consul-client/stand-in.js';
import { inOrder, StandInCluster, secretsKnown } from './stand-in-cluster.js';

const ALL: Secure = { gossip: true, tls: true, acl: true };
const FORMS: readonly (readonly [string, Secure])[] = [
  ['nothing', NOT_SECURED],
  ['gossip', { ...NOT_SECURED, gossip: true }],
  ['TLS', { ...NOT_SECURED, tls: true }],
  ['ACLs', { ...NOT_SECURED, acl: true }],
  ['all', ALL],
];

/** Three servers and a client. */
function documentOf(version: string, secure: Secure): Topology {
  const hosts = [1, 2, 3, 4].map((n) => ({ name: `docker0${n}`, address: `192.0.2.${n}` }));
  const made = newTopology({ name: 'shop', hosts, servers: 3, image: `hashicorp/consul:${version}`, secure });
  return { ...made, id: '11111111-2222-4333-8444-555555555555' };
}

const blockers = (plan: Plan): string[] =>
  plan.issues.filter(({ severity }) => severity === 'blocker').map(({ message }) => message);
const restarts = (plan: Plan): number =>
  plan.steps.filter(({ action }) => action.kind === 'container-restart').length;

async function planned(
  cluster: StandInCluster,
  topology: Topology,
  secrets?: Partial<PlanSecrets>,
): Promise<Plan> {
  const plan = planApply(topology, await cluster.look(topology), { secrets: secretsKnown(secrets) });
  expect(blockers(plan)).toEqual([]);
  return plan;
}

/** Runs the steps, or the first of them. */
function applied(
  cluster: StandInCluster,
  plan: Plan,
  most = Number.POSITIVE_INFINITY,
  each?: () => void,
): void {
  for (const step of inOrder(plan).slice(0, most)) {
    cluster.run(plan, step);
    each?.();
  }
}

const FIRST = new Map<string, Promise<Plan>>();
/** A new cluster that the plan for bare hosts was applied to; that one is the same each time. */
async function raised(version: string, secure: Secure): Promise<StandInCluster> {
  const topology = documentOf(version, secure);
  const cluster = new StandInCluster(version, topology);
  const key = JSON.stringify([version, secure]);
  const plan = FIRST.get(key) ?? planned(cluster, topology);
  FIRST.set(key, plan);
  applied(cluster, await plan);
  return cluster;
}

describe.each(VERSIONS)('on Consul %s', (version) => {
  it.each([
    ['plain', NOT_SECURED],
    ['secured', ALL],
  ] as const)('a %s cluster, as it was recorded, is as its document says', async (form, secure) => {
    const topology = documentOf(version, secure);
    const facts = await (await raised(version, secure)).look(topology, form);
    const plan = planApply(topology, facts, { secrets: secretsKnown() });
    expect(blockers(plan)).toEqual([]);
    expect(changeCount(plan)).toBe(0);
  });

  it.each(FORMS)('a cluster that was raised with %s secured needs nothing more', async (_name, secure) => {
    const cluster = await raised(version, secure);
    const plan = await planned(cluster, documentOf(version, secure));
    expect(plan.steps.map(({ action }) => action.kind).filter((kind) => kind !== 'quorum')).toEqual([]);
    expect(changeCount(plan)).toBe(0);
  });

  it.each(FORMS.slice(1))(
    'one that lives is secured with %s in rounds, and then needs nothing more',
    async (_name, secure) => {
      const cluster = await raised(version, NOT_SECURED);
      const topology = documentOf(version, secure);
      const first = await planned(cluster, topology);
      expect(restarts(first)).toBe(8);
      applied(cluster, first);
      expect(changeCount(await planned(cluster, topology))).toBe(0);
    },
  );

  it('one part is turned on after the other, each once', async () => {
    const cluster = await raised(version, NOT_SECURED);
    let secure: Secure = NOT_SECURED;
    for (const part of ['acl', 'gossip', 'tls'] as const) {
      secure = { ...secure, [part]: true };
      const topology = documentOf(version, secure);
      const plan = await planned(cluster, topology);
      expect(changeCount(plan), part).toBeGreaterThan(0);
      applied(cluster, plan);
      expect(changeCount(await planned(cluster, topology)), part).toBe(0);
    }
  });

  it('its gossip key is changed without a restart, and its ACLs are reset', async () => {
    const cluster = await raised(version, ALL);
    const topology = documentOf(version, ALL);
    const rotated = await planned(cluster, topology, { rotate: true });
    expect(restarts(rotated)).toBe(0);
    expect(rotated.steps.map(({ action }) => (action.kind === 'keyring' ? action.op : ''))).toEqual(
      expect.arrayContaining(['install', 'use', 'remove']),
    );
    const reset = await planned(cluster, topology, { resetAcl: true });
    expect(restarts(reset)).toBe(0);
    expect(reset.steps.map(({ action }) => action.kind)).toContain('acl-bootstrap');
  });
});

/** Nobody sends in the clear while another takes nothing but what is encrypted, and the other way about. */
function understood(cluster: StandInCluster): void {
  const { inForce } = cluster;
  const takesOnlyEncrypted = inForce.some(
    ({ encrypt, encrypt_verify_incoming: strict = true }) => encrypt !== undefined && strict,
  );
  const sendsClear = inForce.some(
    ({ encrypt, encrypt_verify_outgoing: strict = true }) => encrypt === undefined || !strict,
  );
  const sendsEncrypted = inForce.some(
    ({ encrypt, encrypt_verify_outgoing: strict = true }) => encrypt !== undefined && strict,
  );
  const knowsNoKey = inForce.some(({ encrypt }) => encrypt === undefined);
  expect({ cutOff: takesOnlyEncrypted && sendsClear, deaf: sendsEncrypted && knowsNoKey }).toEqual({
    cutOff: false,
    deaf: false,
  });
}

const CUT: readonly (readonly [string, string, Secure])[] = [
  // The last line that says what is in force, and one that says what its files say.
  ['1.12.9', 'gossip', { ...NOT_SECURED, gossip: true }],
  ['1.22.0', 'gossip', { ...NOT_SECURED, gossip: true }],
  ['1.22.0', 'all', ALL],
];

describe.each(CUT)('on Consul %s a roll-out of %s that is cut short', (version, _name, secure) => {
  const topology = documentOf(version, secure);

  it('goes on from every step, also where agents were reloaded meanwhile, and cuts nobody off', async () => {
    const plan = await planned(await raised(version, NOT_SECURED), topology);
    const whole = inOrder(plan);
    const first = whole.findIndex(({ action }) => action.kind === 'container-restart');
    const cuts = whole.flatMap(({ action }, index) =>
      // What is before the first restart changes agents as any apply does.
      index >= first - 1 && (action.kind === 'secret-file' || action.kind === 'container-restart')
        ? [index + 1]
        : [],
    );
    expect(cuts.length).toBeGreaterThanOrEqual(16);
    for (const cut of cuts) {
      const cluster = await raised(version, NOT_SECURED);
      applied(cluster, plan, cut);
      for (const host of cluster.hosts) cluster.reload(host);
      applied(cluster, await planned(cluster, topology), undefined, () => understood(cluster));
      expect(changeCount(await planned(cluster, topology)), `after ${cut} steps`).toBe(0);
      for (const one of cluster.inForce)
        expect(one, `after ${cut} steps`).toMatchObject({
          encrypt_verify_incoming: true,
          ...(secure.acl ? { acl: { default_policy: 'deny' } } : {}),
        });
    }
  });
});
