/** The worst of many checks, and lists as the views show them. Pure. */
import {
  type CheckHistory,
  type CheckStatus,
  changesWithin,
  checkKey,
  type LiveCheck,
  type LiveService,
  type LiveSnapshot,
} from '../../../shared/live/index.js';

export type Health = CheckStatus | 'none';

export function worst(checks: readonly LiveCheck[]): Health {
  if (checks.some((check) => check.status === 'critical')) return 'critical';
  if (checks.some((check) => check.status === 'warning')) return 'warning';
  return checks.length === 0 ? 'none' : 'passing';
}

/** The health of a service: of all its instances' checks, the worst. */
export function serviceHealth(service: LiveService): Health {
  const all = service.instances.flatMap((instance) => instance.checks);
  return worst(all);
}

export interface ServiceFilter {
  readonly words: string;
  /** Empty: all of them. */
  readonly datacenter: string;
}

/** Services whose name, tag or node holds all words; the troubled first, then by name. */
export function filterServices(snapshot: LiveSnapshot, filter: ServiceFilter): LiveService[] {
  const words = filter.words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const order: Readonly<Record<Health, number>> = { critical: 0, warning: 1, passing: 2, none: 3 };
  return snapshot.services
    .filter((service) => filter.datacenter === '' || service.datacenter === filter.datacenter)
    .filter((service) => {
      const text = [service.name, ...service.instances.flatMap((i) => [i.node, ...i.tags])]
        .join(' ')
        .toLowerCase();
      return words.every((word) => text.includes(word));
    })
    .sort(
      (a, b) =>
        order[serviceHealth(a)] - order[serviceHealth(b)] ||
        a.name.localeCompare(b.name) ||
        a.datacenter.localeCompare(b.datacenter),
    );
}

export const serviceKey = (service: LiveService): string => `${service.datacenter}/${service.name}`;

/** From so many changes in an hour on a service is said to flap: down and up again may be a restart. */
export const FLAPS_FROM = 4;

/** How often the checks of all its instances changed in the last hour. @param now milliseconds since the epoch */
export function changesOf(
  { datacenter, instances }: LiveService,
  history: CheckHistory,
  now: number,
): number {
  const keys = instances.flatMap(({ node, id, checks }) =>
    checks.map((check) => checkKey(datacenter, node, id, check.id)),
  );
  return keys.reduce((sum, key) => sum + changesWithin(history.get(key) ?? [], now).length, 0);
}
