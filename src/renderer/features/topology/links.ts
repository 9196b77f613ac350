/** Who speaks with whom: LAN gossip, WAN gossip, a client's way to its servers. Pure. */
import type { PlacedArea, PlacedNode } from './arrange.js';
import { liveOf, type View } from './graph.js';
import { MOST_LINKED } from './slots.js';

/** More clients than this have no line each: the area says where they belong. */
export const MOST_LINES = 12;

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

/** The entry of a list of pairs that is about two names, in whatever order it has them. */
function pairOf<P extends { readonly a: string; readonly b: string }>(
  pairs: readonly P[] | undefined,
  one: string | undefined,
  other: string | undefined,
): P | undefined {
  return pairs?.find((pair) => (pair.a === one && pair.b === other) || (pair.a === other && pair.b === one));
}

/** Whether a node of an area is known not to answer. */
function downIn(area: PlacedArea, view: View): (node: PlacedNode) => boolean {
  const live = liveOf(view, area)?.nodes ?? [];
  const down = new Set(live.filter((n) => n.status === 'failed' || n.status === 'left').map((n) => n.name));
  return (node) => node.draft.name !== undefined && down.has(node.draft.name);
}

const serversOf = (area: PlacedArea): PlacedNode[] =>
  area.nodes.filter((node) => node.draft.role === 'server');

function lan(area: PlacedArea, view: View): Link[] {
  const servers = serversOf(area);
  if (servers.length > MOST_LINKED) return [];
  const down = downIn(area, view);
  const rtt = liveOf(view, area)?.rtt;
  return servers.flatMap((a, i) =>
    servers.slice(i + 1).map(
      (b): Link => ({
        id: `lan:${a.id}|${b.id}`,
        kind: 'lan',
        source: a.id,
        target: b.id,
        rtt: pairOf(rtt, a.draft.name, b.draft.name)?.ms ?? null,
        broken: down(a) || down(b),
      }),
    ),
  );
}

/** A client asks any server: its line goes to the nearest on the picture that answers. */
function ways(area: PlacedArea, view: View): Link[] {
  const clients = area.nodes.filter((node) => node.draft.role === 'client');
  if (clients.length > MOST_LINES) return [];
  const down = downIn(area, view);
  const servers = serversOf(area);
  const up = servers.filter((server) => !down(server));
  return clients.flatMap((client): Link[] => {
    const server = nearest(client, up.length > 0 ? up : servers);
    if (server === undefined) return [];
    const broken = down(client) || down(server);
    return [{ id: `rpc:${client.id}`, kind: 'rpc', source: client.id, target: server.id, rtt: null, broken }];
  });
}

function nearest(node: PlacedNode, servers: readonly PlacedNode[]): PlacedNode | undefined {
  const distance = (other: PlacedNode): number =>
    Math.hypot(
      other.x + other.width / 2 - node.x - node.width / 2,
      other.y + other.height / 2 - node.y - node.height / 2,
    );
  return [...servers].sort((a, b) => distance(a) - distance(b))[0];
}

/** A server at the end of a WAN link, and where its middle is on the canvas. */
interface Speaker {
  readonly id: string;
  readonly down: boolean;
  readonly x: number;
  readonly y: number;
}

function speakers(area: PlacedArea, view: View): Speaker[] {
  const down = downIn(area, view);
  const all = serversOf(area).map(
    (node): Speaker => ({
      id: node.id,
      down: down(node),
      x: area.x + node.x + node.width / 2,
      y: area.y + node.y + node.height / 2,
    }),
  );
  const up = all.filter((server) => !server.down);
  return up.length > 0 ? up : all;
}

/**
 * The servers that stand for their datacenters: the nearest two that answer, so that the line and its words are
 * between the datacenters and behind no card.
 */
function nearestPair(a: readonly Speaker[], b: readonly Speaker[]): readonly [Speaker, Speaker] | undefined {
  let best: readonly [Speaker, Speaker] | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const from of a)
    for (const to of b) {
      const distance = Math.hypot(from.x - to.x, from.y - to.y);
      if (distance >= least) continue;
      least = distance;
      best = [from, to];
    }
  return best;
}

/** Every link of the picture. WAN gossip is between servers: it is drawn once for each two datacenters. */
export function linksOf(areas: readonly PlacedArea[], view: View): Link[] {
  const wan = areas.flatMap((a, i) =>
    areas.slice(i + 1).flatMap((b): Link[] => {
      const pair = nearestPair(speakers(a, view), speakers(b, view));
      if (pair === undefined) return [];
      const [from, to] = pair;
      const seen = pairOf(view.snapshot?.wan, a.draft.name, b.draft.name);
      return [
        {
          id: `wan:${a.id}|${b.id}`,
          kind: 'wan',
          source: from.id,
          target: to.id,
          rtt: seen?.ms ?? null,
          broken: from.down || to.down || seen?.state === 'cut',
        },
      ];
    }),
  );
  return [...areas.flatMap((area) => [...lan(area, view), ...ways(area, view)]), ...wan];
}

/** `0.4 ms`, `18 ms` */
export const rttText = (ms: number): string => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;

/** What stands on a link; empty: nothing. */
export function labelOf({ kind, rtt, broken }: Link): string {
  // Which link between datacenters is cut must be read without knowing what the line looks like otherwise.
  if (broken) return kind === 'wan' ? 'WAN ✕' : '';
  const time = rtt === null ? '' : rttText(rtt);
  return kind === 'wan' ? `WAN ${time}`.trim() : time;
}
