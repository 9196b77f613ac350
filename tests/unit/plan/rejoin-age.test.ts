/** Servers that were off for longer than Consul takes: said before they are started, and by which step they start. */
import { describe, expect, it } from 'vitest';
import { desiredNodes } from '../../../src/shared/desired/index.js';
import type { Facts, ReachableFacts } from '../../../src/shared/plan/facts.js';
import { changeCount, isAsWanted, planApply, stoppers } from '../../../src/shared/plan/index.js';
import type { Plan, PlanIssue } from '../../../src/shared/plan/types.js';
import { readTopology, serialiseTopology } from '../../../src/shared/topology/index.js';
import type { Topology } from '../../../src/shared/topology/types.js';
import { appliedFacts, bareFacts, threeServers } from './fixture.js';

const HOUR = 3600;
const DAY = 24 * HOUR;

interface Was {
  /** Seconds; absent: its record is not there. */
  readonly off?: number;
  readonly running?: boolean;
  /** Its agent answers. */
  readonly answers?: boolean;
  readonly reachable?: boolean;
}

/** A cluster that was raised, with servers that are what is given, in order. */
function facts(topology: Topology, was: readonly Was[]): Facts {
  const bare = bareFacts(topology);
  const applied = appliedFacts(topology, bare, planApply(topology, bare));
  return Object.fromEntries(
    Object.entries(applied).map(([host, found], index) => {
      const { off, running = false, answers = false, reachable = true } = was[index] ?? {};
      if (!reachable)
        return [
          host,
          { host, reachable: false, error: { code: 'unreachable', message: 'no', retryable: true } },
        ];
      const { agent, ...rest } = found as ReachableFacts;
      return [
        host,
        {
          ...rest,
          ...(answers && agent !== undefined ? { agent } : {}),
          containers: rest.containers.map((container) => ({
            ...container,
            running: running || answers,
            ...(off === undefined ? {} : { offForS: off }),
          })),
        },
      ];
    }),
  ) as Facts;
}

const about = (plan: Plan): PlanIssue[] => plan.issues.filter(({ code }) => code === 'off-too-long');
const rejoins = (plan: Plan): string[] =>
  plan.steps.flatMap(({ action }) => (action.kind === 'rejoin' ? [action.name] : []));
const off = (...seconds: number[]): Was[] => seconds.map((one) => ({ off: one }));

describe('a cluster that was off for ten days', () => {
  const topology = threeServers();
  const plan = planApply(topology, facts(topology, off(10 * DAY, 10 * DAY + 900, 10 * DAY + HOUR)));

  it('is said, and asked about, before anything is started', () => {
    expect(about(plan)).toEqual([
      {
        severity: 'confirm',
        code: 'off-too-long',
        message: expect.stringMatching(
          /^dc1 was off for 10 days, .* more than 168 hours .*: node1, node2, node3\./,
        ),
      },
    ]);
    expect(stoppers(plan)).toEqual([]);
    expect(isAsWanted(plan)).toBe(false);
  });

  it('has one step for each server, before it is started', () => {
    expect(rejoins(plan)).toHaveLength(3);
    for (const step of plan.steps.filter(({ action }) => action.kind === 'container-start')) {
      const rejoin = plan.steps.find(({ host, action }) => host === step.host && action.kind === 'rejoin');
      expect(step.needs).toContain(rejoin?.id);
      expect(rejoin?.action).toMatchObject({ restart: false, data: { mountedAt: '/consul/data' } });
      expect(rejoin?.commands[0]).toMatch(/^rm ".*\/consul\/data.*\/server_metadata\.json"$/);
    }
    expect(changeCount(plan)).toBe(6);
  });

  it('is the same plan an hour later', () => {
    const later = facts(topology, off(10 * DAY + HOUR, 10 * DAY + HOUR + 900, 10 * DAY + 2 * HOUR));
    expect(planApply(topology, later).id).toBe(plan.id);
  });

  it('starts without a word where its containers loop, and where they are made anew', () => {
    const looping = off(10 * DAY, 10 * DAY, 10 * DAY).map((one) => ({ ...one, running: true }));
    const kicked = planApply(topology, facts(topology, looping));
    expect(rejoins(kicked)).toHaveLength(3);
    const step = kicked.steps.find(({ action }) => action.kind === 'rejoin');
    expect(step).toMatchObject({ action: { restart: true } });
    expect(step?.commands[1]).toMatch(/^docker restart /);
    const newer = { ...topology, image: 'hashicorp/consul:1.20.2' };
    const again = planApply(newer, facts(topology, off(10 * DAY, 10 * DAY, 10 * DAY)));
    expect(rejoins(again)).toHaveLength(3);
    expect(again.steps.filter(({ action }) => action.kind === 'container-replace')).toHaveLength(3);
  });
});

describe('data that were kept when the cluster was destroyed', () => {
  it('start ten days later, after the same question', () => {
    const topology = threeServers();
    const kept = Object.fromEntries(
      Object.entries(bareFacts(topology)).map(([host, found], index) => {
        const volume = desiredNodes(topology)[index]?.volume;
        return [host, { ...found, volume: { name: '', labels: {}, ...volume, offForS: 10 * DAY } }];
      }),
    );
    const plan = planApply(topology, kept);
    expect(about(plan).map(({ severity }) => severity)).toEqual(['confirm']);
    const steps = plan.steps.filter(({ action }) => action.kind === 'rejoin');
    expect(steps.map(({ action }) => action)).toEqual(
      [1, 2, 3].map((n) => expect.objectContaining({ data: { volume: `raftyard-11111111-node${n}` } })),
    );
    for (const { id, host } of steps)
      expect(
        plan.steps.find((step) => step.host === host && step.action.kind === 'container-run')?.needs,
      ).toContain(id);
  });
});

describe('servers that start by themselves', () => {
  it.each<[string, Was[], Partial<Topology>]>([
    ['off for six days', off(6 * DAY, 6 * DAY, 6 * DAY), {}],
    [
      'off for ten days, and the document allows thirty',
      off(10 * DAY, 10 * DAY, 10 * DAY),
      { serverRejoinAgeMax: '720h' },
    ],
    ['without a record', [{}, {}, {}], {}],
    [
      'of a Consul that does not look',
      off(10 * DAY, 10 * DAY, 10 * DAY),
      { image: 'hashicorp/consul:1.15.2' },
    ],
  ])('%s', (_name, was, change) => {
    const topology = threeServers(change);
    const plan = planApply(topology, facts(topology, was));
    expect(about(plan)).toEqual([]);
    expect(rejoins(plan)).toEqual([]);
    expect(plan.steps.filter(({ action }) => action.kind === 'container-start')).toHaveLength(3);
  });

  it('are asked about when the document allows less than Consul does by itself', () => {
    const topology = threeServers({ serverRejoinAgeMax: '24h' });
    expect(rejoins(planApply(topology, facts(topology, off(2 * DAY, 2 * DAY, 2 * DAY))))).toHaveLength(3);
  });
});

describe('a server that was off while others were not', () => {
  const topology = threeServers();

  it.each<[string, Was[]]>([
    ['and the others run', [{ answers: true }, { answers: true }, { off: 10 * DAY }]],
    [
      'and the others run, and say nothing',
      [{ running: true, off: 60 }, { running: true }, { off: 10 * DAY }],
    ],
    ['and the others were stopped an hour ago', off(HOUR, HOUR, 10 * DAY)],
    ['and another one cannot be reached', [{ reachable: false }, { off: 10 * DAY }, { off: 10 * DAY }]],
  ])('%s: it is not started with its old data', (_name, was) => {
    const plan = planApply(topology, facts(topology, was));
    expect(rejoins(plan)).toEqual([]);
    const blockers = about(plan);
    expect(blockers.map(({ severity }) => severity)).toEqual(
      was.filter((one) => one.off === 10 * DAY).map(() => 'blocker'),
    );
    const last = blockers.at(-1);
    expect(last?.message).toMatch(/^node3 was off for 10 days, /);
    expect(last?.hint).toContain('docker volume rm raftyard-11111111-node3');
    expect(plan.steps.some(({ host }) => host === 'docker03')).toBe(false);
  });
});

describe('the setting in the document', () => {
  const of = (topology: Topology) => desiredNodes(topology)[0];
  const settings = (topology: Topology): Record<string, unknown> =>
    JSON.parse(of(topology)?.files.find(({ path }) => path.endsWith('/raftyard.json'))?.content ?? '{}');

  it('is read, and written again; without it nothing is written', () => {
    const text = serialiseTopology(threeServers({ serverRejoinAgeMax: '720h' }));
    expect(text).toContain('serverRejoinAgeMax: 720h');
    expect(readTopology(text).topology?.serverRejoinAgeMax).toBe('720h');
    expect(settings(threeServers())).not.toHaveProperty('server_rejoin_age_max');
    for (const wrong of ['5h', '30m', '0720h', '87601h', '7d'])
      expect(readTopology(text.replace('720h', wrong)).findings).toEqual([
        expect.objectContaining({ code: 'bad-rejoin-age', severity: 'error' }),
      ]);
  });

  it('is given to servers that know it, in either style', () => {
    const setting = { serverRejoinAgeMax: '720h' };
    expect(settings(threeServers(setting))).toMatchObject({ server_rejoin_age_max: '720h' });
    const classic = of(threeServers({ ...setting, bootstrap: 'classic' }));
    expect(classic?.container.command).toContain('-hcl=server_rejoin_age_max = "720h"');
  });

  it.each([
    ['hashicorp/consul:1.15.2', /Consul 1\.15\.2 does not know it/],
    ['hashicorp/consul', /which Consul the image has is not known/],
  ])('is not sent with %s, and that is said', (image, said) => {
    const topology = threeServers({ serverRejoinAgeMax: '720h', image });
    expect(settings(topology)).not.toHaveProperty('server_rejoin_age_max');
    const unsent = planApply(topology, bareFacts(topology)).issues.filter(
      ({ code }) => code === 'option-unknown',
    );
    expect(unsent.map(({ message }) => message)).toEqual([expect.stringMatching(said)]);
  });
});
