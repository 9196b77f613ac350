/** Plans of services: a file and a reload, never a restart; commands and the Docker socket are another matter. */
import { describe, expect, it } from 'vitest';
import {
  aclObjects,
  agentToken,
  CONFIG_LABEL,
  desiredNodes,
  FILES_LABEL,
  READ_TOKEN,
  type RegisteredService,
  renderSecrets,
  servicesAmiss,
  templateOf,
} from '../../../src/shared/desired/index.js';
import { sha256Hex } from '../../../src/shared/digest.js';
import type { Facts } from '../../../src/shared/plan/facts.js';
import { changeCount, planApply, planDestroy } from '../../../src/shared/plan/index.js';
import type { Plan, Step, StepKind } from '../../../src/shared/plan/types.js';
import { NOT_SECURED } from '../../../src/shared/topology/index.js';
import type { Service, ServiceCheck, Topology } from '../../../src/shared/topology/types.js';
import { appliedFacts, bareFacts, threeServers } from './fixture.js';
import { knowing } from './secured.js';

const service = (name: string, change: Partial<Service> = {}): Service => ({
  name,
  id: name,
  tags: [],
  meta: {},
  checks: [],
  ...change,
});
const WEB = service('web', { port: 80, tags: ['v1'], checks: [{ tcp: '127.0.0.1:80', interval: '10s' }] });

const withServices = (topology: Topology, services: readonly Service[]): Topology => ({
  ...topology,
  datacenters: topology.datacenters.map((datacenter) => ({
    ...datacenter,
    nodes: datacenter.nodes.map((node, index) =>
      index === 0 && services.length > 0 ? { ...node, services } : node,
    ),
  })),
});

const plain = threeServers();
const HOST = 'docker01';
const kinds = ({ steps }: Plan): StepKind[] =>
  steps.filter(({ host }) => host === HOST).map(({ action }) => action.kind);
const steps = (plan: Plan, kind: StepKind): Step[] => plan.steps.filter(({ action }) => action.kind === kind);

/** Everything applied, and the catalog as the document says, or as given. */
function applied(topology: Topology, found?: readonly RegisteredService[]): Facts {
  const bare = bareFacts(topology);
  const facts = appliedFacts(topology, bare, planApply(topology, bare));
  return Object.fromEntries(
    desiredNodes(topology).map(({ host, services }) => {
      const host_ = facts[host];
      if (host_?.reachable !== true || host_.agent === undefined) throw new Error('no facts');
      const told = found !== undefined && host === HOST ? found : (services?.registered ?? []);
      return [host, { ...host_, agent: { ...host_.agent, services: told } }];
    }),
  );
}

describe('services of the document', () => {
  const served = withServices(plain, [WEB]);

  it('change nothing that a container is made from', () => {
    const labels = (topology: Topology) =>
      desiredNodes(topology).map(({ container }) => [
        container.labels[CONFIG_LABEL],
        container.labels[FILES_LABEL],
      ]);
    expect(labels(served)).toEqual(labels(plain));
  });

  it('come with a new cluster, and are looked for in the catalog', () => {
    const plan = planApply(served, bareFacts(served));
    const written = steps(plan, 'file').map(({ action }) => (action.kind === 'file' ? action.path : ''));
    expect(written).toContain('/opt/consul/config/services.json');
    expect(steps(plan, 'agent-reload')).toEqual([]);
    expect(steps(plan, 'services')).toHaveLength(1);
    expect(changeCount(planApply(served, applied(served)))).toBe(0);
  });

  it('are added, changed and taken away by a file and a reload', () => {
    const added = planApply(served, applied(plain));
    expect(kinds(added).filter((kind) => kind !== 'quorum')).toEqual([
      'record',
      'file',
      'file',
      'agent-reload',
      'services',
    ]);
    const changed = planApply(withServices(plain, [{ ...WEB, tags: ['v2'] }]), applied(served));
    expect(kinds(changed)).toContain('agent-reload');
    expect(kinds(changed)).not.toContain('container-replace');
    const gone = planApply(plain, applied(served));
    expect(kinds(gone)).toEqual(expect.arrayContaining(['file-remove', 'agent-reload', 'services']));
    expect(steps(gone, 'services')[0]?.action).toMatchObject({ registered: [], gone: ['web'] });
    // Both are ours until they are gone.
    const record = steps(gone, 'record')[0]?.action;
    if (record?.kind !== 'record') throw new Error('no record');
    expect(record.state.services).toEqual(['web']);
    expect(record.state.files.map(({ path }) => path)).toContain('/opt/consul/config/services.json');
  });

  it('are read again where a run was cut short, or somebody took them away', () => {
    const plan = planApply(served, applied(served, []));
    expect(kinds(plan).filter((kind) => kind !== 'quorum')).toEqual(['agent-reload', 'services']);
    // What others registered is not ours to judge.
    const registered = desiredNodes(served)[0]?.services?.registered ?? [];
    const foreign: RegisteredService = {
      id: 'x',
      name: 'x',
      port: 1,
      address: '',
      tags: [],
      meta: {},
      checks: [],
    };
    expect(changeCount(planApply(served, applied(served, [...registered, foreign])))).toBe(0);
  });

  it('wait for no quorum when they are edited: one server may be down', () => {
    const facts = { ...applied(plain) };
    facts['docker03'] = {
      host: 'docker03',
      reachable: false,
      error: { code: 'host-unreachable', message: 'down', retryable: true },
    };
    const plan = planApply(served, facts);
    const reload = steps(plan, 'agent-reload')[0];
    const quorum = new Set(steps(plan, 'quorum').map(({ id }) => id));
    expect(reload?.needs.some((id) => quorum.has(id))).toBe(false);
  });

  it('go with destroy', () => {
    const removed = steps(planDestroy(served, applied(served)), 'file-remove').map(({ action }) =>
      action.kind === 'file-remove' ? action.path : '',
    );
    expect(removed).toContain('/opt/consul/config/services.json');
  });

  it('are not registered by an adopted container, and the plan says so', () => {
    const facts = applied(served);
    const host = facts[HOST];
    if (host?.reachable !== true) throw new Error('no facts');
    const foreign = host.containers.map((container) => ({ ...container, labels: {} }));
    const plan = planApply(
      served,
      { ...facts, [HOST]: { ...host, containers: foreign, workdir: { exists: false, files: [] } } },
      { adopt: true },
    );
    expect(plan.issues.map(({ code }) => code)).toContain('services-adopted');
    expect(steps(plan, 'agent-reload')).toEqual([]);
  });
});

describe('checks that run commands', () => {
  const of = (check: ServiceCheck): Topology => ({
    ...withServices(plain, [service('job', { checks: [{ interval: '10s', ...check }] })]),
    scriptChecks: true,
  });
  const script = of({ script: ['/bin/true'] });
  const docker = of({ docker: 'web', command: ['/bin/true'] });

  it('take a new start of the one agent, which then takes commands from files alone', () => {
    const [first, second] = desiredNodes(script);
    expect(first?.files[1]?.content).toContain('"enable_local_script_checks": true');
    expect(JSON.stringify(first?.files)).not.toContain('"enable_script_checks"');
    expect(second?.files[1]?.content).not.toContain('script_checks');
    const plan = planApply(script, applied(plain));
    expect(steps(plan, 'container-replace').map(({ host }) => host)).toEqual([HOST]);
  });

  it('bring the Docker socket only where they need it, ask first, and take it away again', () => {
    const socket = (topology: Topology) =>
      desiredNodes(topology).map(({ container }) =>
        container.mounts.some(({ source }) => source.endsWith('docker.sock')),
      );
    expect(socket(script)).toEqual([false, false, false]);
    expect(socket(docker)).toEqual([true, false, false]);
    const plan = planApply(docker, applied(plain));
    const issue = plan.issues.find(({ code }) => code === 'docker-socket');
    expect(issue).toMatchObject({ severity: 'confirm', host: HOST });
    const run = steps(plan, 'container-replace')[0]?.commands.join('\n') ?? '';
    // Others use the socket too: it must keep its label under SELinux.
    expect(run).toContain('/var/run/docker.sock:/var/run/docker.sock:ro ');
    expect(run).toContain('--user consul:DOCKER_GID');
    expect(changeCount(planApply(docker, applied(docker)))).toBe(0);
    // The other check still wants commands, so that the configuration stays; the socket must go all the same.
    const back = planApply(script, applied(docker));
    expect(steps(back, 'container-replace').map(({ host }) => host)).toEqual([HOST]);
  });
});

describe('services under ACLs', () => {
  const acl = threeServers({ secure: { ...NOT_SECURED, acl: true } });
  const served = withServices(acl, [WEB]);
  const values = Object.fromEntries(
    [READ_TOKEN, ...['node1', 'node2', 'node3'].map(agentToken)].map((name) => [name, `secret of ${name}`]),
  );
  const secrets = knowing(values);

  /** All agents deny, have their tokens, and the services file of `topology`. */
  function locked(topology: Topology): Facts {
    const bare = bareFacts(topology);
    const facts = appliedFacts(topology, bare, planApply(topology, bare, { secrets }));
    return Object.fromEntries(
      desiredNodes(topology).map(({ host, secret, services }) => {
        const found = facts[host];
        if (found?.reachable !== true || found.agent === undefined || secret === undefined)
          throw new Error('no facts');
        const hidden = [
          { path: secret.path, template: templateOf(secret) },
          ...(services?.secret === undefined ? [] : [services.secret]),
        ].map(({ path, template }) => ({
          path,
          mode: 0o444,
          sha256: sha256Hex(renderSecrets(template, values)),
        }));
        return [
          host,
          {
            ...found,
            agent: {
              ...found.agent,
              acl: { enabled: true, deny: true },
              services: services?.registered ?? [],
            },
            workdir: { ...found.workdir, files: [...found.workdir.files, ...hidden] },
          },
        ];
      }),
    );
  }

  it('name the token of their agent, in a file that only root can reach, and in no plan', () => {
    const plan = planApply(served, locked(acl), { secrets });
    const file = steps(plan, 'secret-file')[0];
    expect(file?.action).toMatchObject({ path: '/opt/consul/.secret/agent/services.json', mode: 0o444 });
    expect(JSON.stringify(plan)).not.toContain('secret of node1');
    expect(
      steps(plan, 'file')
        .map(({ action }) => JSON.stringify(action))
        .join(),
    ).not.toContain('services.json');
    // The policy first, then the file is read.
    const tokens = steps(plan, 'acl-tokens')[0];
    const reload = steps(plan, 'agent-reload')[0];
    expect(reload?.needs).toContain(tokens?.id);
    expect(changeCount(planApply(served, locked(served), { secrets }))).toBe(0);
  });

  it('allow an agent exactly the services of its node', () => {
    const rules = (node: string) =>
      aclObjects(served).policies.find(({ name }) => name === `raftyard-agent-${node}`)?.rules ?? '';
    expect(rules('node1')).toContain('service "web" { policy = "write" }');
    expect(rules('node2')).not.toMatch(/service "|service_prefix "[^"]*" \{ policy = "write"/);
  });

  it('go when the document has none any more', () => {
    const plan = planApply(acl, locked(served), { secrets });
    expect(
      steps(plan, 'file-remove')
        .map(({ action }) => JSON.stringify(action))
        .join(),
    ).toContain('.secret/agent/services.json');
    expect(steps(plan, 'agent-reload')).toHaveLength(1);
    expect(steps(plan, 'services')[0]?.action).toMatchObject({ gone: ['web'] });
  });

  it('move from the open file to the hidden one once ACLs are everywhere', () => {
    const plan = planApply(served, applied(withServices(plain, [WEB])), { secrets });
    const ids = plan.steps.filter(({ host }) => host === HOST).map(({ id }) => id);
    const of = (kind: StepKind, words: string): number =>
      ids.indexOf(steps(plan, kind).find(({ action }) => JSON.stringify(action).includes(words))?.id ?? '');
    const restarts = steps(plan, 'container-restart').filter(({ host }) => host === HOST);
    expect(restarts.length).toBeGreaterThan(0);
    const last = ids.indexOf(restarts.at(-1)?.id ?? '');
    expect(of('file-remove', 'config/services.json')).toBeGreaterThan(last);
    expect(of('secret-file', 'services.json')).toBeGreaterThan(last);
    expect(steps(plan, 'agent-reload')).toHaveLength(1);
  });
});

describe('what is amiss', () => {
  it('is what lacks or differs, and what was ours and stays', () => {
    const web: RegisteredService = {
      id: 'w',
      name: 'web',
      port: 1,
      address: '',
      tags: ['a'],
      meta: { x: '1' },
      checks: ['n'],
    };
    expect(servicesAmiss([web], [], [web])).toEqual({ missing: [], left: [] });
    for (const change of [
      { port: 2 },
      { tags: [] },
      { meta: {} },
      { checks: [] },
      { address: 'a' },
      { name: 'n' },
    ])
      expect(servicesAmiss([web], [], [{ ...web, ...change }]).missing).toEqual(['w']);
    expect(servicesAmiss([], ['w', 'v'], [web])).toEqual({ missing: [], left: ['w'] });
  });
});
