import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { desiredNodes } from '../../../src/shared/desired/index.js';
import { sha256Hex } from '../../../src/shared/digest.js';
import type { ContainerFacts, Facts } from '../../../src/shared/plan/facts.js';
import { changeCount, planApply, planDestroy } from '../../../src/shared/plan/index.js';
import { CHANGING, type Plan, type StepKind } from '../../../src/shared/plan/types.js';
import { readTopology } from '../../../src/shared/topology/index.js';
import type { Topology } from '../../../src/shared/topology/types.js';
import { appliedFacts, bareFacts, threeServers } from './fixture.js';

const kinds = (plan: Plan, host: string): StepKind[] =>
  plan.steps.filter((step) => step.host === host).map((step) => step.action.kind);
const codes = (plan: Plan, severity: string): string[] =>
  plan.issues.filter((issue) => issue.severity === severity).map((issue) => issue.code);

const foreign: ContainerFacts = {
  id: 'f00',
  name: 'consul01',
  image: 'progrium/consul',
  imageId: 'sha256:2',
  running: true,
  restarting: false,
  labels: {},
  hostname: 'node1',
  command: ['-server'],
  env: [],
  networkMode: 'host',
  restart: 'always',
  mounts: [],
};

describe('planApply on bare hosts', () => {
  const topology = threeServers();
  const plan = planApply(topology, bareFacts(topology));

  it('prepares, starts and proves each host in this order', () => {
    expect(kinds(plan, 'docker02')).toEqual([
      'record',
      'firewall-open',
      'directory',
      'file',
      'file',
      'image-pull',
      'volume-create',
      'container-run',
      'network-check',
    ]);
    expect(kinds(plan, 'docker01')).toContain('quorum');
    expect(kinds(plan, 'docker01')).toContain('join');
  });

  it('says on which hosts the pull may fail, once, unless an archive is at hand', () => {
    const facts = Object.fromEntries(
      Object.entries(bareFacts(topology)).map(([host, found]) => [
        host,
        host === 'docker03' || !found.reachable
          ? found
          : {
              ...found,
              image: {
                reference: topology.image,
                present: false,
                pullable: false,
                pullProblem: 'no such host',
              },
            },
      ]),
    );
    const told = planApply(topology, facts);
    const [issue, ...others] = told.issues.filter(({ code }) => code === 'image-unavailable');
    expect(others).toEqual([]);
    expect(issue).toMatchObject({ severity: 'warning' });
    expect(issue?.message).toMatch(/^docker01, docker02: .*hashicorp\/consul:1.20.1.*no such host$/);
    expect(kinds(told, 'docker01')).toContain('image-pull');
    expect(codes(planApply(topology, facts, { archive: true }), 'warning')).toEqual([]);
  });

  it('records what was there before the first change', () => {
    const record = plan.steps.find((step) => step.host === 'docker01');
    expect(record?.action).toMatchObject({
      kind: 'record',
      state: {
        firewallBefore: { kind: 'firewalld', active: true, enabledAtBoot: true },
        madeWorkdir: true,
        firewallDisabled: false,
      },
    });
  });

  it('opens the ports to the other hosts only', () => {
    const open = plan.steps.find((step) => step.id === 'docker01/firewall-open/1');
    const rules = open?.action.kind === 'firewall-open' ? open.action.rules : [];
    expect(rules).toHaveLength(6);
    expect(rules.every((rule) => /address="192\.0\.2\.[23]"/.test(rule))).toBe(true);
    expect(rules.some((rule) => rule.includes('8500'))).toBe(false);
  });

  it('starts all servers only when every host is prepared', () => {
    const runs = plan.steps.filter((step) => step.action.kind === 'container-run');
    expect(runs).toHaveLength(3);
    for (const run of runs) expect(run.startAfter).toHaveLength(3);
  });

  it('is a pure function: the same input gives the same plan and id', () => {
    expect(planApply(topology, bareFacts(topology))).toEqual(plan);
    const other = bareFacts(topology);
    const slow = Object.fromEntries(
      Object.entries(other).map(([k, v]) => [k, { ...v, latencyMs: 99, clockOffsetMs: 7 }]),
    );
    expect(planApply(topology, slow).id).toBe(plan.id);
    expect(planApply(threeServers({ raftMultiplier: 5 }), bareFacts(topology)).id).not.toBe(plan.id);
  });

  it('survives JSON and back unchanged', () => {
    expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
  });
});

describe('a second apply', () => {
  const topology = threeServers();
  const before = bareFacts(topology);
  const first = planApply(topology, before);
  const after = appliedFacts(topology, before, first);

  it('changes nothing', () => {
    const second = planApply(topology, after);
    expect(changeCount(second)).toBe(0);
    expect(second.steps.map((step) => step.action.kind)).toEqual(['quorum']);
  });

  it('is stopped by an agent whose answer cannot be read, and that is not taken for silence', () => {
    const [first] = topology.hosts;
    const found = after[first?.name ?? ''];
    if (found?.reachable !== true) throw new Error('no facts');
    const { agent: _agent, ...rest } = found;
    const agentProblem = {
      code: 'consul-api' as const,
      message: "Consul's answer to /v1/agent/self has an unexpected form: DebugConfig.TLS: it is not there",
      retryable: false,
    };
    const plan = planApply(topology, { ...after, [found.host]: { ...rest, agentProblem } });
    expect(plan.issues).toContainEqual({
      severity: 'blocker',
      code: 'agent-unreadable',
      host: found.host,
      message: expect.stringMatching(/^what the agent of \S+ says cannot be read: .*DebugConfig\.TLS/),
      hint: expect.any(String),
    });
    // One that does not answer yet stops nothing.
    expect(codes(planApply(topology, { ...after, [found.host]: rest }), 'blocker')).toEqual([]);
  });

  it('does not touch a live cluster for bootstrap flags', () => {
    const classic = { ...topology, bootstrap: 'robust' as const };
    const live = Object.fromEntries(
      Object.entries(after).map(([host, facts]) => {
        if (!facts.reachable) return [host, facts];
        const containers = facts.containers.map((container) => ({
          ...container,
          command: container.command
            .filter((argument) => !argument.startsWith('-bootstrap-expect='))
            .flatMap((argument, i, all) =>
              argument === '-bootstrap-expect' || all[i - 1] === '-bootstrap-expect' ? [] : [argument],
            ),
        }));
        return [host, { ...facts, containers }];
      }),
    ) as Facts;
    const plan = planApply(classic, live);
    expect(changeCount(plan)).toBe(0);
    expect(codes(plan, 'note')).toContain('at-next-re-creation');
  });

  it('re-creates one server at a time, the leader last, and proves the quorum when all are done', () => {
    const changed = { ...topology, image: 'hashicorp/consul:1.20.2' };
    const plan = planApply(changed, after);
    const replaced = plan.steps.filter((step) => step.action.kind === 'container-replace');
    expect(replaced.map((step) => step.node)).toEqual(['node2', 'node3', 'node1']);
    const [first, second, last] = replaced;
    expect(second?.needs).toContain(first?.id);
    expect(last?.needs).toContain(second?.id);
    const waits = plan.steps.filter((step) => step.action.kind === 'quorum');
    expect(waits.map(({ needs }) => needs)).toEqual([replaced.map(({ id }) => id)]);
  });

  it('re-creates what runs with older configuration files, although the new ones are there already', () => {
    const changed = { ...topology, raftMultiplier: 5 };
    const files = Object.fromEntries(desiredNodes(changed).map((node) => [node.host, node.files]));
    const written = Object.fromEntries(
      Object.entries(after).map(([host, facts]) => {
        if (!facts.reachable) return [host, facts];
        const now = (files[host] ?? []).map(({ path, mode, content }) => ({
          path,
          mode,
          sha256: sha256Hex(content),
        }));
        return [host, { ...facts, workdir: { ...facts.workdir, files: now } }];
      }),
    ) as Facts;
    const plan = planApply(changed, written);
    const replaced = plan.steps.filter((step) => step.action.kind === 'container-replace');
    expect(replaced).toHaveLength(3);
    expect(replaced[0]?.after).toContain('configuration file');
  });

  it('goes on with a re-creation that was cut short', () => {
    const facts = after['docker02'];
    if (facts?.reachable !== true) throw new Error('docker02 was reachable');
    const [made] = facts.containers;
    if (made === undefined) throw new Error('docker02 has a container');
    const old = { ...made, id: 'id-old', name: `${made.name}-before`, running: false };

    const both = planApply(topology, { ...after, docker02: { ...facts, containers: [old, made] } });
    const changing = both.steps.filter((step) => CHANGING.has(step.action.kind));
    expect(changing.map(({ host, action }) => [host, action.kind])).toEqual([
      ['docker02', 'container-remove'],
    ]);
    expect(changing[0]?.action).toMatchObject({ id: 'id-old', name: old.name });
    expect(codes(both, 'warning')).not.toContain('orphan');

    const aside = planApply(topology, { ...after, docker02: { ...facts, containers: [old] } });
    const replaced = aside.steps.filter((step) => step.action.kind === 'container-replace');
    expect(replaced.map((step) => step.action)).toMatchObject([{ oldId: 'id-old' }]);
  });

  it('refuses another image family with kept data', () => {
    const plan = planApply({ ...topology, image: 'progrium/consul' }, after);
    expect(codes(plan, 'blocker')).toContain('unsupported-upgrade');
    expect(plan.steps.some((step) => step.action.kind === 'container-replace')).toBe(false);
  });
});

describe('the examples', () => {
  const example = (name: string): Topology => {
    const { topology } = readTopology(readFileSync(`assets/examples/${name}.raftyard`, 'utf8'));
    if (topology === undefined) throw new Error(`${name} is not valid`);
    return topology;
  };
  const planOf = (name: string): Plan => planApply(example(name), bareFacts(example(name)));
  const count = (plan: Plan, kind: StepKind): number =>
    plan.steps.filter((step) => step.action.kind === kind).length;

  it('of one server: nobody is waited for, and nothing joined', () => {
    const plan = planOf('one-server');
    expect([count(plan, 'container-run'), count(plan, 'join'), count(plan, 'quorum')]).toEqual([1, 0, 1]);
    expect(codes(plan, 'blocker')).toEqual([]);
  });

  it('of clients: they open 8301 and neither 8300 nor 8302', () => {
    const plan = planOf('with-clients');
    const opened = (host: string): string =>
      plan.steps
        .filter((step) => step.host === host)
        .flatMap((step) => (step.action.kind === 'firewall-open' ? step.action.rules : []))
        .join('\n');
    expect(opened('docker04')).toContain('8301');
    expect(opened('docker04')).not.toMatch(/8300|8302/);
    expect(opened('docker01')).toContain('8300');
    expect(count(plan, 'container-run')).toBe(5);
  });

  it('of names: the engines are told one after another, and nothing is left to do where all is told', () => {
    const topology = example('dns');
    const facts = bareFacts(topology);
    expect(codes(planOf('dns'), 'blocker')).toEqual(['dns-unknown', 'dns-unknown', 'dns-unknown']);
    const absent = { state: 'absent', used: false, mode: 0o644, dns: [], search: [] } as const;
    const dns = {
      bridge: { interface: 'docker0', address: '172.17.0.1' },
      subnets: ['172.17.0.0/16'],
      bridgeTrusted: true,
      resolvers: ['192.0.2.53'],
      search: [],
      daemonJson: { ...absent, path: '/etc/docker/daemon.json' },
      flags: { dns: [], search: [] },
      pending: false,
      running: [],
    };
    const seen = Object.fromEntries(Object.entries(facts).map(([host, value]) => [host, { ...value, dns }]));
    const plan = planApply(topology, seen);
    expect(codes(plan, 'blocker')).toEqual([]);
    expect([count(plan, 'engine-dns'), count(plan, 'dns-check'), count(plan, 'quorum')]).toEqual([3, 3, 4]);
  });

  it('of two datacenters: each has its quorum, and both are joined over WAN gossip', () => {
    const plan = planOf('two-datacenters');
    expect([count(plan, 'quorum'), count(plan, 'federation')]).toEqual([2, 2]);
    const federation = plan.steps.find((step) => step.action.kind === 'federation');
    expect(federation?.commands[0]).toBe(
      'docker exec consul01 consul join -wan 198.51.100.11 198.51.100.12 198.51.100.13',
    );
    const quorums = plan.steps.filter((step) => step.action.kind === 'quorum').map(({ id }) => id);
    expect(federation?.needs).toEqual(quorums);
  });
});

describe('what is not ours', () => {
  const topology = threeServers();
  const facts = bareFacts(topology);
  const at = (change: object): Facts => ({
    ...facts,
    docker01: { ...facts['docker01'], ...change } as Facts[string],
  });

  it('is a conflict with the choices, and no step touches that host', () => {
    const plan = planApply(topology, at({ containers: [foreign] }));
    expect(codes(plan, 'conflict')).toContain('foreign-container');
    expect(kinds(plan, 'docker01').filter((kind) => kind !== 'quorum')).toEqual([]);
  });

  it('can be adopted as it is', () => {
    const plan = planApply(topology, at({ containers: [foreign] }), { adopt: true });
    expect(codes(plan, 'conflict')).toEqual([]);
    expect(kinds(plan, 'docker01').filter((kind) => kind !== 'quorum')).toEqual(
      expect.arrayContaining(['record', 'adopt']),
    );
    expect(kinds(plan, 'docker01')).not.toContain('container-run');
    expect(kinds(plan, 'docker01')).not.toContain('container-replace');
  });

  it.each([
    ['hashicorp/consul:1.22.0', 8600, [], true],
    ['hashicorp/consul:1.22.0', 8600, ['-dns-port=9600'], false],
    ['hashicorp/consul:1.22.0', 8503, [], true],
    ['hashicorp/consul:1.13.9', 8503, [], false],
    ['hashicorp/consul:1.22.0', 8501, [], false],
  ])('of %s with a program on %i and the options %j: %s', (image, port, agentOptions, conflict) => {
    const listeners = [{ protocol: 'tcp' as const, address: '0.0.0.0', port, process: 'nginx' }];
    const plan = planApply({ ...topology, image, agentOptions }, at({ listeners }));
    expect(codes(plan, 'conflict').includes('port-taken')).toBe(conflict);
  });

  it('names who has a port', () => {
    const plan = planApply(
      topology,
      at({ listeners: [{ protocol: 'tcp', address: '0.0.0.0', port: 8500, process: 'nginx' }] }),
    );
    expect(plan.issues.find((issue) => issue.code === 'port-taken')?.message).toContain('nginx');
  });

  it('refuses a start script that someone else wrote', () => {
    const files = [{ path: '/opt/consul/consul-start.sh', mode: 0o755, sha256: 'beef' }];
    const plan = planApply(topology, at({ workdir: { exists: true, files } }));
    expect(codes(plan, 'conflict')).toContain('foreign-file');
  });
});

describe('hosts that cannot be used', () => {
  const topology = threeServers();
  const facts = bareFacts(topology);

  it('plans the others and asks, when one is unreachable', () => {
    const error = { code: 'host-unreachable' as const, message: 'no route', retryable: true };
    const plan = planApply(topology, { ...facts, docker03: { host: 'docker03', reachable: false, error } });
    expect(codes(plan, 'confirm')).toContain('host-unreachable');
    expect(kinds(plan, 'docker03')).toEqual([]);
    expect(kinds(plan, 'docker01')).toContain('container-run');
    const quorum = plan.steps.find((step) => step.action.kind === 'quorum')?.action;
    expect(quorum).toMatchObject({ servers: ['node1', 'node2', 'node3'] });
  });

  it('stops before any step where progrium/consul can no longer be pulled', () => {
    const old = threeServers({ image: 'progrium/consul' });
    const modern = Object.fromEntries(
      Object.entries(bareFacts(old)).map(([host, value]) => [
        host,
        { ...value, docker: { ...value.docker, version: '28.2.2' } },
      ]),
    ) as Facts;
    const plan = planApply(old, modern);
    expect(codes(plan, 'blocker')).toContain('schema-1-image');
    expect(plan.steps).toEqual([]);
  });
});

describe('planDestroy', () => {
  const topology = threeServers();
  const before = bareFacts(topology);
  const after = appliedFacts(topology, before, planApply(topology, before));

  it('takes away exactly what was made', () => {
    const plan = planDestroy(topology, after);
    expect(kinds(plan, 'docker01')).toEqual([
      'container-remove',
      'volume-remove',
      'firewall-close',
      'file-remove',
      'file-remove',
      'file-remove',
      'file-remove',
      'file-remove',
      'file-remove',
    ]);
  });

  it('keeps the data where asked', () => {
    const plan = planDestroy(topology, after, { keepData: true });
    expect(plan.steps.some((step) => step.action.kind === 'volume-remove')).toBe(false);
    expect(codes(plan, 'note')).toContain('data-kept');
  });

  it('leaves bare hosts and foreign containers alone', () => {
    const bare = planDestroy(topology, {
      ...before,
      docker01: { ...before['docker01'], containers: [foreign] } as Facts[string],
    });
    expect(bare.steps).toEqual([]);
  });
});
