/** The document, what is live and what runs, as cards and areas. Pure. */
import {
  isMaintenanceCheck,
  type LiveDatacenter,
  type LiveNode,
  type LiveQuorum,
  type LiveSnapshot,
} from '../../../shared/live/index.js';
import type { Draft, DraftHost, DraftNode, DraftService, Finding } from '../../../shared/topology/index.js';
import { PAD, type PlacedArea, type PlacedNode } from './arrange.js';
import type { Doing } from './doing.js';
import { CARD, COMPACT, MOST_LINKED } from './slots.js';

/** What a card shows of a live node: not more, so that a card is drawn anew only when it looks different. */
export type CardLive = Pick<LiveNode, 'status' | 'leader' | 'voter' | 'version' | 'container'> & {
  readonly critical: number;
  /** Why it is in maintenance; undefined where it is not. */
  readonly maintenance: string | undefined;
};

export interface CardData {
  readonly [key: string]: unknown;
  readonly kind: 'card';
  readonly name: string;
  readonly address: string;
  readonly role: DraftNode['role'];
  /** `chosen`: the bootstrap server; `same`: carries the same flag in the robust style. */
  readonly flag: 'chosen' | 'same' | null;
  readonly ref: PlacedNode['ref'];
  readonly host: string | undefined;
  readonly compact: boolean;
  readonly live: CardLive | null;
  /** A member that the document does not have. */
  readonly ghost: boolean;
  /** Old: what is live is not known now. */
  readonly stale: boolean;
  /** What is being done to it now, or what failed there last. */
  readonly doing: Doing | null;
  readonly errors: number;
  /** Services beside the agent: those of the document, and those that it has registered. */
  readonly services: number;
  /** The worst of their checks; null where nothing is live. */
  readonly servicesHealth: ServicesHealth | null;
}

export interface AreaData {
  readonly [key: string]: unknown;
  readonly kind: 'area';
  readonly name: string;
  readonly index: number;
  readonly servers: number;
  readonly clients: number;
  readonly hiddenClients: number;
  readonly collapsible: boolean;
  /** Its gossip pool is the outline. */
  readonly pooled: boolean;
  readonly leaderless: boolean;
  /** What is known of the voters now; null where it is not. */
  readonly quorum: LiveQuorum | null;
}

export interface View {
  readonly bootstrap: string;
  readonly hosts: readonly DraftHost[];
  readonly snapshot: LiveSnapshot | null;
  readonly doing: readonly Doing[];
  /** Number of errors by path, as `datacenters.0.nodes.1`. */
  readonly errors: Readonly<Record<string, number>>;
}

/** What is live of an area. */
export function liveOf(view: View, area: PlacedArea): LiveDatacenter | undefined {
  return view.snapshot?.datacenters.find((dc) => dc.name === area.draft.name);
}

const shownOf = ({ status, leader, voter, version, container, checks, maintenance }: LiveNode): CardLive => ({
  status,
  leader,
  voter,
  version,
  container,
  critical: checks.critical,
  maintenance,
});

const staleIn = (view: View, area: PlacedArea): boolean =>
  view.snapshot !== null &&
  (view.snapshot.staleSince !== null || (liveOf(view, area)?.staleSince ?? null) !== null);

const HEALTH = ['none', 'passing', 'warning', 'critical'] as const;
export type ServicesHealth = (typeof HEALTH)[number];

/** The services of a node, Consul's own left out. */
function servicesOf(
  view: View,
  datacenter: string | undefined,
  node: string | undefined,
  declared: readonly DraftService[],
): Pick<CardData, 'services' | 'servicesHealth'> {
  const live = (view.snapshot?.services ?? [])
    .filter((service) => service.datacenter === datacenter && service.name !== 'consul')
    .flatMap(({ instances }) => instances.filter((instance) => instance.node === node));
  const ids = new Set([...declared.map(({ id }) => id ?? ''), ...live.map(({ id }) => id)]);
  // What was put aside on purpose is not ill.
  const states = live.flatMap(({ checks }) =>
    checks.filter(({ id }) => !isMaintenanceCheck(id)).map(({ status }) => status),
  );
  return {
    services: ids.size,
    servicesHealth:
      live.length === 0 ? null : (HEALTH.findLast((state) => states.some((is) => is === state)) ?? 'none'),
  };
}

/** What a node's card shows. */
export function cardOf(node: PlacedNode, area: PlacedArea, view: View): CardData {
  const { draft } = node;
  const host = view.hosts.find((entry) => entry.name !== undefined && entry.name === draft.host);
  const live = liveOf(view, area)?.nodes.find((entry) => entry.name === draft.name) ?? null;
  const server = draft.role === 'server';
  return {
    kind: 'card',
    name: draft.name ?? '',
    address: host?.advertise ?? host?.address ?? '',
    role: draft.role,
    flag: !server ? null : draft.bootstrap ? 'chosen' : view.bootstrap === 'robust' ? 'same' : null,
    ref: node.ref,
    host: draft.host,
    compact: node.height === COMPACT.height,
    live: live === null ? null : shownOf(live),
    ghost: false,
    stale: staleIn(view, area),
    doing:
      view.doing.findLast((entry) =>
        entry.node === undefined ? entry.host === draft.host : entry.node === draft.name,
      ) ?? null,
    errors: view.errors[draft.path.join('.')] ?? 0,
    ...servicesOf(view, area.draft.name, draft.name, draft.services),
  };
}

export interface Ghost {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly data: CardData;
}

const GHOST_GAP = 16;

/** Members that Consul knows and the document does not: in rows below the area's own cards. */
export function ghostsOf(area: PlacedArea, view: View): Ghost[] {
  const unknown = liveOf(view, area)?.nodes.filter((node) => !node.inTopology) ?? [];
  const columns = Math.max(1, Math.floor((area.width - 2 * PAD + GHOST_GAP) / (CARD.width + GHOST_GAP)));
  return unknown.map((live, i) => ({
    id: `ghost:${area.draft.name ?? ''}/${live.name}`,
    x: PAD + (i % columns) * (CARD.width + GHOST_GAP),
    y: area.height + Math.floor(i / columns) * (CARD.height + GHOST_GAP),
    data: {
      kind: 'card',
      name: live.name,
      address: live.address,
      role: live.role,
      flag: null,
      ref: { datacenter: area.index, node: -1 },
      host: undefined,
      compact: false,
      live: shownOf(live),
      ghost: true,
      stale: staleIn(view, area),
      doing: null,
      errors: 0,
      ...servicesOf(view, area.draft.name, live.name, []),
    },
  }));
}

/** Height of an area with the ghosts that stand in it. */
export const heightWith = (area: PlacedArea, ghosts: readonly Ghost[]): number =>
  Math.max(area.height, ...ghosts.map((ghost) => ghost.y + CARD.height + PAD));

export function areaDataOf(area: PlacedArea, view: View): AreaData {
  const servers = area.draft.nodes.filter((node) => node.role === 'server').length;
  const clients = area.draft.nodes.filter((node) => node.role === 'client').length;
  const live = liveOf(view, area);
  return {
    kind: 'area',
    name: area.draft.name ?? '',
    index: area.index,
    servers,
    clients,
    hiddenClients: area.hiddenClients,
    collapsible: clients > 4,
    pooled: servers > MOST_LINKED,
    leaderless:
      live !== undefined &&
      live.leader === null &&
      live.staleSince === null &&
      live.nodes.some((n) => n.status === 'alive'),
    quorum: staleIn(view, area) ? null : (live?.quorum ?? null),
  };
}

/** Errors of each node and of the host that it runs on, by the node's path: `datacenters.0.nodes.1`. */
export function errorsByNode(draft: Draft, findings: readonly Finding[]): Record<string, number> {
  const counts: Record<string, number> = {};
  const add = (path: string): void => {
    counts[path] = (counts[path] ?? 0) + 1;
  };
  for (const { severity, path } of findings) {
    if (severity !== 'error') continue;
    if (path[0] === 'datacenters' && path[2] === 'nodes' && path.length >= 4) add(path.slice(0, 4).join('.'));
    if (path[0] !== 'hosts' || typeof path[1] !== 'number') continue;
    const host = draft.hosts[path[1]]?.name;
    if (host === undefined) continue;
    for (const dc of draft.datacenters)
      for (const node of dc.nodes) if (node.host === host) add(node.path.join('.'));
  }
  return counts;
}

/** How many servers may fail with writes going on. */
export const tolerance = (servers: number): number => Math.max(0, Math.ceil(servers / 2) - 1);
