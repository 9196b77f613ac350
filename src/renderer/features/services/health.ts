/** The worst of many checks, and lists as the views show them. Pure. */
import {
  type CheckHistory,
  type CheckStatus,
  changesWithin,
  checkKey,
  isMaintenanceCheck,
  type LiveCheck,
  type LiveService,
  type LiveSnapshot,
  maintenanceOf,
} from '../../../shared/live/index.js';

import type { Tone } from '../../ui/parts/Dot.js';

export type Health = CheckStatus | 'none' | 'maintenance';

export const TONE: Readonly<Record<Health, Tone>> = {
  passing: 'good',
  warning: 'warn',
  maintenance: 'warn',
  critical: 'bad',
  none: 'muted',
};

export function worst(all: readonly LiveCheck[]): Health {
  // What was put aside on purpose is not ill.
  const checks = all.filter(({ id }) => !isMaintenanceCheck(id));
  if (checks.some((check) => check.status === 'critical')) return 'critical';
  if (checks.length < all.length) return 'maintenance';
  if (checks.some((check) => check.status === 'warning')) return 'warning';
  return checks.length === 0 ? 'none' : 'passing';
}

/** The health of a service: of all its instances' checks, the worst. */
export function serviceHealth(service: LiveService): Health {
  const all = service.instances.flatMap((instance) => instance.checks);
  return worst(all);
}

/** The troubled first. */
const ORDER: Readonly<Record<Health, number>> = {
  critical: 0,
  warning: 1,
  maintenance: 2,
  passing: 3,
  none: 4,
};

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
        ORDER[serviceHealth(a)] - ORDER[serviceHealth(b)] ||
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

export interface NodeHealth {
  readonly datacenter: string;
  readonly name: string;
  readonly health: Health;
  readonly maintenance: string | undefined;
  /** `service` is empty for a check of the node itself. */
  readonly checks: readonly { readonly service: string; readonly check: LiveCheck }[];
}

/** Nodes with all their checks, those of their services among them; the troubled first, then by name. */
export function nodesByHealth({ datacenters, services }: LiveSnapshot): NodeHealth[] {
  return datacenters
    .flatMap(({ name: datacenter, nodes }) =>
      nodes.map((node): NodeHealth => {
        const own = services.flatMap((service) =>
          service.datacenter === datacenter
            ? service.instances
                .filter((instance) => instance.node === node.name)
                .flatMap(({ checks }) => checks.map((check) => ({ service: service.name, check })))
            : [],
        );
        const checks = [...node.nodeChecks.map((check) => ({ service: '', check })), ...own];
        return {
          datacenter,
          name: node.name,
          health: worst(checks.map(({ check }) => check)),
          maintenance: maintenanceOf(node.nodeChecks),
          checks,
        };
      }),
    )
    .filter(({ checks }) => checks.length > 0)
    .sort(
      (a, b) =>
        ORDER[a.health] - ORDER[b.health] ||
        a.datacenter.localeCompare(b.datacenter) ||
        a.name.localeCompare(b.name),
    );
}
