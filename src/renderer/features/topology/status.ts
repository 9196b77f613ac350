/** The last line of a card: what of the node is known, as a key and its values. Pure. */
import type { StepKind } from '../../../shared/plan/types.js';
import type { Tone } from '../../ui/parts/Dot.js';
import type { CardData } from './graph.js';

export interface StatusLine {
  readonly tone: Tone;
  readonly key:
    | `doing.${StepKind}`
    | 'doing.pulling'
    | 'stepFailed'
    | 'ghost'
    | 'notApplied'
    | 'voter'
    | 'nonVoter'
    | 'alive'
    | 'client'
    | 'critical'
    | 'maintenance'
    | 'maintenanceWhy'
    | 'failed'
    | 'left'
    | 'leaving'
    | 'unreachable'
    | 'stopped'
    | 'missing';
  readonly values: {
    readonly version: string;
    readonly percent: number;
    readonly count: number;
    readonly reason: string;
  };
}

export function statusLine({ live, doing, role, ghost }: CardData): StatusLine {
  const values = {
    version: live?.version ?? '',
    percent: doing?.percent ?? 0,
    count: live?.critical ?? 0,
    reason: live?.maintenance ?? '',
  };
  const line = (tone: Tone, key: StatusLine['key']): StatusLine => ({ tone, key, values });
  if (doing?.state === 'running')
    return doing.kind === 'image-pull' && doing.percent !== null
      ? line('accent', 'doing.pulling')
      : line('accent', `doing.${doing.kind}`);
  const gone = live === null || live.status !== 'alive';
  if (doing?.state === 'failed' && gone) return line('bad', 'stepFailed');
  if (live === null || live.status === 'none') return line('muted', 'notApplied');
  switch (live.status) {
    case 'alive':
      if (ghost) return line('warn', 'ghost');
      if (live.maintenance !== undefined)
        return line('warn', live.maintenance === '' ? 'maintenance' : 'maintenanceWhy');
      if (live.critical > 0) return line('warn', 'critical');
      if (role === 'client') return line('good', 'client');
      if (live.voter === null) return line('good', 'alive');
      return live.voter ? line('good', 'voter') : line('warn', 'nonVoter');
    case 'failed':
      return line('bad', live.container === 'exited' ? 'stopped' : 'failed');
    case 'left':
      return line('muted', 'left');
    case 'leaving':
      return line('warn', 'leaving');
    case 'unreachable':
      return line('warn', 'unreachable');
    case 'missing':
      return live.container === 'exited' ? line('bad', 'stopped') : line('muted', 'missing');
  }
}
