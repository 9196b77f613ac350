/** What cannot block, asked of one server: its leader quickly, members and Raft where this server is read from. */
import type { X509Certificate } from 'node:crypto';
import { has } from '../../../shared/consul/index.js';
import { toEnvelope } from '../../../shared/errors.js';
import {
  type MemberSeen,
  reuse,
  type ServerView,
  sawLeader,
  sawMembers,
  sawSilence,
} from '../../../shared/live/index.js';
import type { Member, RaftConfiguration } from '../../consul/client.js';
import { securityOf } from '../../consul/security.js';
import type { HostLink } from './link.js';
import { Poller } from './poller.js';

const LEADER_TIMEOUT_MS = 1500;
const ANSWER_TIMEOUT_MS = 4000;
/** A refusal comes at once; after a long wait there is no need to ask whether it was a hiccup. */
const HICCUP_MS = 500;
const LONGEST_BACKOFF_MS = 2000;
const DETAILS_MS = 200;
/** The answer of a large cluster is large. */
const MANY_MEMBERS = 100;
const DETAILS_LARGE_MS = 1000;
const STATS_MS = 2000;
const ABSENT_MS = 10_000;
/** A certificate changes once a year; a new one should be seen soon after it was made. */
const CERTIFICATE_MS = 60_000;

export interface WatchedServer {
  readonly node: string;
  readonly container: string;
  readonly link: HostLink;
}

export interface ServerHooks {
  view(): ServerView;
  /** @param material whether it can change the picture. */
  update(change: (view: ServerView) => ServerView, material: boolean): void;
  /** It was asked who leads. @param news it began or ceased to answer, or names another leader. */
  asked(news: boolean): void;
  /** Milliseconds between questions about the leader. */
  interval(): number;
}

export class ServerWatch {
  readonly #leader: Poller;
  readonly #details: Poller;
  readonly #stats: Poller;
  #detailed = false;
  #raftAskedAt = Number.NEGATIVE_INFINITY;
  #certificate: X509Certificate | null = null;
  #certificateAskedAt = Number.NEGATIVE_INFINITY;

  constructor(
    readonly server: WatchedServer,
    readonly hooks: ServerHooks,
  ) {
    this.#leader = new Poller((signal) => this.#askLeader(signal), {
      longestBackoffMs: LONGEST_BACKOFF_MS,
      onFailure: (error) => this.#silent(error),
    });
    const quiet = { longestBackoffMs: LONGEST_BACKOFF_MS };
    this.#details = new Poller((signal) => this.#askDetails(signal), quiet);
    this.#stats = new Poller((signal) => this.#askStats(signal), quiet);
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#detailed = false;
    await Promise.all([this.#leader.run(signal), this.#details.run(signal), this.#stats.run(signal)]);
  }

  /** Whether members and Raft are asked of this server. */
  set detailed(value: boolean) {
    if (value === this.#detailed) return;
    this.#detailed = value;
    if (value) this.#details.kick();
  }

  /** Something happened that this server may know of, or that may have brought it back. */
  kick(): void {
    if (this.hooks.view().answering !== true) this.#leader.kick();
    if (this.#detailed) this.#details.kick();
  }

  async #askLeader(signal: AbortSignal): Promise<number> {
    const { link, container } = this.server;
    const ask = (): Promise<string> => link.ask(container, LEADER_TIMEOUT_MS, signal, (api) => api.leader());
    const began = performance.now();
    let leader: string;
    try {
      leader = await ask();
    } catch (error) {
      const known = this.hooks.view().answering === true;
      if (signal.aborted || !known || performance.now() - began > HICCUP_MS) throw error;
      leader = await ask();
    }
    const before = this.hooks.view();
    const material = before.answering !== true || before.leader !== leader;
    this.hooks.update((view) => sawLeader(view, leader, Date.now()), material);
    this.hooks.asked(material);
    return this.hooks.interval();
  }

  #silent(error: unknown): void {
    const before = this.hooks.view();
    const reason = toEnvelope(error).message;
    this.hooks.update((view) => sawSilence(view, reason), before.answering !== false);
    this.hooks.asked(before.answering !== false);
  }

  async #askDetails(signal: AbortSignal): Promise<number> {
    if (!this.#detailed) return ABSENT_MS;
    const { link, container } = this.server;
    const ask = <T>(question: Parameters<typeof link.ask<T>>[3]): Promise<T> =>
      link.ask(container, ANSWER_TIMEOUT_MS, signal, question);
    const askRaft = this.hooks.view().raft !== null || performance.now() - this.#raftAskedAt > ABSENT_MS;
    if (askRaft) this.#raftAskedAt = performance.now();
    const [answer, raft] = await Promise.all([
      ask((api) => api.members()),
      // Without a Raft configuration to tell, the members still count.
      askRaft ? ask((api) => api.raftConfiguration()).catch(() => undefined) : undefined,
    ]);
    this.#saw(answer, raft);
    if (answer.length === 0) return ABSENT_MS;
    const members = answer.map(
      ({ name, address, status, server, version }): MemberSeen => ({
        name,
        address,
        status,
        server,
        version,
      }),
    );
    const before = this.hooks.view();
    const after = sawMembers(before, members, Date.now());
    const told =
      raft === undefined
        ? before.raft
        : raft === null
          ? null
          : {
              index: raft.index,
              servers: raft.servers.map((entry) => ({ ...entry, protocol: entry.protocol ?? '' })),
            };
    const seen = {
      members: reuse(before.members, after.members),
      raft: reuse(before.raft, told),
    };
    const material = seen.members !== before.members || seen.raft !== before.raft;
    if (material) this.hooks.update((view) => ({ ...view, ...seen }), true);
    return members.length > MANY_MEMBERS ? DETAILS_LARGE_MS : DETAILS_MS;
  }

  /**
   * Whether ACLs keep something back: an agent is always a member itself, and since 0.7 servers tell their Raft.
   * @param raft undefined where it was not asked
   */
  #saw(members: readonly Member[], raft: RaftConfiguration | null | undefined): void {
    const tells = members.some(
      ({ server, version }) => server && has(version, 'endpoint', 'GET /v1/operator/raft/configuration'),
    );
    if (members.length > 0 && raft === undefined) return;
    const locked = members.length === 0 || (raft === null && tells);
    if (locked !== this.hooks.view().locked) this.hooks.update((view) => ({ ...view, locked }), true);
  }

  async #askStats(signal: AbortSignal): Promise<number> {
    const { link, container } = this.server;
    const self = await link.ask(container, ANSWER_TIMEOUT_MS, signal, (api) => api.self());
    const { raft, tls } = self;
    if (tls?.configured !== true) this.#certificate = null;
    else if (performance.now() - this.#certificateAskedAt > CERTIFICATE_MS) {
      this.#certificateAskedAt = performance.now();
      this.#certificate = await link.certificate(signal);
    }
    const before = this.hooks.view();
    const seen = {
      stats: reuse(
        before.stats,
        raft === null ? null : Object.fromEntries(Object.entries(raft).filter(([, value]) => value !== null)),
      ),
      security: reuse(before.security, securityOf(self, this.#certificate, Date.now())),
    };
    const material = seen.stats !== before.stats || seen.security !== before.security;
    if (material) this.hooks.update((view) => ({ ...view, ...seen }), true);
    return STATS_MS;
  }
}
