/** What a plan makes of the Consul that the hosts say they have. */
import { describe, expect, it } from 'vitest';
import { desiredNodes, templateOf } from '../../../src/shared/desired/index.js';
import { checkHosts } from '../../../src/shared/plan/checks.js';
import type { Facts, ReachableFacts } from '../../../src/shared/plan/facts.js';
import { foundOf } from '../../../src/shared/plan/found.js';
import { changeCount, planApply } from '../../../src/shared/plan/index.js';
import type { Plan } from '../../../src/shared/plan/types.js';
import { NOT_SECURED } from '../../../src/shared/topology/index.js';
import type { Topology } from '../../../src/shared/topology/types.js';
import { appliedFacts, bareFacts, threeServers } from './fixture.js';
import { blockers, KNOWN, kinds } from './secured.js';

const PROD = 'registry.example/consul:prod';
const tls = { ...NOT_SECURED, tls: true };

/** Hosts that have the image, and what it says of itself. */
const having = (topology: Topology, image: Partial<NonNullable<ReachableFacts['image']>>): Facts =>
  Object.fromEntries(
    Object.entries(bareFacts(topology)).map(([host, facts]) => [
      host,
      { ...facts, image: { reference: topology.image, present: true, ...image } },
    ]),
  );
const codes = (plan: Plan): string[] => plan.issues.map(({ code }) => code);
const template = (topology: Topology, facts: Facts): string => {
  const secret = desiredNodes(topology, foundOf(topology, facts))[0]?.secret;
  return secret === undefined ? '' : templateOf(secret);
};

describe('a tag without a version', () => {
  const topology = threeServers({ image: PROD, secure: tls });

  it('is read from the image: TLS is configured as that Consul wants it', () => {
    expect(template(topology, having(topology, { consulVersion: '1.11.11' }))).toContain(
      '"verify_incoming_rpc"',
    );
    expect(template(topology, having(topology, { consulVersion: '1.11.11' }))).not.toContain('"tls": {');
    expect(template(topology, having(topology, { consulVersion: '1.21.4' }))).toContain('"tls": {');
  });

  it('stops where TLS depends on it and nobody knows it; elsewhere it is said', () => {
    const plan = planApply(topology, bareFacts(topology), { secrets: KNOWN });
    expect(blockers(plan)).toEqual(expect.arrayContaining(Array(3).fill('version-unknown')));
    expect(kinds(plan)).not.toContain('container-run');
    const open = threeServers({ image: PROD });
    const said = planApply(open, bareFacts(open));
    expect(blockers(said)).toEqual([]);
    expect(said.issues.find(({ code }) => code === 'version-unknown')).toMatchObject({
      severity: 'warning',
      message: expect.stringContaining('docker01, docker02, docker03'),
    });
    expect(codes(planApply(open, having(open, { consulVersion: '1.21.4' })))).not.toContain(
      'version-unknown',
    );
  });

  it('is that of the other hosts, where one has not got the image yet', () => {
    const facts = { ...bareFacts(topology) };
    const [first] = Object.values(having(topology, { consulVersion: '1.11.11' }));
    const found = foundOf(topology, { ...facts, docker01: first } as Facts);
    expect([...found.values()].map(({ version }) => version)).toEqual(Array(3).fill('1.11.11'));
  });

  it('is that of the agent that runs it, and not of another one that is to be replaced', () => {
    const open = threeServers({ image: PROD });
    const bare = bareFacts(open);
    const done = appliedFacts(open, bare, planApply(open, bare));
    expect(foundOf(open, done).get('docker01')?.version).toBe('1.20.1');
    const next = { ...open, image: 'registry.example/consul:next' };
    expect(foundOf(next, done).get('docker01')?.version).toBeUndefined();
  });
});

describe('a cluster whose image has no version in its tag', () => {
  it('is not sent an option that its agents refuse', () => {
    const topology = threeServers({ image: PROD, agentOptions: ['-auto-reload-config'] });
    const bare = having(topology, { consulVersion: '1.11.11' });
    const plan = planApply(topology, bare);
    expect(JSON.stringify(plan.steps)).not.toContain('-auto-reload-config');
    expect(plan.issues).toContainEqual(
      expect.objectContaining({
        code: 'option-unknown',
        message:
          '-auto-reload-config is not sent: Consul 1.11.11 does not know it and would not start with it',
      }),
    );
  });
});

describe('an upgrade', () => {
  const from = threeServers({ image: 'hashicorp/consul:1.20.1' });
  const done = appliedFacts(from, bareFacts(from), planApply(from, bareFacts(from)));
  const upgraded = (image: string, facts: Facts = done): Plan => planApply({ ...from, image }, facts);

  it('to the same image under a mirror’s path is no other form', () => {
    const plan = upgraded('registry.example/mirror/consul:1.20.6');
    expect(blockers(plan)).toEqual([]);
    expect(kinds(plan)).toContain('container-replace');
  });

  it('to a version that nobody knows wants a yes', () => {
    const plan = upgraded(PROD);
    expect(plan.issues.find(({ code }) => code === 'upgrade-unknown')).toMatchObject({ severity: 'confirm' });
    const there = Object.fromEntries(
      Object.entries(done).map(([host, facts]) => [
        host,
        { ...facts, image: { reference: PROD, present: true, consulVersion: '1.14.0' } },
      ]),
    ) as Facts;
    expect(blockers(upgraded(PROD, there))).toEqual(Array(3).fill('unsupported-upgrade'));
  });

  it('that is refused shows every stop', () => {
    const old = Object.fromEntries(
      Object.entries(done).map(([host, facts]) => [
        host,
        facts.reachable && facts.agent !== undefined
          ? { ...facts, agent: { ...facts.agent, version: '1.8.7' } }
          : facts,
      ]),
    );
    expect(upgraded('hashicorp/consul:1.22.7', old).issues.map(({ message }) => message)).toContainEqual(
      expect.stringContaining(
        'go through 1.10.12, then 1.12.9, then 1.14.11, then 1.16.6, then 1.18.2, then 1.20.6, then 1.22.7',
      ),
    );
  });
});

describe('of the version is said', () => {
  const issues = (version: string, image = `hashicorp/consul:${version}`): string[] => {
    const topology = threeServers({ image });
    return codes(planApply(topology, bareFacts(topology))).filter((code) => code.startsWith('version-'));
  };

  it('what is wrong with it, once', () => {
    expect(issues('1.19.0')).toEqual(['version-fault', 'version-support']);
    expect(issues('1.22.7')).toEqual(['version-support']);
    expect(issues('2.0.3')).toEqual(['version-untried']);
    expect(issues('2.0.4')).toEqual(['version-fault', 'version-untried']);
    expect(issues('1.21.4-ent', 'hashicorp/consul-enterprise:1.21.4-ent')).toEqual([]);
  });
});

describe('a tag that moves', () => {
  const noted = (image: string): Plan['issues'] => {
    const topology = threeServers({ image });
    return planApply(topology, bareFacts(topology)).issues.filter(({ code }) => code === 'floating-tag');
  };

  it.each([
    'hashicorp/consul',
    'hashicorp/consul:latest',
    'hashicorp/consul:1.22',
    'registry.example:5000/consul',
    'hashicorp/consul-enterprise:1.21-ent',
  ])('%s is noted once, with what to do', (image) => {
    expect(noted(image)).toEqual([
      expect.objectContaining({
        severity: 'note',
        message: expect.stringContaining(`${image} names no full version`),
        hint: expect.stringContaining('raftyard pin'),
      }),
    ]);
  });

  it.each([
    'hashicorp/consul:2.0.3',
    'hashicorp/consul:1.21.4-ent',
    `hashicorp/consul:1.22@sha256:${'a'.repeat(64)}`,
    'progrium/consul',
    'docker.io/progrium/consul:latest',
    'registry.example/consul:prod',
  ])('%s is not', (image) => {
    expect(noted(image)).toEqual([]);
  });

  it('stops nothing, and is no change', () => {
    const topology = threeServers({ image: 'hashicorp/consul:1.20' });
    const bare = bareFacts(topology);
    const first = planApply(topology, bare);
    expect(blockers(first)).toEqual([]);
    const again = planApply(topology, appliedFacts(topology, bare, first));
    expect(codes(again)).toContain('floating-tag');
    expect(changeCount(again)).toBe(0);
  });
});

describe('DNS on port 53 of an image under a mirror’s path', () => {
  const dns = { containers: true, hosts: false, search: [], upstream: ['192.0.2.53'] };
  const topology = threeServers({ image: 'registry.example/mirror/consul:1.21.4', dns });
  const env = (facts: Facts): readonly string[] =>
    desiredNodes(topology, foundOf(topology, facts))[0]?.container.env ?? [];

  it('is allowed by the entrypoint that it has; a container that was made without is left as it is', () => {
    expect(env(bareFacts(topology))).toEqual([]);
    expect(env(having(topology, { official: true }))).toEqual(['CONSUL_ALLOW_PRIVILEGED_PORTS=yes']);
    const done = appliedFacts(topology, bareFacts(topology), planApply(topology, bareFacts(topology)));
    const older = Object.fromEntries(
      Object.entries(done).map(([host, facts]) => [
        host,
        { ...facts, image: { reference: topology.image, present: true, official: true } },
      ]),
    ) as Facts;
    expect(env(older)).toEqual([]);
  });
});

it('checks of ports know the version that the image says', () => {
  const topology = threeServers({ image: PROD });
  const taken = (consulVersion: string): boolean => {
    const facts = Object.fromEntries(
      Object.entries(having(topology, { consulVersion })).map(([host, value]) => [
        host,
        { ...value, listeners: [{ protocol: 'tcp', address: '0.0.0.0', port: 8503, process: 'nginx' }] },
      ]),
    ) as Facts;
    return checkHosts(topology, facts).some(
      ({ check, severity }) => check === 'ports' && severity === 'blocker',
    );
  };
  expect(taken('1.13.9')).toBe(false);
  expect(taken('1.14.11')).toBe(true);
});
