/** Consul's HTTP API on a host's own loopback, over its SSH connection. */
import type { z } from 'zod';
import { RaftyardError } from '../../shared/errors.js';
import type { HostConnection, HttpRequest, HttpResponse } from '../host/types.js';
import { execHttp } from './exec-http.js';
import {
  type AutopilotHealth,
  autopilotAnswer,
  checksAnswer,
  type HealthCheck,
  kvAnswer,
  leaderAnswer,
  type Member,
  membersAnswer,
  peersAnswer,
  type RaftConfiguration,
  raftAnswer,
  type Self,
  selfAnswer,
} from './schemas.js';

export type {
  AutopilotHealth,
  HealthCheck,
  Member,
  MemberStatus,
  RaftConfiguration,
  Self,
} from './schemas.js';

export interface ConsulApiOptions {
  /** Container of the agent: the way in where sshd refuses TCP forwarding. */
  readonly container?: string;
  readonly signal?: AbortSignal;
  /** For each request; default 10 000. */
  readonly timeoutMs?: number;
}

/** All methods throw {@link RaftyardError} `consul-api`, or what the host connection throws. */
export interface ConsulApi {
  /** `host:port` of the Raft leader as this agent sees it; empty when there is none. */
  leader(): Promise<string>;
  /** `host:port` of the Raft peers; empty when there is no leader to ask. */
  peers(): Promise<string[]>;
  self(): Promise<Self>;
  /** LAN members, or WAN members (servers only) with `wan`. */
  members(options?: { readonly wan?: boolean }): Promise<Member[]>;
  /** null where this Consul has no such endpoint (before 0.7) or does not allow it. */
  raftConfiguration(): Promise<RaftConfiguration | null>;
  /** Autopilot's view; null where this Consul has none (before 0.8, Raft protocol below 3) or does not allow it. */
  autopilotHealth(): Promise<AutopilotHealth | null>;
  /** Health checks of a node, `serfHealth` among them. */
  health(node: string): Promise<HealthCheck[]>;
  /** Joins the agent to another one's LAN gossip: IP address, or `address:port`. */
  join(address: string): Promise<void>;
  kvPut(key: string, value: string): Promise<void>;
  /** null when there is no such key. */
  kvGet(key: string): Promise<string | null>;
  version(): Promise<string>;
}

/** First line, without control characters: goes into messages. */
function excerpt(body: string): string {
  const line = body.trim().split('\n')[0] ?? '';
  return line.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ').slice(0, 200);
}

const keyPath = (key: string): string => `/v1/kv/${key.split('/').map(encodeURIComponent).join('/')}`;

const ABSENT: ReadonlySet<number> = new Set([403, 404, 405]);

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
  /** Set once sshd has refused: no request tries the refused way again. */
  let byExec = false;

  const fail = (message: string, extra: { retryable?: boolean; cause?: unknown } = {}): never => {
    throw new RaftyardError('consul-api', message, { host, ...extra });
  };

  async function send(method: HttpRequest['method'], path: string, body?: string): Promise<HttpResponse> {
    const request: HttpRequest = {
      method,
      port,
      path,
      ...(body === undefined ? {} : { body }),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    };
    if (!byExec) {
      try {
        return await connection.http(request);
      } catch (error) {
        const refused = error instanceof RaftyardError && error.code === 'forwarding-refused';
        if (!refused || options.container === undefined) throw error;
        byExec = true;
      }
    }
    return execHttp(connection, options.container ?? '', request);
  }

  function read<S extends z.ZodType>(schema: S, path: string, response: HttpResponse): z.output<S> {
    let json: unknown;
    try {
      json = JSON.parse(response.body);
    } catch (cause) {
      return fail(`Consul's answer to ${path} is not JSON`, { cause });
    }
    const parsed = schema.safeParse(json);
    if (parsed.success) return parsed.data;
    const [issue] = parsed.error.issues;
    const where = issue === undefined ? '' : `: ${issue.path.join('.') || 'answer'}: ${issue.message}`;
    return fail(`Consul's answer to ${path} has an unexpected form${where}`);
  }

  function refuse(path: string, response: HttpResponse): never {
    const reason = excerpt(response.body);
    // 5xx: no leader yet, or an agent that still starts.
    return fail(`Consul answered ${response.status} to ${path}${reason === '' ? '' : `: ${reason}`}`, {
      retryable: response.status >= 500,
    });
  }

  async function get<S extends z.ZodType>(schema: S, path: string): Promise<z.output<S>> {
    const response = await send('GET', path);
    return response.status === 200 ? read(schema, path, response) : refuse(path, response);
  }

  async function put(path: string, body?: string): Promise<HttpResponse> {
    const response = await send('PUT', path, body);
    return response.status === 200 ? response : refuse(path, response);
  }

  return {
    leader: () => get(leaderAnswer, '/v1/status/leader'),
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
      // 429 carries the same body and means 'not healthy'.
      const good = response.status === 200 || response.status === 429;
      return good ? read(autopilotAnswer, path, response) : refuse(path, response);
    },
    health: (node) => get(checksAnswer, `/v1/health/node/${encodeURIComponent(node)}?stale`),
    async join(address) {
      await put(`/v1/agent/join/${encodeURIComponent(address)}`);
    },
    async kvPut(key, value) {
      const response = await put(keyPath(key), value);
      if (response.body.trim() !== 'true') fail(`Consul did not store ${excerpt(key)}`);
    },
    async kvGet(key) {
      const path = keyPath(key);
      const response = await send('GET', path);
      if (response.status === 404) return null;
      if (response.status !== 200) return refuse(path, response);
      const value = read(kvAnswer, path, response)[0]?.Value ?? '';
      return Buffer.from(value, 'base64').toString();
    },
    version: async () => (await get(selfAnswer, '/v1/agent/self')).version,
  };
}
