/** Which hosts the inventory shows. Pure. */
import type { DraftHost } from '../../../shared/topology/index.js';

/** A list of a thousand is found in by typing, not by scrolling. */
const MOST = 100;

interface Visible {
  readonly shown: readonly { readonly host: DraftHost; readonly index: number }[];
  /** How many match and are not shown. */
  readonly more: number;
}

export function visibleHosts(hosts: readonly DraftHost[], filter: string): Visible {
  const wanted = filter.trim().toLowerCase();
  const matching = hosts
    .map((host, index) => ({ host, index }))
    .filter(({ host }) => `${host.name ?? ''} ${host.address ?? ''}`.toLowerCase().includes(wanted));
  return { shown: matching.slice(0, MOST), more: Math.max(0, matching.length - MOST) };
}
