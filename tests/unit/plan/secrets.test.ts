/** Plans of encrypted gossip. */
import { describe, expect, it } from 'vitest';
import { desiredNodes, renderSecrets, templateOf, withNextKey } from '../../../src/shared/desired/index.js';
import { sha256Hex } from '../../../src/shared/digest.js';
import type { Facts, ReachableFacts } from '../../../src/shared/plan/facts.js';
import { changeCount, type PlanSecrets, planApply, planDestroy } from '../../../src/shared/plan/index.js';
import type { Plan, Step } from '../../../src/shared/plan/types.js';
import { bareFacts } from './fixture.js';
import {
  applied,
  at,
  before,
  blockers,
  KNOWN,
  kinds,
  knowing,
  of,
  plain,
  secured,
  VALUES,
} from './secured.js';

describe('a new cluster with encrypted gossip', () => {
  const plan = planApply(secured, bareFacts(secured), { secrets: KNOWN });

  it('gets its key with the last stage at once, before its container, and the plan has no secret', () => {
    for (const host of secured.hosts) {
      const lane = plan.steps.filter((step) => step.host === host.name).map(({ action }) => action.kind);
      expect(lane.indexOf('secret-file')).toBeGreaterThan(lane.indexOf('record'));
      expect(lane.indexOf('secret-file')).toBeLessThan(lane.indexOf('container-run'));
    }
    for (const { action } of of(plan, 'secret-file'))
      if (action.kind === 'secret-file')
        expect(JSON.parse(renderSecrets(action.template, VALUES))).toEqual({
          encrypt: 'b2xk',
          encrypt_verify_outgoing: true,
          encrypt_verify_incoming: true,
        });
    expect(JSON.stringify(plan)).not.toContain('b2xk');
    expect(of(plan, 'container-restart')).toEqual([]);
  });

  it('is the same plan before the key is made and after', () => {
    const nothingYet: PlanSecrets = { rotate: false, digest: () => undefined };
    expect(planApply(secured, bareFacts(secured), { secrets: nothingYet }).id).toBe(plan.id);
  });

  it('needs nothing a second time, and one file where that was changed', () => {
    const done = at([3, 3, 3], applied(secured));
    expect(changeCount(planApply(secured, done, { secrets: KNOWN }))).toBe(0);
    const other = at([3, 3, 3], applied(secured), { 'gossip-key': 'b3RoZXI=' });
    expect(
      kinds(planApply(secured, other, { secrets: KNOWN })).filter((kind) => kind === 'secret-file'),
    ).toHaveLength(3);
  });

  it('is refused without a place for the key, and where the hosts have one that is unknown here', () => {
    expect(blockers(planApply(secured, bareFacts(secured)))).toEqual(['secrets-needed']);
    const done = at([3, 3, 3], applied(secured));
    expect(blockers(planApply(secured, done, { secrets: knowing({}) }))).toEqual(
      secured.hosts.map(() => 'secrets-missing'),
    );
  });

  it('takes its files and directories away with it, and nothing when nothing was recorded', () => {
    const done = at([3, 3, 3], applied(secured));
    const removed = of(planDestroy(secured, done), 'file-remove').flatMap(({ action, host }) =>
      action.kind === 'file-remove' && host === 'docker01' ? [action.path] : [],
    );
    const order = [
      '/opt/consul/.secret/agent/secret.json',
      '/opt/consul/.secret/agent',
      '/opt/consul/.secret',
    ];
    expect(removed.filter((path) => path.includes('.secret'))).toEqual(order);
    expect(
      planDestroy(plain, applied(plain)).steps.some((step) => JSON.stringify(step).includes('.secret')),
    ).toBe(false);
  });
});

describe('turning encryption on for a cluster that lives', () => {
  const lived = at([0, 0, 0], applied(plain));

  it('makes every agent anew, then restarts each twice, one server at a time and the leader last', () => {
    const plan = planApply(secured, lived, { secrets: KNOWN });
    expect(blockers(plan)).toEqual([]);
    expect(of(plan, 'container-replace')).toHaveLength(3);
    const restarts = of(plan, 'container-restart');
    // The fixture's leader is docker01.
    expect(restarts.map(({ host }) => host)).toEqual([
      'docker02',
      'docker03',
      'docker01',
      'docker02',
      'docker03',
      'docker01',
    ]);
    const replaced = of(plan, 'container-replace').map(({ id }) => id);
    for (const id of replaced) expect(before(plan, restarts[0] as Step)).toContain(id);
    for (const [index, step] of restarts.entries())
      for (const earlier of restarts.slice(0, index)) expect(before(plan, step)).toContain(earlier.id);
    // No file of a later round is written before everybody has ended the one before.
    const last = of(plan, 'secret-file').filter(
      ({ title, after }) => title !== '' && after.includes('takes encrypted gossip only'),
    );
    for (const step of last)
      for (const earlier of restarts.slice(0, 3)) expect(before(plan, step)).toContain(earlier.id);
  });

  it('goes on where it was cut short', () => {
    const ready = applied(secured);
    const expected: [number[], number][] = [
      [[1, 1, 1], 6],
      [[2, 1, 1], 5],
      [[2, 2, 2], 3],
      [[3, 2, 2], 2],
      [[3, 3, 3], 0],
      // Made anew by hand, or never restarted after its container was: everything from the first round.
      [[0, 0, 0], 9],
    ];
    for (const [stages, restarts] of expected) {
      const plan = planApply(secured, at(stages, ready), { secrets: KNOWN });
      expect(blockers(plan)).toEqual([]);
      expect(of(plan, 'container-restart'), stages.join()).toHaveLength(restarts);
    }
  });

  describe('where an agent was not restarted since its file was written, and shows the file', () => {
    const ready = applied(secured);
    const STARTED = '2026-11-30T10:00:00.123456789Z';
    /** Host with the note of a round, and which start of its container that tells of. */
    const noted = (stages: readonly number[], host: string, inForce: 0 | 1 | 2, startedAt = STARTED) => {
      const facts = at(stages, ready);
      const found = facts[host] as ReachableFacts;
      const containers = found.containers.map((entry) => ({ ...entry, startedAt: STARTED }));
      const restartDue = { container: containers[0]?.id ?? '', startedAt, inForce: { gossip: inForce } };
      return { ...facts, [host]: { ...found, containers, workdir: { ...found.workdir, restartDue } } };
    };
    const planned = (facts: Facts) => planApply(secured, facts, { secrets: KNOWN });
    const restarted = (plan: Plan) => of(plan, 'container-restart').map(({ host }) => host);
    const notes = (plan: Plan) => plan.issues.filter(({ code }) => code === 'restart-due');

    it('the round is gone through again', () => {
      // Its file and what it says are the second stage's; the third would cut it off.
      const plan = planned(noted([1, 2, 1], 'docker02', 1));
      expect(blockers(plan)).toEqual([]);
      expect(restarted(plan)).toEqual([
        'docker02',
        'docker03',
        'docker01',
        'docker02',
        'docker03',
        'docker01',
      ]);
      expect(notes(plan)).toMatchObject([{ host: 'docker02' }]);
    });

    it('the last round is not taken for done', () => {
      const plan = planned(noted([3, 3, 3], 'docker03', 2));
      expect(restarted(plan)).toEqual(['docker03']);
      expect(changeCount(plan)).toBeGreaterThan(0);
    });

    it('the first round is not taken for done', () => {
      const plan = planned(noted([1, 1, 1], 'docker01', 0));
      expect(restarted(plan).filter((host) => host === 'docker01')).toHaveLength(3);
    });

    it('and once it was started again, by whomever, what it says counts', () => {
      const plan = planned(noted([3, 3, 3], 'docker03', 2, '2026-11-30T09:00:00Z'));
      expect(changeCount(plan)).toBe(0);
      expect(notes(plan)).toEqual([]);
    });

    it('and a host without such a note, of an older Raftyard, counts as it says', () => {
      expect(changeCount(planned(at([3, 3, 3], ready)))).toBe(0);
    });

    it('and the note goes with destroy', () => {
      const removed = of(planDestroy(secured, noted([3, 3, 3], 'docker03', 2)), 'file-remove')
        .filter(({ action }) => action.kind === 'file-remove' && action.path.endsWith('/restart-due.json'))
        .map(({ host }) => host);
      expect(removed).toEqual(['docker03']);
    });
  });

  it('notes what is in force before each file that waits for a restart, and before no other', () => {
    const inForce = (stages: readonly number[]) =>
      of(planApply(secured, at(stages, applied(secured)), { secrets: KNOWN }), 'secret-file').map(
        ({ action }) => (action.kind === 'secret-file' ? action.due?.inForce : undefined),
      );
    expect(inForce([1, 1, 1])).toEqual([1, 1, 1, 2, 2, 2].map((gossip) => ({ gossip })));
    expect(inForce([0, 0, 0])).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2].map((gossip) => ({ gossip })));
    // Made anew with the first stage's file.
    const first = planApply(secured, lived, { secrets: KNOWN });
    expect(
      of(first, 'secret-file').map(({ action }) => action.kind === 'secret-file' && action.due?.inForce),
    ).toEqual([undefined, undefined, undefined, ...[1, 1, 1, 2, 2, 2].map((gossip) => ({ gossip }))]);
    const fresh = planApply(secured, bareFacts(secured), { secrets: KNOWN });
    for (const { action } of of(fresh, 'secret-file')) expect(action).not.toHaveProperty('due');
    expect(of(first, 'secret-file').at(-1)?.action).toMatchObject({
      due: { container: 'consul01', path: '/opt/consul/.raftyard/restart-due.json' },
    });
  });

  it('waits until every agent answers', () => {
    const facts = { ...lived };
    facts['docker03'] = {
      host: 'docker03',
      reachable: false,
      error: { code: 'host-unreachable', message: 'no route', retryable: true },
    };
    expect(blockers(planApply(secured, facts, { secrets: KNOWN }))).toEqual(['everyone-needed']);
    const silent = { ...lived };
    const { agent: _agent, ...rest } = lived['docker02'] as ReachableFacts;
    silent['docker02'] = rest;
    expect(blockers(planApply(secured, silent, { secrets: KNOWN }))).toEqual(['everyone-needed']);
  });

  it('is not undone in silence', () => {
    const done = at([3, 3, 3], applied(secured));
    expect(blockers(planApply(plain, done))).toEqual(plain.hosts.map(() => 'gossip-off'));
  });
});

describe('changing the key', () => {
  const done = at([3, 3, 3], applied(secured));

  it('gives, uses, writes and takes out, each after the one before, and restarts nothing', () => {
    const plan = planApply(secured, done, { secrets: knowing(VALUES, true) });
    expect(kinds(plan).filter((kind) => kind.startsWith('container-'))).toEqual([]);
    const ops = of(plan, 'keyring').map(({ action, host }) =>
      action.kind === 'keyring' ? `${action.op} ${action.key} ${host}` : '',
    );
    expect(ops).toEqual([
      ...secured.hosts.map(({ name }) => `install gossip-key-next ${name}`),
      ...secured.hosts.map(({ name }) => `use gossip-key-next ${name}`),
      ...secured.hosts.map(({ name }) => `remove gossip-key ${name}`),
    ]);
    const promote = of(plan, 'secret-promote')[0] as Step;
    for (const step of [...of(plan, 'keyring'), ...of(plan, 'secret-file')])
      expect(before(plan, promote)).toContain(step.id);
    const taken = of(plan, 'keyring').at(-3) as Step;
    for (const step of of(plan, 'secret-file')) expect(before(plan, taken)).toContain(step.id);
    expect(of(plan, 'secret-file')).toHaveLength(3);
  });

  it('writes no file twice that holds the new key already', () => {
    const half = { ...done };
    const node = desiredNodes(secured)[0];
    const facts = done['docker01'] as ReachableFacts;
    const { secret } = node ?? {};
    if (secret === undefined) throw new Error('no secret file');
    const sha256 = sha256Hex(renderSecrets(withNextKey(templateOf(secret)), VALUES));
    half['docker01'] = {
      ...facts,
      workdir: {
        ...facts.workdir,
        files: facts.workdir.files.map((file) => (file.path === secret.path ? { ...file, sha256 } : file)),
      },
    };
    const plan = planApply(secured, half, { secrets: knowing(VALUES, true) });
    expect(of(plan, 'secret-file').map(({ host }) => host)).toEqual(['docker02', 'docker03']);
  });

  it('is put off until encryption is on everywhere', () => {
    const plan = planApply(secured, at([3, 2, 3], applied(secured)), { secrets: knowing(VALUES, true) });
    expect(of(plan, 'keyring')).toEqual([]);
  });
});
