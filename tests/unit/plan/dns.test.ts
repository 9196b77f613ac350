import { describe, expect, it } from 'vitest';
import { desiredNodes } from '../../../src/shared/desired/index.js';
import { sha256Hex } from '../../../src/shared/digest.js';
import { checkHosts } from '../../../src/shared/plan/checks.js';
import type { DnsFacts } from '../../../src/shared/plan/dns-facts.js';
import type { Facts, ReachableFacts } from '../../../src/shared/plan/facts.js';
import { foundOf } from '../../../src/shared/plan/found.js';
import { changeCount, planApply, planDestroy } from '../../../src/shared/plan/index.js';
import type { Plan, Step } from '../../../src/shared/plan/types.js';
import type { DnsOptions, Topology } from '../../../src/shared/topology/types.js';
import { appliedFacts, bareFacts, threeServers } from './fixture.js';

const DNS: DnsOptions = { containers: true, hosts: false, upstream: [], search: ['service.consul'] };
const absent = { state: 'absent', used: false, mode: 0o644, dns: [], search: [] } as const;
const LOOK: DnsFacts = {
  bridge: { interface: 'docker0', address: '172.17.0.1' },
  subnets: ['172.17.0.0/16'],
  bridgeTrusted: true,
  resolvers: ['192.0.2.53'],
  search: ['corp.example'],
  daemonJson: { ...absent, path: '/etc/docker/daemon.json' },
  flags: { dns: [], search: [] },
  pending: false,
  running: [],
};

const named = (change: Partial<DnsOptions> = {}): Topology => threeServers({ dns: { ...DNS, ...change } });
type Look = Record<string, ReachableFacts>;
const seen = (topology: Topology, change: Partial<DnsFacts> = {}, more: Partial<ReachableFacts> = {}): Look =>
  Object.fromEntries(
    Object.entries(bareFacts(topology)).map(([host, facts]) => [
      host,
      { ...facts, ...more, dns: { ...LOOK, ...change } },
    ]),
  );

/** The hosts after the plan went through, their engines and resolvers as its steps say. */
function after(topology: Topology, before: Look, plan: Plan): Look {
  const found = foundOf(topology, before);
  const nodes = desiredNodes(topology, found);
  const facts = appliedFacts(topology, before, plan) as Look;
  return Object.fromEntries(
    Object.entries(facts).map(([host, value]) => {
      const node = nodes.find((entry) => entry.host === host);
      const steps = plan.steps.filter((step) => step.host === host);
      let dns = value.dns ?? LOOK;
      for (const { action } of steps) {
        if (action.kind === 'engine-dns')
          dns = {
            ...dns,
            daemonJson: { ...dns.daemonJson, state: 'good', dns: action.dns, search: action.search },
          };
        if (action.kind === 'host-resolver' && dns.resolved !== undefined && action.content !== null)
          dns = { ...dns, resolved: { ...dns.resolved, sha256: sha256Hex(action.content) } };
      }
      const last = steps.findLast(({ action }) => action.kind === 'record')?.action;
      const state =
        last?.kind === 'record'
          ? { ...last.state, since: 'then', updated: 'then', lastPlan: plan.id }
          : undefined;
      return [
        host,
        {
          ...value,
          dns,
          containers: value.containers.map((container) => ({
            ...container,
            labels: node?.container.labels ?? {},
            command: node?.container.command ?? [],
            env: [...(node?.container.env ?? []), 'PATH=/bin'],
          })),
          workdir: {
            ...value.workdir,
            files: (node?.files ?? []).map(({ path, mode, content }) => ({
              path,
              mode,
              sha256: sha256Hex(content),
            })),
            ...(state === undefined ? {} : { state }),
          },
        },
      ];
    }),
  );
}

const of = (plan: Plan, kind: Step['action']['kind']): Step[] =>
  plan.steps.filter(({ action }) => action.kind === kind);
const codes = (plan: Plan): string[] => plan.issues.map(({ code }) => code);
/** All steps that a step waits for, near and far. */
function waitsFor(plan: Plan, step: Step | undefined): Set<string> {
  const all = new Set<string>();
  const visit = (ids: readonly string[]): void => {
    for (const id of ids)
      if (!all.has(id)) {
        all.add(id);
        visit(plan.steps.find((entry) => entry.id === id)?.needs ?? []);
      }
  };
  visit(step?.needs ?? []);
  return all;
}

describe('DNS for containers', () => {
  it('takes one host after another, each proven before the next, and changes nothing the second time', () => {
    const topology = named();
    const facts = seen(topology);
    const plan = planApply(topology, facts);
    const engines = of(plan, 'engine-dns');
    expect(engines).toHaveLength(3);
    const action = engines[0]?.action;
    expect(action?.kind === 'engine-dns' && [action.dns, action.search, action.sha256]).toEqual([
      ['172.17.0.1', '192.0.2.53'],
      ['corp.example', 'service.consul'],
      null,
    ]);
    for (const [index, step] of engines.entries()) {
      const before = waitsFor(plan, step);
      for (const earlier of engines.slice(0, index)) expect(before).toContain(earlier.id);
      expect(of(plan, 'quorum').filter(({ id }) => before.has(id)).length).toBe(index + 1);
      expect(of(plan, 'dns-check').some(({ id, host }) => host === step.host && before.has(id))).toBe(true);
    }
    expect(codes(plan).filter((code) => code === 'engine-restart')).toHaveLength(3);
    const then = after(topology, facts, plan);
    expect(changeCount(planApply(topology, then))).toBe(0);
    // The host moves to other resolvers: said, and not followed by itself.
    const moved = Object.fromEntries(
      Object.entries(then).map(([host, value]) => [
        host,
        { ...value, dns: { ...LOOK, ...value.dns, resolvers: ['198.51.100.53'] } },
      ]),
    );
    const later = planApply(topology, moved);
    expect(changeCount(later)).toBe(0);
    expect(codes(later)).toContain('dns-upstream-moved');
  });

  it('the leader comes last where there is one', () => {
    const topology = named();
    const plain = threeServers();
    const facts = seen(topology);
    const raised = appliedFacts(plain, facts, planApply(plain, facts)) as Look;
    const plan = planApply(topology, raised);
    expect(of(plan, 'engine-dns').at(-1)?.host).toBe('docker01');
    expect(of(plan, 'container-replace')).toHaveLength(3);
  });

  it('goes back by the document, and by destroy', () => {
    const topology = named();
    const facts = seen(topology);
    const then = after(topology, facts, planApply(topology, facts));
    const { dns: _off, ...without } = topology;
    const off = planApply(without, then);
    expect(of(off, 'engine-dns-undo')).toHaveLength(3);
    const records = of(off, 'record').filter(({ host }) => host === 'docker01');
    const tells = records.map(({ action }) => action.kind === 'record' && action.state.dns !== undefined);
    expect([tells.at(0), tells.at(-1)]).toEqual([true, false]);
    const gone = planDestroy(topology, then);
    expect(of(gone, 'engine-dns-undo')).toHaveLength(3);
    expect(codes(gone)).toContain('engine-restart');
  });

  it('keeps what others wrote, and takes their servers for all other names', () => {
    const topology = named();
    const daemonJson = {
      ...LOOK.daemonJson,
      state: 'good',
      used: true,
      dns: ['10.0.0.1'],
      search: ['a.example'],
      sha256: 'x',
    } as const;
    const facts = seen(topology, { daemonJson });
    const plan = planApply(topology, facts);
    const action = of(plan, 'engine-dns')[0]?.action;
    expect(action?.kind === 'engine-dns' && [action.dns, action.search, action.ours, action.sha256]).toEqual([
      ['172.17.0.1', '10.0.0.1'],
      ['a.example', 'service.consul'],
      { dns: ['172.17.0.1'], search: ['service.consul'] },
      'x',
    ]);
    const config = of(plan, 'file').find(
      ({ action: a }) => a.kind === 'file' && a.path.endsWith('raftyard.json'),
    )?.action;
    expect(config?.kind === 'file' && JSON.parse(config.content)).toMatchObject({
      recursors: ['10.0.0.1'],
      ports: { dns: 53 },
      addresses: { dns: '{{ GetInterfaceIP "^docker0$" }}' },
    });
    expect(changeCount(planApply(topology, after(topology, facts, plan)))).toBe(0);
  });

  it('uses DOCKER_OPTS only where the host does', () => {
    const opts = { ...absent, path: '/etc/default/docker', state: 'good' as const };
    const fileOf = (change: Partial<DnsFacts>) => {
      const action = of(planApply(named(), seen(named(), change)), 'engine-dns')[0]?.action;
      return action?.kind === 'engine-dns' ? action.file : undefined;
    };
    expect(fileOf({ dockerOpts: opts })).toBe('daemon-json');
    expect(fileOf({ dockerOpts: { ...opts, used: true } })).toBe('docker-opts');
    expect(
      fileOf({ dockerOpts: { ...opts, used: true }, daemonJson: { ...LOOK.daemonJson, state: 'good' } }),
    ).toBe('daemon-json');
    expect(
      fileOf({
        dockerOpts: { ...opts, used: true, dns: ['8.8.8.8'] },
        flags: { dns: ['8.8.8.8'], search: [] },
      }),
    ).toBe('docker-opts');
  });

  it('another bridge, and live-restore', () => {
    const topology = named();
    const bridge = { interface: 'br0.1', address: '10.9.0.1' };
    const facts = seen(topology, { bridge });
    const plan = planApply(topology, {
      ...facts,
      docker01: {
        ...facts['docker01'],
        docker: { ...facts['docker01']?.docker, liveRestore: true },
      } as ReachableFacts,
    });
    const config = of(plan, 'file').find(
      ({ action }) => action.kind === 'file' && action.path.endsWith('raftyard.json'),
    )?.action;
    expect(config?.kind === 'file' && config.content).toContain('^br0[.]1$');
    const restart = plan.issues.find(({ code, host }) => code === 'engine-restart' && host === 'docker01');
    expect(restart).toMatchObject({
      severity: 'note',
      message: expect.stringContaining('live-restore keeps'),
    });
  });

  it('opens port 53 to the containers’ networks where nothing else lets them in, and closes what is of no use', () => {
    const topology = named();
    const rules = (plan: Plan) =>
      of(plan, 'firewall-open').flatMap(({ action }) =>
        action.kind === 'firewall-open' ? action.rules : [],
      );
    const firewall = {
      kind: 'iptables',
      active: true,
      enabledAtBoot: false,
      runtime: [],
      permanent: [],
    } as const;
    const facts = seen(
      topology,
      { bridgeTrusted: false, subnets: ['172.17.0.0/16', '172.18.0.0/16'] },
      { firewall },
    );
    const plan = planApply(topology, facts);
    expect(rules(plan)).toContain(
      'iptables INPUT -s 172.18.0.0/16 -p udp -m udp --dport 53 -m comment --comment raftyard-11111111 -j ACCEPT',
    );
    const then = after(topology, facts, plan);
    expect(changeCount(planApply(topology, then))).toBe(0);
    const fewer = Object.fromEntries(
      Object.entries(then).map(([host, value]) => [
        host,
        { ...value, dns: { ...LOOK, ...value.dns, bridgeTrusted: false, subnets: ['172.17.0.0/16'] } },
      ]),
    );
    const closed = of(planApply(topology, fewer), 'firewall-close')[0]?.action;
    expect(
      closed?.kind === 'firewall-close' && closed.rules.every((rule) => rule.includes('172.18.0.0/16')),
    ).toBe(true);
    const gone = of(planDestroy(topology, then), 'firewall-close').filter(({ host }) => host === 'docker01');
    expect(gone).toHaveLength(2);
    expect(rules(planApply(topology, seen(topology))).some((rule) => rule.includes('"53"'))).toBe(false);
  });
});

describe('what stops it', () => {
  const stopped = (
    change: Partial<DnsFacts>,
    more: Partial<ReachableFacts> = {},
    dns: Partial<DnsOptions> = {},
  ): string[] => {
    const topology = named(dns);
    const facts: Facts = seen(topology, change, more);
    const plan = planApply(topology, facts);
    const found = plan.issues
      .filter(({ severity, code }) => severity === 'blocker' && code.startsWith('dns-'))
      .map(({ code }) => code);
    // Preflight says the same before any plan.
    expect(
      checkHosts(topology, facts).filter(({ check, severity }) => check === 'dns' && severity === 'blocker'),
    ).toHaveLength(found.length);
    return [...new Set(found)];
  };
  const listener = (address: string, process?: string) => ({
    listeners: [
      { protocol: 'udp' as const, address, port: 53, ...(process === undefined ? {} : { process }) },
    ],
  });

  it('nothing on a host as most are', () => {
    expect(stopped({})).toEqual([]);
    expect(stopped({}, listener('127.0.0.53', 'systemd-resolve'))).toEqual([]);
    expect(stopped({}, listener('192.168.122.1', 'dnsmasq'))).toEqual([]);
  });

  it('says each reason', () => {
    expect(stopped({}, listener('0.0.0.0', 'dnsmasq'))).toEqual(['dns-port-taken']);
    expect(stopped({}, listener('172.17.0.1', 'unbound'))).toEqual(['dns-port-taken']);
    expect(
      stopped({ daemonJson: { ...LOOK.daemonJson, state: 'bad', problem: 'it is not valid JSON' } }),
    ).toEqual(['dns-engine-file']);
    expect(stopped({ flags: { dns: ['8.8.8.8'], search: [] } })).toEqual(['dns-flags']);
    expect(stopped({ resolvers: [] })).toEqual(['dns-no-upstream']);
    expect(stopped({ resolvers: [] }, {}, { upstream: ['192.0.2.1'] })).toEqual([]);
    expect(stopped({}, { systemd: false })).toEqual(['dns-engine']);
    const { bridge: _none, ...noBridge } = LOOK;
    const topology = named();
    const facts = Object.fromEntries(
      Object.entries(seen(topology)).map(([host, value]) => [host, { ...value, dns: noBridge }]),
    );
    expect(codes(planApply(topology, facts))).toContain('dns-no-bridge');
  });

  it('hosts need systemd-resolved, asked by the host, without servers for every name', () => {
    const both = { hosts: true };
    const resolved = { active: true, version: 252, asked: true, global: [] };
    expect(stopped({ resolved }, {}, both)).toEqual([]);
    expect(stopped({}, {}, both)).toEqual(['dns-no-resolved']);
    expect(stopped({ resolved: { ...resolved, asked: false } }, {}, both)).toEqual(['dns-resolved-unused']);
    expect(stopped({ resolved: { ...resolved, global: ['1.1.1.1'] } }, {}, both)).toEqual([
      'dns-resolved-global',
    ]);
    expect(stopped({ resolved: { ...resolved, version: 245 } }, {}, both)).toEqual([]);
    expect(
      stopped({ resolved: { ...resolved, version: 245 } }, {}, { hosts: true, containers: false }),
    ).toEqual(['dns-resolved-old']);
  });

  it('a host’s resolver is set once', () => {
    const topology = named({ containers: false, hosts: true });
    const facts = seen(topology, { resolved: { active: true, version: 252, asked: true, global: [] } });
    const plan = planApply(topology, facts);
    expect(of(plan, 'engine-dns')).toEqual([]);
    const action = of(plan, 'host-resolver')[0]?.action;
    expect(action?.kind === 'host-resolver' && action.content).toContain(
      'DNS=127.0.0.1:8600\nDomains=~consul',
    );
    expect(changeCount(planApply(topology, after(topology, facts, plan)))).toBe(0);
  });
});
