/** One truth from several servers' views. */
import type { DatacenterSeen, MemberSeen, RaftSeen, ServerView } from './observations.js';

/** Address without the port: `10.0.0.1:8300`, `[fd00::1]:8300`. */
export function addressPart(hostPort: string): string {
  return hostPort.replace(/:\d+$/, '').replace(/^\[|\]$/g, '');
}

export interface LeaderView {
  /** Address; empty when there is none. */
  readonly address: string;
  /** Servers that answer name different ones. */
  readonly disputed: boolean;
}

/**
 * The leader that answering servers name. A leader that answers and names itself is one; a leader that does not answer is
 * taken for gone as soon as one other server has noticed. Two that name themselves (an old leader that is cut off says so
 * for a moment): the one that more servers follow, then the one that was named last.
 *
 * @returns null when no server answers.
 */
export function mergedLeader(
  servers: readonly ServerView[],
  addressOf: (node: string) => string | undefined,
): LeaderView | null {
  const answering = servers.filter((view) => view.answering === true);
  if (answering.length === 0) return null;
  const named = new Map<string, { votes: number; since: number; confirmed: boolean }>();
  for (const view of answering) {
    const address = addressPart(view.leader);
    if (address === '') continue;
    const entry = named.get(address) ?? { votes: 0, since: 0, confirmed: false };
    named.set(address, {
      votes: entry.votes + 1,
      since: Math.max(entry.since, view.leaderSince),
      confirmed: entry.confirmed || addressOf(view.node) === address,
    });
  }
  const disputed = named.size > 1;
  const noticed = answering.some((view) => view.leader === '');
  const asked = (address: string): boolean =>
    servers.some((view) => view.answering !== null && addressOf(view.node) === address);
  const candidates = [...named].filter(
    // A leader that we do not ask ourselves counts by the word of the others.
    ([address, entry]) =>
      entry.confirmed || !asked(address) || (!noticed && !disputed) || isNews(entry, named),
  );
  candidates.sort(
    ([, a], [, b]) => Number(b.confirmed) - Number(a.confirmed) || b.votes - a.votes || b.since - a.since,
  );
  return { address: candidates[0]?.[0] ?? '', disputed };
}

/** Named after the others: a new leader that has not been asked since its election. */
function isNews(
  entry: { readonly since: number },
  named: ReadonlyMap<string, { readonly since: number }>,
): boolean {
  return named.size > 1 && [...named.values()].every((other) => other === entry || other.since < entry.since);
}

/** Views to trust: those of answering servers that follow a leader, where there are any. */
function trusted(datacenter: DatacenterSeen): readonly ServerView[] {
  const answering = datacenter.servers.filter((view) => view.answering === true);
  const led = answering.filter((view) => view.leader !== '');
  return led.length > 0 ? led : answering.length > 0 ? answering : datacenter.servers;
}

/** Members of the LAN pool; of views that differ, the one that changed last. null: nobody has told yet. */
export function mergedMembers(datacenter: DatacenterSeen): MemberSeen[] | null {
  const views = trusted(datacenter).filter((view) => view.members !== null);
  const known = views.length > 0 ? views : datacenter.servers.filter((view) => view.members !== null);
  if (known.length === 0) return null;
  const merged = new Map<string, MemberSeen & { readonly since: number }>();
  for (const view of known)
    for (const member of view.members ?? []) {
      const other = merged.get(member.name);
      if (other === undefined || other.since < member.since) merged.set(member.name, member);
    }
  return [...merged.values()]
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .map(({ since: _since, ...member }) => member);
}

/** The newest Raft configuration; null: this Consul cannot tell, or nobody has told yet. */
export function mergedRaft(datacenter: DatacenterSeen): RaftSeen | null {
  let newest: RaftSeen | null = null;
  for (const { raft } of trusted(datacenter))
    if (raft !== null && raft !== undefined && raft.servers.length > 0)
      if (newest === null || raft.index > newest.index) newest = raft;
  if (newest !== null) return newest;
  const any = datacenter.servers.find((view) => (view.raft?.servers.length ?? 0) > 0)?.raft;
  return any ?? null;
}
