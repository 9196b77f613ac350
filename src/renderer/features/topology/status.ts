/** The last line of a card: what of the node is known, as a key and its values. Pure. */
import type { Tone } from '../../ui/parts/Dot.js';
import type { CardData } from './graph.js';

export interface StatusLine {
  readonly tone: Tone;
  readonly key:
    | 'doing'
    | 'notApplied'
    | 'voter'
    | 'nonVoter'
    | 'alive'
    | 'client'
    | 'failed'
    | 'left'
    | 'leaving'
    | 'unreachable'
    | 'stopped'
    | 'missing';
  readonly values: { readonly version: string; readonly what: string };
}

export function statusLine({ live, doing, role }: CardData): StatusLine {
  const values = { version: live?.version ?? '', what: doing ?? '' };
  const line = (tone: Tone, key: StatusLine['key']): StatusLine => ({ tone, key, values });
  if (doing !== null) return line('accent', 'doing');
  if (live === null || live.status === 'none') return line('muted', 'notApplied');
  switch (live.status) {
    case 'alive':
      if (role === 'client') return line(live.checks.critical > 0 ? 'warn' : 'good', 'client');
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
    default:
      return line('muted', 'notApplied');
  }
}
