import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClusterServices, Services } from '../../../src/main/cli/services.js';
import type { ApplySummary, UseCaseContext } from '../../../src/main/cluster/types.js';
import { RaftyardError } from '../../../src/shared/errors.js';
import type { Facts } from '../../../src/shared/plan/facts.js';
import { planApply } from '../../../src/shared/plan/index.js';
import type { Plan } from '../../../src/shared/plan/types.js';
import { serialiseTopology } from '../../../src/shared/topology/index.js';
import { temporaryFolder } from '../../temporary.js';
import { appliedFacts, bareFacts, threeServers } from '../plan/fixture.js';
import { fakeIo, fakeServices, raftyard } from './fake-io.js';

const folder = temporaryFolder('raftyard-cli-');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const topology = threeServers();
const document = join(folder, 'shop.raftyard');
const bare = bareFacts(topology);
const done = appliedFacts(topology, bare, planApply(topology, bare));

const GOOD: ApplySummary = {
  result: 'done',
  changed: 3,
  skipped: 0,
  failed: [],
  hosts: { docker01: 'running' },
  quorumMs: { dc1: 1500 },
  leader: { dc1: 'node1' },
};

/** Plans that were applied, in order. */
let applied: Plan[] = [];
let closed = 0;

interface Fake {
  readonly facts?: Facts;
  readonly summary?: ApplySummary;
  readonly apply?: (plan: Plan, context: UseCaseContext) => Promise<ApplySummary>;
  readonly preflight?: ClusterServices['preflight'];
}

function cluster({ facts = bare, summary = GOOD, apply, preflight }: Fake = {}): Services {
  return fakeServices({
    createConnector: () => ({
      connect: () => Promise.reject(new Error('no host may be dialled here')),
      close: async () => {
        closed += 1;
      },
    }),
    preflight: preflight ?? (async () => facts),
    applyPlan: async (_topology, plan, context) => {
      applied.push(plan);
      if (apply !== undefined) return await apply(plan, context);
      const step = plan.steps[0];
      if (step !== undefined)
        context.onEvent?.({
          type: 'step',
          step: step.id,
          host: step.host,
          title: '\x1b[2Jtitle\nerror: forged',
          state: 'done',
          ms: 5,
        });
      context.onEvent?.({ type: 'summary', summary });
      return summary;
    },
  });
}

beforeEach(() => {
  applied = [];
  closed = 0;
  writeFileSync(document, serialiseTopology(topology));
});

describe('plan', () => {
  it('shows every step, and tells changes by exit code only when asked to', async () => {
    const ran = await raftyard(['plan', document], fakeIo(), cluster());
    expect(ran.code).toBe(0);
    for (const step of planApply(topology, bare).steps) expect(ran.stdout).toContain(step.title);
    const detailed = await raftyard(['plan', document, '--detailed-exitcode'], fakeIo(), cluster());
    expect(detailed.code).toBe(2);
    const same = await raftyard(
      ['plan', document, '--detailed-exitcode'],
      fakeIo(),
      cluster({ facts: done }),
    );
    expect([same.code, same.stdout.includes('0 changes')]).toEqual([0, true]);
    expect(closed).toBe(3);
  });

  it('ends with 1 when the plan cannot be applied', async () => {
    const { docker: _docker, ...broken } = bare['docker01'] ?? { docker: undefined };
    const facts = { ...bare, docker01: broken } as Facts;
    const ran = await raftyard(['plan', document, '--detailed-exitcode'], fakeIo(), cluster({ facts }));
    expect(ran.code).toBe(1);
    expect(ran.stdout).toContain('blocker');
  });

  it('gives plan, checks and count as JSON', async () => {
    const ran = await raftyard(['plan', document, '--json'], fakeIo(), cluster());
    const result = JSON.parse(ran.stdout) as { changes: number; plan: Plan; applicable: boolean };
    expect(result.plan).toEqual(planApply(topology, bare));
    expect(result.changes).toBeGreaterThan(0);
    expect(result.applicable).toBe(true);
  });

  it('has no colours on a pipe, colours on a terminal, and none there when they are not wanted', async () => {
    const colour = /\x1b\[\d+m/;
    const tty = (env?: Record<string, string>) =>
      fakeIo({ tty: true, ...(env === undefined ? {} : { env }) });
    expect((await raftyard(['plan', document], fakeIo(), cluster())).stdout).not.toMatch(colour);
    expect((await raftyard(['plan', document], tty(), cluster())).stdout).toMatch(colour);
    expect((await raftyard(['plan', document, '--no-color'], tty(), cluster())).stdout).not.toMatch(colour);
    expect((await raftyard(['plan', document], tty({ NO_COLOR: '1' }), cluster())).stdout).not.toMatch(
      colour,
    );
  });
});

describe('apply', () => {
  it.each([
    ['y', 0, 1],
    ['yes', 0, 1],
    ['n', 130, 0],
    ['', 130, 0],
  ])('asks; the answer %j ends with %i', async (answer, code, times) => {
    const ran = await raftyard(['apply', document], fakeIo({ tty: true, answers: [answer] }), cluster());
    expect(ran.code).toBe(code);
    expect(ran.io.questions).toHaveLength(1);
    expect(applied).toHaveLength(times);
    expect(closed).toBe(1);
  });

  it('looks once with --yes, and where nothing would change; once more after a question', async () => {
    const looks = async (argv: readonly string[], facts: Facts): Promise<number> => {
      let times = 0;
      const preflight: ClusterServices['preflight'] = async () => {
        times += 1;
        return facts;
      };
      const io = fakeIo({ tty: true, answers: ['y'] });
      expect((await raftyard(['apply', document, ...argv], io, cluster({ preflight }))).code).toBe(0);
      return times;
    };
    expect(await looks(['--yes'], bare)).toBe(1);
    expect(await looks([], done)).toBe(1);
    expect(await looks([], bare)).toBe(2);
  });

  it('runs nothing that was not shown: hosts that change while it asks end it', async () => {
    let times = 0;
    const preflight: ClusterServices['preflight'] = async () => {
      times += 1;
      return times === 1 ? bare : done;
    };
    const io = fakeIo({ tty: true, answers: ['y'] });
    const ran = await raftyard(['apply', document], io, cluster({ preflight }));
    expect([ran.code, applied]).toEqual([1, []]);
    expect(ran.stderr).toContain('the hosts have changed since the plan was made');
  });

  it('opens the API to the network without ACLs only where that is said, a general yes not counting', async () => {
    const open = threeServers({ api: 'exposed' });
    writeFileSync(document, serialiseTopology(open));
    const services = cluster({ facts: bareFacts(open) });
    const refused = await raftyard(['apply', document, '--yes'], fakeIo(), services);
    expect([refused.code, applied]).toEqual([64, []]);
    expect(refused.stderr).toContain('--expose-api');
    const forced = await raftyard(['apply', document, '--yes', '--expose-api'], fakeIo(), services);
    expect([forced.code, applied.length]).toEqual([0, 1]);
    // What runs already is opened by nobody.
    const facts = appliedFacts(open, bareFacts(open), planApply(open, bareFacts(open)));
    const same = await raftyard(['apply', document, '--yes'], fakeIo(), cluster({ facts }));
    expect(same.code).toBe(0);
  });

  it('needs no answer with --yes, nor where nothing would change', async () => {
    const yes = await raftyard(['apply', document, '--yes'], fakeIo({ tty: true }), cluster());
    expect([yes.code, yes.io.questions]).toEqual([0, []]);
    const same = await raftyard(['apply', document], fakeIo({ tty: true }), cluster({ facts: done }));
    expect([same.code, same.io.questions]).toEqual([0, []]);
  });

  it.each([
    ['done', 0],
    ['partial', 1],
    ['failed', 1],
    ['cancelled', 130],
  ] as const)('a result %s ends with %i', async (result, code) => {
    const ran = await raftyard(
      ['apply', document, '--yes'],
      fakeIo(),
      cluster({ summary: { ...GOOD, result } }),
    );
    expect(ran.code).toBe(code);
  });

  it('writes one JSON event a line, the summary last', async () => {
    const ran = await raftyard(['apply', document, '--yes', '--json'], fakeIo(), cluster());
    const events = ran.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string });
    expect(events.map(({ type }) => type)).toEqual(['step', 'summary']);
  });

  it('shows what hosts say without letting it steer the terminal or forge a line', async () => {
    const ran = await raftyard(['apply', document, '--yes'], fakeIo(), cluster());
    expect(ran.stdout + ran.stderr).not.toContain('\x1b');
    expect(ran.stderr).toContain('title error: forged');
    expect(ran.stderr).not.toMatch(/^error: forged/m);
  });

  it('tells an error with its host and what to do, and no stack', async () => {
    const apply = () =>
      Promise.reject(new RaftyardError('lock-held', 'held by someone', { host: 'docker02', hint: 'Wait.' }));
    const ran = await raftyard(['apply', document, '--yes'], fakeIo(), cluster({ apply }));
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain('error: held by someone (docker02) — Wait.\n');
    const bug = await raftyard(
      ['apply', document, '--yes'],
      fakeIo(),
      cluster({ apply: () => Promise.reject(new TypeError('oops')) }),
    );
    expect(bug.code).toBe(1);
    expect(bug.stderr).toContain('error: oops');
    expect(bug.stderr).not.toContain('    at ');
  });

  it('is cancelled by Ctrl-C, and ends at once at the second', async () => {
    const io = fakeIo();
    const apply = async (_plan: Plan, context: UseCaseContext): Promise<ApplySummary> => {
      io.interrupt();
      expect(context.signal?.aborted).toBe(true);
      expect(io.abandoned).toBeUndefined();
      io.interrupt();
      return { ...GOOD, result: 'cancelled' };
    };
    const ran = await raftyard(['apply', document, '--yes'], io, cluster({ apply }));
    expect(ran.code).toBe(130);
    expect(io.abandoned).toBe(130);
  });

  it('makes no plan of a look at the hosts that was cut short', async () => {
    const io = fakeIo();
    const preflight: ClusterServices['preflight'] = async () => {
      io.interrupt();
      return bare;
    };
    const ran = await raftyard(['apply', document, '--yes'], io, cluster({ preflight }));
    expect(ran.code).toBe(130);
    expect(applied).toEqual([]);
  });
});

describe('a saved plan', () => {
  const saved = join(folder, 'plan.json');
  const save = async (facts: Facts = bare) =>
    expect((await raftyard(['plan', document, '--out', saved], fakeIo(), cluster({ facts }))).code).toBe(0);

  it('is planned again and applied when nothing changed', async () => {
    await save();
    const ran = await raftyard(['apply', saved, '--yes'], fakeIo(), cluster());
    expect(ran.code).toBe(0);
    expect(ran.stderr).not.toContain('changed since');
    expect(applied).toEqual([planApply(topology, bare)]);
  });

  it('never runs steps that someone put into the file', async () => {
    await save();
    const content = JSON.parse(readFileSync(saved, 'utf8')) as { plan: { steps: unknown[] } };
    content.plan.steps = [
      { id: 'x', host: 'docker01', action: { kind: 'file-remove', path: '/etc/passwd' } },
    ];
    writeFileSync(saved, JSON.stringify(content));
    await raftyard(['apply', saved, '--yes'], fakeIo(), cluster());
    expect(applied).toEqual([planApply(topology, bare)]);
  });

  it.each([
    ['y', 0],
    ['n', 1],
  ])('asks about the new plan when the hosts changed; %j ends with %i', async (answer, code) => {
    await save(done);
    const ran = await raftyard(['apply', saved], fakeIo({ tty: true, answers: [answer] }), cluster());
    expect(ran.code).toBe(code);
    expect(ran.stderr).toContain('changed since');
    expect(applied).toHaveLength(code === 0 ? 1 : 0);
  });

  it('counts the document as it is now, and as it was where it is gone', async () => {
    await save();
    writeFileSync(document, serialiseTopology({ ...topology, raftMultiplier: 5 }));
    const changed = await raftyard(['apply', saved, '--yes'], fakeIo(), cluster());
    expect(changed.stderr).toContain('changed since');
    rmSync(document);
    const gone = await raftyard(['apply', saved, '--yes'], fakeIo(), cluster());
    expect(gone.stderr).not.toContain('changed since');
    expect(gone.code).toBe(0);
  });

  it('is refused when it is not whole', async () => {
    writeFileSync(saved, '{"raftyardPlan": 1}');
    expect((await raftyard(['apply', saved, '--yes'], fakeIo(), cluster())).code).toBe(64);
    writeFileSync(saved, '{"raftyardPlan": 2}');
    expect((await raftyard(['apply', saved, '--yes'], fakeIo(), cluster())).code).toBe(64);
  });
});

describe('destroy', () => {
  it('asks before it removes, and has nothing to ask where nothing is left', async () => {
    const no = await raftyard(
      ['destroy', document],
      fakeIo({ tty: true, answers: ['n'] }),
      cluster({ facts: done }),
    );
    expect([no.code, applied.length]).toEqual([130, 0]);
    const nothing = await raftyard(['destroy', document, '--yes'], fakeIo(), cluster());
    expect([nothing.code, applied.length]).toEqual([0, 0]);
    const yes = await raftyard(['destroy', document, '--yes'], fakeIo(), cluster({ facts: done }));
    expect([yes.code, applied.map((plan) => plan.kind)]).toEqual([0, ['destroy']]);
  });

  it('keeps data when told to', async () => {
    const kinds = () => applied.at(-1)?.steps.map((step) => step.action.kind) ?? [];
    await raftyard(['destroy', document, '--yes'], fakeIo(), cluster({ facts: done }));
    expect(kinds()).toContain('volume-remove');
    await raftyard(['destroy', document, '--yes', '--keep-data'], fakeIo(), cluster({ facts: done }));
    expect(kinds()).not.toContain('volume-remove');
  });
});

describe('status', () => {
  const now = {
    cluster: 'shop',
    healthy: false,
    datacenters: [{ name: 'dc1', leader: null, nodes: [], maintenance: [] }],
    problems: ['no leader \x1b[2J'],
    asOf: '2026-01-01T00:00:00.000Z',
  };
  const services = (healthy: boolean) =>
    fakeServices({
      createConnector: () => ({ connect: () => Promise.reject(new Error('unused')), close: async () => {} }),
      status: async () => ({ ...now, healthy }),
    });

  it('ends with 1 when the cluster is not healthy', async () => {
    expect((await raftyard(['status', document], fakeIo(), services(true))).code).toBe(0);
    const ill = await raftyard(['status', document], fakeIo(), services(false));
    expect(ill.code).toBe(1);
    expect(ill.stdout).toContain('no leader');
    expect(ill.stdout).not.toContain('\x1b');
  });

  it('gives JSON with the leader as null where there is none', async () => {
    const ran = await raftyard(['status', document, '--json'], fakeIo(), services(false));
    expect(JSON.parse(ran.stdout)).toEqual({ ...now, healthy: false });
  });
});

describe('questions of hosts', () => {
  const ask = (io: ReturnType<typeof fakeIo>, argv: string[]) => {
    const answers: unknown[] = [];
    const services = fakeServices({
      createConnector: ({ prompts }) => ({
        connect: () => Promise.reject(new Error('unused')),
        close: async () => {
          const key = {
            host: 'docker01',
            address: '192.0.2.1',
            port: 22,
            keyType: 'ssh-ed25519',
            fingerprint: 'SHA256:abc',
          };
          answers.push(await prompts.hostKey(key));
          answers.push(await prompts.secret({ host: 'docker01', kind: 'password', prompt: 'Password' }));
        },
      }),
      status: async () => ({ cluster: '', healthy: true, datacenters: [], problems: [], asOf: '' }),
    });
    return raftyard(['status', document, ...argv], io, services).then((ran) => ({ ...ran, answers }));
  };

  it('are refused without a terminal', async () => {
    expect((await ask(fakeIo(), [])).answers).toEqual([false, null]);
  });

  it('show the fingerprint on a terminal', async () => {
    const ran = await ask(fakeIo({ tty: true, answers: ['y', 'secret'] }), []);
    expect(ran.stderr).toContain('SHA256:abc');
    expect(ran.answers).toEqual([true, 'secret']);
    expect(ran.stdout + ran.stderr).not.toContain('secret');
    expect((await ask(fakeIo({ tty: true, answers: ['n', ''] }), [])).answers[0]).toBe(false);
  });

  it('are spared for host keys with --accept-new-host-keys', async () => {
    expect((await ask(fakeIo(), ['--accept-new-host-keys'])).answers).toEqual([true, null]);
  });
});
