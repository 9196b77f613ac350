import { describe, expect, it } from 'vitest';
import { type Milestone, reached } from '../../../../src/renderer/features/topology/drawer/milestones.js';
import { placeWords } from '../../../../src/renderer/features/topology/drawer/place.js';
import { inOrder, nodeNamed } from '../../../../src/renderer/features/topology/drawer/problems.js';
import { entriesOf } from '../../../../src/renderer/features/topology/drawer/timeline.js';
import type { RunState } from '../../../../src/renderer/stores/run.js';
import type { LiveEvent } from '../../../../src/shared/live/index.js';
import { type Finding, fromTemplate, readModel, setField } from '../../../../src/shared/topology/index.js';

const text = fromTemplate('three', { name: 'x', addresses: ['192.0.2.1', '192.0.2.2', '192.0.2.3'] });
const { draft } = readModel(setField(text, ['hosts', 2, 'name'], ''));

describe('places of the document', () => {
  it('are told by the names that a person gave', () => {
    expect(placeWords(draft, ['datacenters', 0, 'nodes', 1, 'host'])).toBe('node2 · host');
    expect(placeWords(draft, ['datacenters', 0, 'nodes'])).toBe('dc1 · nodes');
    expect(placeWords(draft, ['hosts', 0, 'ssh', 'port'])).toBe('docker01 · ssh.port');
    expect(placeWords(draft, ['hosts', 2, 'name'])).toBe('#3 · name');
    expect(placeWords(draft, ['image'])).toBe('image');
    expect(placeWords(draft, [])).toBe('');
  });

  it('are found for what a live problem names', () => {
    expect(nodeNamed(draft, { datacenter: 'dc1', node: 'node3' })).toEqual({
      kind: 'node',
      datacenter: 0,
      node: 2,
    });
    expect(nodeNamed(draft, { datacenter: 'dc1' })).toEqual({ kind: 'datacenter', datacenter: 0 });
    expect(nodeNamed(draft, { datacenter: '', host: 'docker02' })).toEqual({ kind: 'host', host: 1 });
    expect(nodeNamed(draft, { datacenter: 'dc1', node: 'stranger' })).toBeNull();
    expect(nodeNamed(draft, { datacenter: 'dc9' })).toBeNull();
  });
});

describe('the list of problems', () => {
  it('has errors first, each kind in the order of the text', () => {
    const finding = (code: string, severity: Finding['severity']): Finding => ({
      code,
      severity,
      message: '',
      path: [],
    });
    const order = inOrder([
      finding('a', 'warning'),
      finding('b', 'error'),
      finding('c', 'warning'),
      finding('d', 'error'),
    ]);
    expect(order.map(({ code }) => code)).toEqual(['b', 'd', 'a', 'c']);
  });
});

describe('the timeline', () => {
  const event = (at: string): LiveEvent => ({ at, kind: 'fresh', datacenter: 'dc1' });
  const milestone = (at: string): Milestone => ({ at, key: 'done', tone: 'good', values: {} });

  it('mixes both, newest first, and an entry keeps its name when newer ones come', () => {
    const before = entriesOf([event('2026-01-01T00:00:01Z')], [milestone('2026-01-01T00:00:02Z')]);
    expect(before.map(({ id }) => id)).toEqual(['run-1', 'event-1']);
    const after = entriesOf(
      [event('2026-01-01T00:00:03Z'), event('2026-01-01T00:00:01Z')],
      [milestone('2026-01-01T00:00:02Z')],
    );
    expect(after.map(({ id }) => id)).toEqual(['event-2', 'run-1', 'event-1']);
  });
});

describe('milestones of a run', () => {
  const step = (id: string, kind: string) => ({ id, action: { kind } });
  const view = {
    changes: 4,
    plan: {
      kind: 'apply',
      steps: [step('f', 'firewall-open'), step('c1', 'container-run'), step('c2', 'container-run')],
    },
  };
  const state = (over: object): RunState =>
    ({ phase: 'applying', view, steps: {}, summary: null, ...over }) as unknown as RunState;
  const keys = (before: RunState, after: RunState): unknown[] =>
    reached(before, after).map(({ key, values }) => [key, values]);

  it('begin with what is going to change', () => {
    expect(keys(state({ phase: 'idle' }), state({}))).toEqual([['apply-started', { count: 4 }]]);
    const destroy = { ...view, plan: { ...view.plan, kind: 'destroy' } };
    expect(keys(state({ phase: 'idle', view: destroy }), state({ view: destroy }))).toEqual([
      ['destroy-started', {}],
    ]);
  });

  it('say once that all containers are up, counting only those that were started', () => {
    const one = state({ steps: { c1: { state: 'done' }, c2: { state: 'running' } } });
    const both = state({ steps: { c1: { state: 'done' }, c2: { state: 'skipped' } } });
    expect(keys(state({}), one)).toEqual([]);
    expect(keys(one, both)).toEqual([['containers', { count: 1 }]]);
    expect(keys(both, state({ steps: { ...both.steps } }))).toEqual([]);
    const failed = state({ steps: { c1: { state: 'done' }, c2: { state: 'failed' } } });
    expect(keys(one, failed)).toEqual([]);
  });

  it('end with quorum, leader and result', () => {
    const summary = { result: 'done', quorumMs: { dc1: 2040 }, leader: { dc1: 'node1' } };
    expect(keys(state({}), state({ phase: 'idle', summary }))).toEqual([
      ['quorum', { datacenter: 'dc1', seconds: '2.0', leader: 'node1' }],
      ['done', {}],
    ]);
    const destroyed = state({ view: { ...view, plan: { ...view.plan, kind: 'destroy' } } });
    expect(keys(destroyed, { ...destroyed, summary: { result: 'done' } as never })).toEqual([
      ['destroyed', {}],
    ]);
  });
});
