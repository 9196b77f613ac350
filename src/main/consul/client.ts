/** Consul's HTTP API on a host's own loopback, over its SSH connection. */
import type { z } from 'zod';
import { RaftyardError } from '../../shared/errors.js';
import type { HostConnection, HttpRequest, HttpResponse } from '../host/types.js';
import { type AclApi, aclMethods } from './acl.js';
import { type AutopilotApi, autopilotMethods } from './autopilot.js';
import { execHttp } from './exec-http.js';
import { parseJson } from './integers.js';
import { type LookupApi, lookupMethods } from './lookup.js';
import { type Metrics, metricsAnswer } from './metrics.js';
import { ABSENT, Absent, excerpt, LIMITED, refusalOf, Unreadable } from './refusals.js';
import {
  type AutopilotHealth,
  autopilotAnswer,
  catalogNodeAnswer,
  checksAnswer,
  coordinatesAnswer,
  type HealthCheck,
  instancesAnswer,
  type KeyringPool,
  keyringAnswer,
  keysAnswer,
  kvAnswer,
  leaderAnswer,
  type Member,
  membersAnswer,
  peersAnswer,
  type RaftConfiguration,
  raftAnswer,
  type ServiceInstance,
  servicesAnswer,
  wanCoordinatesAnswer,
} from './schemas.js';
import { type Self, selfAnswer } from './self.js';
import { type ServicesApi, servicesMethods } from './services.js';

export { Unreadable } from './refusals.js';
export type {
  AutopilotHealth,
  HealthCheck,
  KeyringPool,
  Member,
  MemberStatus,
  RaftConfiguration,
  ServiceInstance,
} from './schemas.js';
export type { Self } from './self.js';

export interface ConsulApiOptions {
  /** Container of the agent: the way in where sshd refuses TCP forwarding. */
  readonly container?: string;
  readonly signal?: AbortSignal;
  /** For each request; default 10 000. */
  readonly timeoutMs?: number;
}

/** A blocking query: answered when something is newer than `index`, or after `waitMs` (and up to a sixteenth more). */
export interface Wait {
  readonly index: number;
  readonly waitMs: number;
}

/** Of another datacenter, through the servers of this one and that one's leader. Absent: this one, from any server. */
export interface Elsewhere {
  readonly datacenter: string;
}

export interface Indexed<T> {
  readonly value: T;
  /** X-Consul-Index, at least 1; null where the way to the agent carries no headers. */
  readonly index: number | null;
}

export interface NodeCoordinateAnswer {
  readonly node: string;
  readonly segment: string;
  readonly coordinate: {
    readonly vec: readonly number[];
    readonly height: number;
    readonly adjustment: number;
  };
}

export interface KvEntry {
  readonly base64: string;
  readonly modifyIndex: number;
  /** A number of 64 bits, in decimal digits. */
  readonly flags: string;
}

/** All methods throw {@link RaftyardError} `consul-api`, or what the host connection throws. */
export interface ConsulApi extends AclApi, AutopilotApi, LookupApi, ServicesApi {
  /** `host:port` of the Raft leader as this agent sees it; empty when there is none. */
  leader(from?: Elsewhere): Promise<string>;
  /** `host:port` of the Raft peers; empty when there is no leader to ask. */
  peers(): Promise<string[]>;
  self(): Promise<Self>;
  /** LAN members, or WAN members (servers only) with `wan`. */
  members(options?: { readonly wan?: boolean }): Promise<Member[]>;
  /** null where this Consul has no such endpoint (before 0.7) or does not allow it. */
  raftConfiguration(): Promise<RaftConfiguration | null>;
  /** Autopilot's view; null where this Consul has none (before 0.8, Raft protocol below 3) or does not allow it. */
  autopilotHealth(): Promise<AutopilotHealth | null>;
  /**
   * Lets the leader hand over to another voter. Who leads then is to be asked: a server that does not succeed may drop the
   * connection. False where this Consul has no such endpoint (before 1.15) or does not allow it.
   */
  transferLeader(): Promise<boolean>;
  /** What the agent measured of itself lately; null where there is no such sample, or it does not allow it. */
  metrics(): Promise<Metrics | null>;
  /** Health checks of a node, `serfHealth` among them. */
  health(node: string): Promise<HealthCheck[]>;
  /** Joins the agent to another one's LAN gossip, or with `wan` to WAN gossip: IP address, or `address:port`. */
  join(address: string, options?: { readonly wan?: boolean }): Promise<void>;
  /** Names of services with their tags. Blocks with `wait`; any server answers, with or without a leader. */
  catalogServices(
    wait?: Wait,
    from?: Elsewhere,
  ): Promise<Indexed<Readonly<Record<string, readonly string[]>>>>;
  serviceInstances(service: string, from?: Elsewhere): Promise<ServiceInstance[]>;
  /** Every health check of the datacenter. Blocks with `wait`. */
  checks(wait?: Wait, from?: Elsewhere): Promise<Indexed<HealthCheck[]>>;
  /** Network coordinates of the LAN pool; null where this Consul has none (before 0.6). Blocks with `wait`. */
  coordinates(wait?: Wait): Promise<Indexed<NodeCoordinateAnswer[]> | null>;
  /** Those of the servers in the WAN pool, by datacenter; null where this Consul has none. */
  wanCoordinates(): Promise<
    | readonly {
        readonly datacenter: string;
        /** `wan` for the pool that all editions have. */
        readonly area: string;
        readonly coordinates: readonly NodeCoordinateAnswer[];
      }[]
    | null
  >;
  /** Keys below a prefix, cut at the next `/`: folders end with it. */
  kvKeys(prefix: string, from?: Elsewhere): Promise<string[]>;
  /** Value as it is stored; null when there is no such key. */
  kvRead(key: string, from?: Elsewhere): Promise<KvEntry | null>;
  kvPut(key: string, value: string): Promise<void>;
  /** null when there is no such key. */
  kvGet(key: string): Promise<string | null>;
  /**
   * The keyrings of all gossip pools, as the servers have them: how many agents have each key. A cluster without a gossip
   * key has none, which is an error.
   */
  keyring(): Promise<KeyringPool[]>;
  /** One change of all keyrings. The key travels in the request's body; never by an exec in the container. */
  changeKeyring(op: 'install' | 'use' | 'remove', key: string): Promise<void>;
  /** Whether a node is in the catalog. */
  isRegistered(node: string): Promise<boolean>;
  /** The agent reads its configuration again. */
  reload(): Promise<void>;
  version(): Promise<string>;
}

const keyPath = (key: string): string => `/v1/kv/${key.split('/').map(encodeURIComponent).join('/')}`;

/** Connections whose sshd has refused to forward: no request tries the refused way again. */
const BY_EXEC = new WeakSet<HostConnection>();

/** Waiting is bounded by Consul, which adds up to a sixteenth (https://developer.hashicorp.com/consul/api-docs/features/blocking). */
const WAIT_SLACK_MS = 5000;

/** Any server of the own datacenter answers; another one's leader does. */
const placeQuery = (from: Elsewhere | undefined): string =>
  from === undefined ? 'stale' : `dc=${encodeURIComponent(from.datacenter)}`;

function waitQuery(wait: Wait | undefined): string {
  return wait === undefined ? '' : `&index=${wait.index}&wait=${Math.round(wait.waitMs)}ms`;
}

/** A key that may not be read is an error, not an absent one. */
const NOT_FOUND: ReadonlySet<number> = new Set([404]);

/**
 * A client of the agent on this host, asked on the host's loopback. Endpoints:
 * https://developer.hashicorp.com/consul/api-docs
 *
 * @param port Agent's HTTP port.
 */
export function consulApi(
  connection: HostConnection,
  port = 8500,
  options: ConsulApiOptions = {},
): ConsulApi {
  const host = connection.host.name;

  /** The one place where requests are made. */
  async function send(
    method: HttpRequest['method'],
    path: string,
    body?: string,
    { wait, secret = false }: { readonly wait?: Wait; readonly secret?: boolean } = {},
  ): Promise<HttpResponse> {
    const timeoutMs = wait === undefined ? options.timeoutMs : wait.waitMs + wait.waitMs / 16 + WAIT_SLACK_MS;
    const request: HttpRequest = {
      method,
      port,
      path,
      ...(body === undefined ? {} : { body }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    };
    // Argument lists can be read by everyone on the host: a secret goes by forwarding, or not at all.
    if (secret || !BY_EXEC.has(connection)) {
      try {
        return await connection.http(request);
      } catch (error) {
        const refused = error instanceof RaftyardError && error.code === 'forwarding-refused';
        if (!refused || options.container === undefined || secret) throw error;
        BY_EXEC.add(connection);
      }
    }
    return execHttp(connection, options.container ?? '', request);
  }

  function read<S extends z.ZodType>(schema: S, path: string, response: HttpResponse): z.output<S> {
    let json: unknown;
    try {
      json = parseJson(response.body);
    } catch (cause) {
      throw new Unreadable(`Consul's answer to ${path} is not JSON`, host, cause);
    }
    const parsed = schema.safeParse(json);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const where = issue === undefined ? '' : `: ${issue.path.join('.') || 'answer'}: ${issue.message}`;
    throw new Unreadable(`Consul's answer to ${path} has an unexpected form${where}`, host);
  }

  function refuse(path: string, response: HttpResponse): never {
    throw refusalOf(host, path, response);
  }

  async function get<S extends z.ZodType>(schema: S, path: string): Promise<z.output<S>> {
    const response = await send('GET', path);
    return response.status === 200 ? read(schema, path, response) : refuse(path, response);
  }

  async function indexed<S extends z.ZodType>(
    schema: S,
    path: string,
    wait: Wait | undefined,
  ): Promise<Indexed<z.output<S>>> {
    const response = await send(
      'GET',
      `${path}${waitQuery(wait)}`,
      undefined,
      wait === undefined ? {} : { wait },
    );
    if (response.status !== 200) return refuse(path, response);
    const index = Number(response.headers['x-consul-index'] ?? Number.NaN);
    return {
      value: read(schema, path, response),
      // An index of 0 would not block: every question would be answered at once.
      index: Number.isFinite(index) ? Math.max(1, index) : null,
    };
  }

  async function orNull<T>(question: Promise<T>, absent = ABSENT): Promise<T | null> {
    try {
      return await question;
    } catch (error) {
      if (error instanceof Absent && absent.has(error.status)) return null;
      throw error;
    }
  }

  async function put(path: string, body?: string): Promise<HttpResponse> {
    const response = await send('PUT', path, body);
    return response.status === 200 ? response : refuse(path, response);
  }

  return {
    leader: (from) =>
      get(leaderAnswer, `/v1/status/leader${from === undefined ? '' : `?${placeQuery(from)}`}`),
    peers: () => get(peersAnswer, '/v1/status/peers'),
    self: () => get(selfAnswer, '/v1/agent/self'),
    members: ({ wan = false } = {}) => get(membersAnswer, `/v1/agent/members${wan ? '?wan=1' : ''}`),
    async raftConfiguration() {
      // Stale: answered without a leader, from this server's own state.
      const path = '/v1/operator/raft/configuration?stale';
      const response = await send('GET', path);
      if (ABSENT.has(response.status)) return null;
      return response.status === 200 ? read(raftAnswer, path, response) : refuse(path, response);
    },
    async autopilotHealth() {
      const path = '/v1/operator/autopilot/health';
      const response = await send('GET', path);
      if (ABSENT.has(response.status)) return null;
      // 429 with the same body means 'not healthy'; with another one it is a limit of requests.
      const good = response.status === 200 || (response.status === LIMITED && /^\s*\{/.test(response.body));
      return good ? read(autopilotAnswer, path, response) : refuse(path, response);
    },
    async transferLeader() {
      const path = '/v1/operator/raft/transfer-leader';
      const response = await send('POST', path);
      if (response.status !== 200 && !ABSENT.has(response.status)) refuse(path, response);
      return response.status === 200;
    },
    async metrics() {
      const path = '/v1/agent/metrics';
      const response = await send('GET', path);
      // Before the first sample is whole: https://github.com/hashicorp/go-metrics writes NaN, which is no JSON.
      const none = response.status === 500 && /unsupported value/.test(response.body);
      if (none || ABSENT.has(response.status)) return null;
      return response.status === 200 ? read(metricsAnswer, path, response) : refuse(path, response);
    },
    health: (node) => get(checksAnswer, `/v1/health/node/${encodeURIComponent(node)}?stale`),
    async join(address, { wan = false } = {}) {
      await put(`/v1/agent/join/${encodeURIComponent(address)}${wan ? '?wan=1' : ''}`);
    },
    catalogServices: (wait, from) =>
      indexed(servicesAnswer, `/v1/catalog/services?${placeQuery(from)}`, wait),
    serviceInstances: (service, from) =>
      get(instancesAnswer, `/v1/catalog/service/${encodeURIComponent(service)}?${placeQuery(from)}`),
    checks: (wait, from) => indexed(checksAnswer, `/v1/health/state/any?${placeQuery(from)}`, wait),
    coordinates: (wait) => orNull(indexed(coordinatesAnswer, '/v1/coordinate/nodes?stale', wait)),
    wanCoordinates: () => orNull(get(wanCoordinatesAnswer, '/v1/coordinate/datacenters?stale')),
    async kvKeys(prefix, from) {
      const path = `${keyPath(prefix)}?keys&separator=%2F&${placeQuery(from)}`;
      return (await orNull(get(keysAnswer, path), NOT_FOUND)) ?? [];
    },
    async kvRead(key, from) {
      const path = `${keyPath(key)}?${placeQuery(from)}`;
      const [entry] = (await orNull(get(kvAnswer, path), NOT_FOUND)) ?? [];
      return entry === undefined
        ? null
        : { base64: entry.Value ?? '', modifyIndex: entry.ModifyIndex, flags: entry.Flags };
    },
    async kvPut(key, value) {
      const response = await put(keyPath(key), value);
      if (response.body.trim() !== 'true')
        throw new RaftyardError('consul-api', `Consul did not store ${excerpt(key)}`, { host });
    },
    async kvGet(key) {
      const path = keyPath(key);
      const response = await send('GET', path);
      if (response.status === 404) return null;
      if (response.status !== 200) return refuse(path, response);
      const value = read(kvAnswer, path, response)[0]?.Value ?? '';
      return Buffer.from(value, 'base64').toString();
    },
    async keyring() {
      const path = '/v1/operator/keyring';
      const response = await send('GET', path);
      if (response.status === 500 && /encryption not enabled/.test(response.body))
        throw new RaftyardError('consul-api', 'gossip of this cluster is not encrypted: it has no keyring', {
          host,
        });
      return response.status === 200 ? read(keyringAnswer, path, response) : refuse(path, response);
    },
    async changeKeyring(op, key) {
      const method = ({ install: 'POST', use: 'PUT', remove: 'DELETE' } as const)[op];
      const path = '/v1/operator/keyring';
      const response = await send(method, path, JSON.stringify({ Key: key }), { secret: true });
      if (response.status !== 200) refuse(path, response);
    },
    ...aclMethods({ send, get, put, read, refuse }),
    ...autopilotMethods({ send, get, put, read, refuse }, host),
    ...lookupMethods({ send, get, put, read, refuse }),
    ...servicesMethods({ get }),
    async isRegistered(node) {
      return (await get(catalogNodeAnswer, `/v1/catalog/node/${encodeURIComponent(node)}`)) !== null;
    },
    async reload() {
      await put('/v1/agent/reload');
    },
    version: async () => (await get(selfAnswer, '/v1/agent/self')).version,
  };
}
