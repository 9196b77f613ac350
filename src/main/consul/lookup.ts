/** Who answers for a name, and maintenance mode, over the HTTP API: https://developer.hashicorp.com/consul/api-docs/health */
import { z } from 'zod';
import type { DnsSettings } from '../../shared/live/index.js';
import type { HttpResponse } from '../host/types.js';
import type { Asking } from './acl.js';
import { portsAnswer, portsOf } from './ports.js';
import { check, checksAnswer, type HealthCheck } from './schemas.js';
import { dnsAnswer } from './self.js';

const text = z.string();
const number = z.number();
/** Go writes an empty list as `null`. */
const words = z
  .array(text)
  .nullable()
  .transform((value) => value ?? []);

const entry = z
  .object({
    Node: z.object({ Node: text, Address: text }),
    Service: z.object({
      ID: text,
      Service: text,
      Address: text,
      Port: number,
      Ports: portsAnswer,
      Tags: words,
    }),
    Checks: checksAnswer,
  })
  .transform(({ Node, Service, Checks }) => ({
    node: Node.Node,
    id: Service.ID,
    service: Service.Service,
    // A service without an address of its own is at its node's.
    address: Service.Address || Node.Address,
    ...portsOf(Service.Port, Service.Ports),
    tags: Service.Tags,
    checks: Checks,
  }));
/** An instance with all its checks, those of its node among them. */
export type HealthEntry = z.output<typeof entry>;
const entriesAnswer = z
  .array(entry)
  .nullable()
  .transform((value) => value ?? []);

const nodeAnswer = z
  .object({ Node: z.object({ Node: text, Address: text }).nullable() })
  .nullable()
  .transform((value) =>
    value?.Node == null ? null : { node: value.Node.Node, address: value.Node.Address },
  );

const queryAnswer = z
  .object({ Nodes: entriesAnswer, Datacenter: text, Failovers: number })
  .transform(({ Nodes, Datacenter, Failovers }) => ({
    entries: Nodes,
    datacenter: Datacenter,
    failovers: Failovers,
  }));
export type QueryAnswer = z.output<typeof queryAnswer>;

const agentServicesAnswer = z.record(
  z.string(),
  z.object({ ID: text, Service: text }).transform(({ ID, Service }) => ({ id: ID, service: Service })),
);

const agentChecksAnswer = z.record(text, check).transform((value) => Object.values(value));

export interface ServiceQuery {
  /** Absent: the agent's own. */
  readonly datacenter?: string;
  readonly tag?: string;
  /** Only what passes. */
  readonly passing?: boolean;
  /** From any server, also where there is no leader. */
  readonly stale?: boolean;
}

export interface LookupApi {
  /** Instances with their checks, from the leader. */
  serviceHealth(service: string, query?: ServiceQuery): Promise<HealthEntry[]>;
  catalogNode(
    node: string,
    datacenter?: string,
  ): Promise<{ readonly node: string; readonly address: string } | null>;
  /** null where there is no prepared query of that name. */
  executeQuery(name: string, datacenter?: string): Promise<QueryAnswer | null>;
  /** What decides this agent's DNS answers. */
  dnsSettings(): Promise<DnsSettings>;
  /** Checks that are critical, maintenance among them; any server answers. */
  criticalChecks(): Promise<HealthCheck[]>;
  /** Services that this agent itself has registered, and its checks. */
  agentServices(): Promise<readonly { readonly id: string; readonly service: string }[]>;
  agentChecks(): Promise<HealthCheck[]>;
  /**
   * Puts this agent's node, or one of its services, into maintenance or takes it out.
   * https://developer.hashicorp.com/consul/api-docs/agent#enable-maintenance-mode
   */
  setMaintenance(service: string | undefined, on: boolean, reason: string): Promise<void>;
}

const queryOf = (values: Readonly<Record<string, string | boolean | undefined>>): string => {
  const parts = Object.entries(values).flatMap(([key, value]) =>
    value === undefined || value === false
      ? []
      : value === true
        ? [key]
        : [`${key}=${encodeURIComponent(value)}`],
  );
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
};

/** Path and query of a question for a service's instances. */
export const serviceHealthPath = (
  service: string,
  { datacenter, tag, passing, stale }: ServiceQuery = {},
): string =>
  `/v1/health/service/${encodeURIComponent(service)}${queryOf({ dc: datacenter, passing, tag, stale })}`;
export const nodePath = (node: string, datacenter?: string): string =>
  `/v1/catalog/node/${encodeURIComponent(node)}${queryOf({ dc: datacenter })}`;
export const queryPath = (name: string, datacenter?: string): string =>
  `/v1/query/${encodeURIComponent(name)}/execute${queryOf({ dc: datacenter })}`;

export function lookupMethods({ send, get, put, read, refuse }: Asking): LookupApi {
  return {
    serviceHealth: (service, query) => get(entriesAnswer, serviceHealthPath(service, query)),
    catalogNode: (node, datacenter) => get(nodeAnswer, nodePath(node, datacenter)),
    async executeQuery(name, datacenter) {
      const path = queryPath(name, datacenter);
      const response: HttpResponse = await send('GET', path);
      if (response.status === 404 || /query not found/i.test(response.body)) return null;
      return response.status === 200 ? read(queryAnswer, path, response) : refuse(path, response);
    },
    dnsSettings: () => get(dnsAnswer, '/v1/agent/self'),
    criticalChecks: () => get(checksAnswer, '/v1/health/state/critical?stale'),
    agentServices: async () => Object.values(await get(agentServicesAnswer, '/v1/agent/services')),
    agentChecks: () => get(agentChecksAnswer, '/v1/agent/checks'),
    async setMaintenance(service, on, reason) {
      const where =
        service === undefined
          ? '/v1/agent/maintenance'
          : `/v1/agent/service/maintenance/${encodeURIComponent(service)}`;
      await put(
        `${where}${queryOf({ enable: String(on), reason: on && reason !== '' ? reason : undefined })}`,
      );
    },
  };
}
