/** Locks on hosts that are made up: what is locked when, and what a run may do then. */
import { describe, expect, it } from 'vitest';
import { applyUnderLock } from '../../../src/main/cluster/apply/under-lock.js';
import type { UseCaseContext } from '../../../src/main/cluster/types.js';
import type { ExecOptions, ExecResult, HostConnection, HostConnector } from '../../../src/main/host/types.js';
import { RaftyardError } from '../../../src/shared/errors.js';
import { planApply } from '../../../src/shared/plan/index.js';
import type { Plan } from '../../../src/shared/plan/types.js';
import { temporaryFolder } from '../../temporary.js';
import { bareFacts, threeServers } from '../plan/fixture.js';

const topology = threeServers();
const NAMES = topology.hosts.map((host) => host.name);
/** Changes nothing, so that no step runs. */
const empty: Plan = { ...planApply(topology, bareFacts(topology)), steps: [], issues: [] };

/** Hosts that know nothing but locks. */
class Hosts {
  /** What happened, in order: `lock docker01`, `look docker01`, `free docker01`. */
  readonly log: string[] = [];
  /** Who holds a host's lock, as the file says it. */
  readonly holders = new Map<string, string>();
  readonly unreachable = new Set<string>();
  readonly dials = new Map<string, number>();
  open = 0;

  get connector(): HostConnector {
    return {
      connect: async (host) => {
        this.dials.set(host.name, (this.dials.get(host.name) ?? 0) + 1);
        if (this.unreachable.has(host.name))
          throw new RaftyardError('host-unreachable', 'nobody there', { host: host.name });
        this.open += 1;
        return { connection: this.#connection(host.name), release: () => this.#released() };
      },
      close: async () => undefined,
    };
  }

  #released(): void {
    this.open -= 1;
  }

  #connection(name: string): HostConnection {
    const answer = (stdout: string): ExecResult => ({
      code: 0,
      stdout,
      stderr: '',
      truncated: false,
      as: 'root',
    });
    return {
      host: { name },
      script: async (_text: string, [, mine = '', mode]: readonly string[], _options?: ExecOptions) => {
        const holder = this.holders.get(name);
        if (holder !== undefined && mode !== 'break') return answer(`held\n${holder}`);
        this.holders.set(name, mine);
        this.log.push(`lock ${name}`);
        return answer('taken');
      },
      exec: async () => {
        this.holders.delete(name);
        this.log.push(`free ${name}`);
        return answer('');
      },
    } as unknown as HostConnection;
  }
}

const contextOf = (hosts: Hosts, signal?: AbortSignal): UseCaseContext => ({
  connector: hosts.connector,
  journalDir: temporaryFolder('raftyard-locks-'),
  holder: 'me@here',
  ...(signal === undefined ? {} : { signal }),
});

/** A look at every host, as preflight does it: a host that cannot be reached does not fail the others. */
const look =
  (hosts: Hosts, plan: Plan) =>
  async ({ connector }: UseCaseContext): Promise<Plan> => {
    await Promise.all(
      topology.hosts.map(async (host) => {
        const lease = await connector.connect(host).catch(() => null);
        if (lease === null) return;
        hosts.log.push(`look ${host.name}`);
        lease.release();
      }),
    );
    return plan;
  };

const someone = JSON.stringify({ who: 'ann@there', computer: 'there', pid: 1, since: '2026-01-01' });
const begin = async () => true;

describe('a run under the lock', () => {
  it('locks each host before it is looked at, and gives every lock back', async () => {
    const hosts = new Hosts();
    const summary = await applyUnderLock(topology, contextOf(hosts), { plan: look(hosts, empty), begin });
    expect(summary?.result).toBe('done');
    for (const name of NAMES) {
      const own = hosts.log.filter((entry) => entry.endsWith(name)).map((entry) => entry.split(' ')[0]);
      expect(own).toEqual(['lock', 'look', 'free']);
    }
    expect([hosts.holders.size, hosts.open]).toEqual([0, 0]);
  });

  it('stays away from all hosts where someone else is at work on one, and names them', async () => {
    const hosts = new Hosts();
    hosts.holders.set('docker02', someone);
    const begun: Plan[] = [];
    const run = applyUnderLock(topology, contextOf(hosts), {
      plan: look(hosts, empty),
      begin: async (plan) => begun.push(plan) > 0,
    });
    await expect(run).rejects.toMatchObject({
      code: 'lock-held',
      host: 'docker02',
      message: expect.stringContaining('ann@there'),
    });
    expect(begun).toEqual([]);
    expect(hosts.log).not.toContain('look docker02');
    expect([...hosts.holders.keys()]).toEqual(['docker02']);
    expect(hosts.open).toBe(0);
    const broken = applyUnderLock(topology, contextOf(hosts), {
      plan: look(hosts, empty),
      begin,
      breakLock: true,
    });
    expect((await broken)?.result).toBe('done');
  });

  it('dials a host that cannot be reached no more often than the look does', async () => {
    const hosts = new Hosts();
    hosts.unreachable.add('docker03');
    await applyUnderLock(topology, contextOf(hosts), { plan: look(hosts, empty), begin });
    expect(hosts.dials.get('docker03')).toBe(1);
    expect(hosts.log).toContain('look docker02');
    expect([hosts.holders.size, hosts.open]).toEqual([0, 0]);
  });

  it('runs nothing but what was agreed to, and locks only what that changes', async () => {
    const hosts = new Hosts();
    const agreed = planApply(topology, bareFacts(topology));
    const only = { ...agreed, steps: agreed.steps.filter((step) => step.host === 'docker01') };
    const run = applyUnderLock(topology, contextOf(hosts), {
      plan: look(hosts, { ...empty, id: 'another' }),
      agreed: only,
      begin: async () => {
        throw new Error('this may not begin');
      },
    });
    await expect(run).rejects.toMatchObject({ code: 'plan-outdated' });
    expect(hosts.log.filter((entry) => entry.startsWith('lock'))).toEqual(['lock docker01']);
    expect([hosts.holders.size, hosts.open]).toEqual([0, 0]);
  });

  it('gives the locks back when it is cancelled during the look, or has nothing to run', async () => {
    const hosts = new Hosts();
    const controller = new AbortController();
    const run = applyUnderLock(topology, contextOf(hosts, controller.signal), {
      plan: async (context) => {
        const plan = await look(hosts, empty)(context);
        controller.abort(new RaftyardError('cancelled', 'cancelled'));
        return plan;
      },
      begin,
    });
    await expect(run).rejects.toMatchObject({ code: 'cancelled' });
    expect([hosts.holders.size, hosts.open]).toEqual([0, 0]);
    const none = await applyUnderLock(topology, contextOf(hosts), {
      plan: look(hosts, empty),
      begin: async () => false,
    });
    expect([none, hosts.holders.size]).toEqual([null, 0]);
  });
});
