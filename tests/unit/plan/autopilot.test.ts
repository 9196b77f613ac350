/** Autopilot's MinQuorum in a plan: where it follows the number of servers, and where it is only offered. */
import { describe, expect, it } from 'vitest';
import type { Facts, ReachableFacts } from '../../../src/shared/plan/facts.js';
import { changeCount, type PlanOptions, planApply } from '../../../src/shared/plan/index.js';
import type { Plan, Step } from '../../../src/shared/plan/types.js';
import { newTopology } from '../../../src/shared/topology/index.js';
import type { Topology } from '../../../src/shared/topology/types.js';
import { appliedFacts, bareFacts, threeServers } from './fixture.js';

const stepOf = (plan: Plan): Step | undefined => plan.steps.find(({ action }) => action.kind === 'autopilot');
const offers = (plan: Plan): string[] =>
  plan.issues.filter(({ code }) => code === 'min-quorum').map(({ severity }) => severity);

function servers(count: number): Topology {
  const hosts = Array.from({ length: count }, (_, index) => ({
    name: `docker0${index + 1}`,
    address: `192.0.2.${index + 1}`,
  }));
  const made = newTopology({ name: 'shop', hosts, servers: count, image: 'hashicorp/consul:1.20.1' });
  return { ...made, id: '11111111-2222-4333-8444-555555555555' };
}

/** What the leader says, which is the first host's agent. */
const saying = (facts: Facts, minQuorum: number): Facts =>
  Object.fromEntries(
    Object.entries(facts).map(([host, found]) =>
      found.reachable && host === 'docker01' && found.agent !== undefined
        ? [host, { ...found, agent: { ...found.agent, minQuorum } }]
        : [host, found],
    ),
  );

/** As a Raftyard left it that knew nothing of MinQuorum. */
const asByAnOlderOne = (facts: Facts): Facts =>
  Object.fromEntries(
    Object.entries(facts).map(([host, found]) => {
      if (!found.reachable || found.workdir.state === undefined) return [host, found];
      const { minQuorum: _minQuorum, ...state } = found.workdir.state;
      return [host, { ...found, workdir: { ...found.workdir, state } }];
    }),
  );

function raised(topology: Topology, minQuorum: number): Facts {
  const bare = bareFacts(topology);
  return saying(appliedFacts(topology, bare, planApply(topology, bare)), minQuorum);
}

describe('MinQuorum of a cluster that is raised', () => {
  it.each([1, 2, 3, 5])('is the number of servers: %i', (count) => {
    const topology = servers(count);
    const plan = planApply(topology, bareFacts(topology));
    const step = stepOf(plan);
    expect(step).toMatchObject({
      action: { kind: 'autopilot', datacenter: 'dc1', minQuorum: count },
      before: 'MinQuorum 0, Consul’s own',
      commands: [
        `docker exec ${plan.steps.find(({ action }) => action.kind === 'container-run')?.title.replace(/.*container (.*)\)/, '$1')} consul operator autopilot set-config -min-quorum=${count}`,
      ],
    });
    const quorum = plan.steps.filter(({ action }) => action.kind === 'quorum').map(({ id }) => id);
    expect(step?.needs).toEqual(quorum);
    const followed = raised(topology, count);
    expect(changeCount(planApply(topology, followed))).toBe(0);
    expect(offers(planApply(topology, followed))).toEqual([]);
  });

  it('waits for the tokens where ACLs are on', () => {
    const topology = threeServers({ secure: { gossip: false, tls: false, acl: true } });
    const plan = planApply(topology, bareFacts(topology), {
      secrets: { rotate: false, digest: () => undefined },
    });
    const needs = stepOf(plan)?.needs ?? [];
    const kinds = plan.steps.filter(({ id }) => needs.includes(id)).map(({ action }) => action.kind);
    expect(kinds).toEqual(expect.arrayContaining(['quorum', 'acl-bootstrap', 'acl-tokens', 'agent-token']));
  });

  it('is remembered by the servers’ hosts', () => {
    const topology = threeServers();
    const states = planApply(topology, bareFacts(topology)).steps.flatMap(({ action }) =>
      action.kind === 'record' ? [action.state] : [],
    );
    expect(states.map(({ minQuorum }) => minQuorum)).toEqual([true, true, true]);
  });

  it('is set by the next apply where the first was cut short', () => {
    const topology = threeServers();
    const plan = planApply(topology, raised(topology, 0));
    expect(changeCount(plan)).toBe(1);
    expect(stepOf(plan)).toMatchObject({ before: 'MinQuorum 0 until now', action: { minQuorum: 3 } });
  });

  it('is left alone where it cannot be read', () => {
    const topology = threeServers();
    const bare = bareFacts(topology);
    expect(changeCount(planApply(topology, appliedFacts(topology, bare, planApply(topology, bare))))).toBe(0);
  });

  it('stays as it is before 1.6.2', () => {
    const topology = threeServers({ image: 'consul:1.6.1' });
    expect(stepOf(planApply(topology, bareFacts(topology)))).toBeUndefined();
    const newer = threeServers({ image: 'consul:1.6.2' });
    expect(stepOf(planApply(newer, bareFacts(newer)))).toBeDefined();
  });
});

describe('MinQuorum of a cluster whose servers become more or fewer', () => {
  it('is raised after the added ones are voters', () => {
    const before = raised(servers(3), 3);
    const five = servers(5);
    const plan = planApply(five, { ...bareFacts(five), ...before });
    const step = stepOf(plan);
    expect(step).toMatchObject({ before: 'MinQuorum 3 until now', action: { minQuorum: 5 } });
    const waits = plan.steps.filter(({ id }) => step?.needs.includes(id) === true);
    expect(waits.flatMap(({ action }) => (action.kind === 'quorum' ? [action.servers.length] : []))).toEqual([
      5,
    ]);
    const fresh = plan.steps.flatMap(({ host, action }) =>
      action.kind === 'record' ? [[host, action.state.minQuorum]] : [],
    );
    expect(fresh.slice(-2)).toEqual([
      ['docker04', true],
      ['docker05', true],
    ]);
  });

  it('is lowered when the document has fewer', () => {
    const plan = planApply(servers(3), raised(servers(5), 5));
    expect(stepOf(plan)).toMatchObject({ before: 'MinQuorum 5 until now', action: { minQuorum: 3 } });
  });
});

describe('MinQuorum of a cluster that was adopted, or raised by an older Raftyard', () => {
  const topology = threeServers();
  const older = (minQuorum: number): Facts => asByAnOlderOne(raised(topology, minQuorum));
  const planned = (facts: Facts, options: PlanOptions = {}): Plan => planApply(topology, facts, options);

  it('is offered, and is no change', () => {
    const plan = planned(older(0));
    expect(changeCount(plan)).toBe(0);
    expect(plan.steps.map(({ action }) => action.kind)).toEqual(['quorum']);
    expect(offers(plan)).toEqual(['note']);
  });

  it('is not offered where it is so, nor where it would change nothing', () => {
    expect(offers(planned(older(3)))).toEqual([]);
    const two = servers(2);
    expect(offers(planApply(two, asByAnOlderOne(raised(two, 0))))).toEqual([]);
  });

  it('is set and followed once a person asks for it', () => {
    const plan = planned(older(0), { minQuorum: true });
    expect(changeCount(plan)).toBe(1);
    expect(stepOf(plan)).toMatchObject({ action: { minQuorum: 3 } });
    const recorded = plan.steps.flatMap(({ action }) => (action.kind === 'record' ? [action.state] : []));
    expect(recorded.map(({ minQuorum }) => minQuorum)).toEqual([true, true, true]);
    // And again: the hosts remember.
    expect(planned(raised(topology, 3), { minQuorum: true }).steps).toHaveLength(1);
  });

  it('is not taken for one that is raised when its containers are gone', () => {
    const gone = Object.fromEntries(
      Object.entries(older(0)).map(([host, found]) => {
        const { agent: _agent, ...rest } = found as ReachableFacts;
        return [host, { ...rest, containers: [] }];
      }),
    );
    expect(stepOf(planned(gone))).toBeUndefined();
  });

  it('is offered when it is adopted', () => {
    const facts = Object.fromEntries(
      Object.entries(older(0)).map(([host, found]) => {
        const { state: _state, ...workdir } = (found as ReachableFacts).workdir;
        const containers = (found as ReachableFacts).containers.map((one) => ({ ...one, labels: {} }));
        return [host, { ...found, workdir, containers } as ReachableFacts];
      }),
    );
    const plan = planned(facts, { adopt: true });
    expect(stepOf(plan)).toBeUndefined();
    expect(offers(plan)).toEqual(['note']);
  });
});
