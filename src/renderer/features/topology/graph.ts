/** The document, what is live and what runs, as cards and links. Pure; what did not change keeps its identity. */
import type { LiveDatacenter, LiveNode, LiveSnapshot } from '../../../shared/live/index.js';
import type { DraftHost, DraftNode } from '../../../shared/topology/index.js';
import { CARD, type PlacedArea, type PlacedNode } from './arrange.js';

/** More servers than this are drawn as one pool, not as links between each two. */
export const MOST_LINKED = 7;
/** More clients than this have no line each: the area says where they belong. */
export const MOST_LINES = 12;

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
  readonly live: LiveNode | null;
  /** A member that the document does not have. */
  readonly ghost: boolean;
  /** Old: what is live is not known now. */
  readonly stale: boolean;
  /** What is being done on its host now. */
  readonly doing: string | null;
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
  /** What is done on which host. */
  readonly doing: Readonly<Record<string, string>>;
  /** Number of errors by path, as `datacenters.0.nodes.1`. */
  readonly errors: Readonly<Record<string, number>>;
}

function liveOf(view: View, area: PlacedArea): LiveDatacenter | undefined {
  return view.snapshot?.datacenters.find((dc) => dc.name === area.draft.name);
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
    compact: node.height < CARD.height,
    live,
    ghost: false,
    stale: view.snapshot !== null && view.snapshot.staleSince !== null,
    doing: draft.host === undefined ? null : (view.doing[draft.host] ?? null),
    errors: view.errors[draft.path.join('.')] ?? 0,
  };
}

/** Members that Consul knows and the document does not, with places below the area's cards. */
export function ghostsOf(
  area: PlacedArea,
  view: View,
): { readonly id: string; readonly x: number; readonly y: number; readonly data: CardData }[] {
  const unknown = liveOf(view, area)?.nodes.filter((node) => !node.inTopology) ?? [];
  return unknown.map((live, i) => ({
    id: `ghost:${area.draft.name ?? ''}/${live.name}`,
    x: 26 + (i % 3) * (CARD.width + 16),
    y: area.height + 16 + Math.floor(i / 3) * (CARD.height + 16),
    data: {
      kind: 'card',
      name: live.name,
      address: live.address,
      role: live.role,
      flag: null,
      ref: { datacenter: area.index, node: -1 },
      host: undefined,
      compact: false,
      live,
      ghost: true,
      stale: false,
      doing: null,
      errors: 0,
    },
  }));
}

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

/** Every link of the picture. WAN gossip is between servers: it is drawn once for each two datacenters. */
export function linksOf(areas: readonly PlacedArea[], view: View): Link[] {
  const speaker = (area: PlacedArea): PlacedNode | undefined =>
    area.nodes.find((node) => node.draft.role === 'server' && node.draft.bootstrap) ??
    area.nodes.find((node) => node.draft.role === 'server');
  const wan = areas.flatMap((a, i) =>
    areas.slice(i + 1).flatMap((b): Link[] => {
      const [from, to] = [speaker(a), speaker(b)];
      if (from === undefined || to === undefined) return [];
      const known = view.snapshot?.wan.find(
        (link) =>
          (link.a === a.draft.name && link.b === b.draft.name) ||
          (link.a === b.draft.name && link.b === a.draft.name),
      );
      return [
        {
          id: `wan:${a.id}|${b.id}`,
          kind: 'wan',
          source: from.id,
          target: to.id,
          rtt: known?.ms ?? null,
          broken: false,
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
