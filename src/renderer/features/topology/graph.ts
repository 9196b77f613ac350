/** The document, what is live and what runs, as cards and links. Pure; what did not change keeps its identity. */
import type { LiveDatacenter, LiveNode, LiveSnapshot } from '../../../shared/live/index.js';
import type { DraftHost, DraftNode } from '../../../shared/topology/index.js';
import { PAD, type PlacedArea, type PlacedNode } from './arrange.js';
import { CARD, COMPACT, MOST_LINKED } from './slots.js';
import type { Doing } from './doing.js';

/** More clients than this have no line each: the area says where they belong. */
export const MOST_LINES = 12;

/** What a card shows of a live node: not more, so that a card is drawn anew only when it looks different. */
export type CardLive = Pick<LiveNode, 'status' | 'leader' | 'voter' | 'version' | 'container'> & {
  readonly critical: number;
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
}

export interface Link {
  readonly id: string;
  readonly kind: 'lan' | 'wan' | 'rpc';
  readonly source: string;
  readonly target: string;
  /** Milliseconds, where Consul's coordinates tell. */
  readonly rtt: number | null;
  /** One of its ends is not alive. */
  readonly broken: boolean;
}

export interface View {
  readonly bootstrap: string;
  readonly hosts: readonly DraftHost[];
  readonly snapshot: LiveSnapshot | null;
  readonly doing: readonly Doing[];
  /** Number of errors by path, as `datacenters.0.nodes.1`. */
  readonly errors: Readonly<Record<string, number>>;
}

function liveOf(view: View, area: PlacedArea): LiveDatacenter | undefined {
  return view.snapshot?.datacenters.find((dc) => dc.name === area.draft.name);
}

const shownOf = ({ status, leader, voter, version, container, checks }: LiveNode): CardLive => ({
  status,
  leader,
  voter,
  version,
  container,
  critical: checks.critical,
});

const staleIn = (view: View, area: PlacedArea): boolean =>
  view.snapshot !== null &&
  (view.snapshot.staleSince !== null || (liveOf(view, area)?.staleSince ?? null) !== null);

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
  };
}

const middle = (node: PlacedNode): { x: number; y: number } => ({
  x: node.x + node.width / 2,
  y: node.y + node.height / 2,
});

function nearest(node: PlacedNode, servers: readonly PlacedNode[]): PlacedNode | undefined {
  const from = middle(node);
  const distance = (other: PlacedNode): number =>
    Math.hypot(middle(other).x - from.x, middle(other).y - from.y);
  return [...servers].sort((a, b) => distance(a) - distance(b))[0];
}

/** Links inside a datacenter: gossip between each two servers, a client's way to its servers. */
function inner(area: PlacedArea, view: View): Link[] {
  const live = liveOf(view, area);
  const servers = area.nodes.filter((node) => node.draft.role === 'server');
  const clients = area.nodes.filter((node) => node.draft.role === 'client');
  const down = (node: PlacedNode): boolean => {
    const status = live?.nodes.find((entry) => entry.name === node.draft.name)?.status;
    return status === 'failed' || status === 'left';
  };
  const rtt = (a: PlacedNode, b: PlacedNode): number | null =>
    live?.rtt.find(
      (pair) =>
        (pair.a === a.draft.name && pair.b === b.draft.name) ||
        (pair.a === b.draft.name && pair.b === a.draft.name),
    )?.ms ?? null;
  const lan =
    servers.length > MOST_LINKED
      ? []
      : servers.flatMap((a, i) =>
          servers.slice(i + 1).map(
            (b): Link => ({
              id: `lan:${a.id}|${b.id}`,
              kind: 'lan',
              source: a.id,
              target: b.id,
              rtt: rtt(a, b),
              broken: down(a) || down(b),
            }),
          ),
        );
  const rpc =
    clients.length > MOST_LINES
      ? []
      : clients.flatMap((client): Link[] => {
          const server = nearest(client, servers);
          return server === undefined
            ? []
            : [
                {
                  id: `rpc:${client.id}`,
                  kind: 'rpc',
                  source: client.id,
                  target: server.id,
                  rtt: null,
                  broken: down(client),
                },
              ];
        });
  return [...lan, ...rpc];
}

/** The server that stands for its datacenter at the end of a WAN link: the leader, else the bootstrap server. */
function speaker(area: PlacedArea, view: View): { node: PlacedNode; alive: boolean } | undefined {
  const live = liveOf(view, area);
  const servers = area.nodes.filter((node) => node.draft.role !== 'client');
  const up = (node: PlacedNode): boolean => {
    const status = live?.nodes.find((entry) => entry.name === node.draft.name)?.status;
    return status !== 'failed' && status !== 'left';
  };
  const node =
    servers.find((server) => server.draft.name === live?.leader) ??
    servers.find((server) => server.draft.bootstrap && up(server)) ??
    servers.find(up) ??
    servers[0];
  return node === undefined ? undefined : { node, alive: up(node) };
}

/** Every link of the picture. WAN gossip is between servers: it is drawn once for each two datacenters. */
export function linksOf(areas: readonly PlacedArea[], view: View): Link[] {
  const wan = areas.flatMap((a, i) =>
    areas.slice(i + 1).flatMap((b): Link[] => {
      const [from, to] = [speaker(a, view), speaker(b, view)];
      if (from === undefined || to === undefined) return [];
      const [one, other] = [a.draft.name, b.draft.name];
      const known = view.snapshot?.wan.find(
        (link) => (link.a === one && link.b === other) || (link.a === other && link.b === one),
      );
      return [
        {
          id: `wan:${a.id}|${b.id}`,
          kind: 'wan',
          source: from.node.id,
          target: to.node.id,
          rtt: known?.ms ?? null,
          broken: !from.alive || !to.alive,
        },
      ];
    }),
  );
  return [...areas.flatMap((area) => inner(area, view)), ...wan];
}

/** How many servers may fail with writes going on. */
export const tolerance = (servers: number): number => Math.max(0, Math.ceil(servers / 2) - 1);

/** `0.4 ms`, `18 ms` */
export const rttText = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;
