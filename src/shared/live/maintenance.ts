/**
 * Maintenance mode: Consul marks it by a critical check with a name of its own, whose notes hold the reason
 * (https://developer.hashicorp.com/consul/commands/maint). Pure.
 */
import type { CheckStatus, LiveNode, LiveService } from './types.js';

const NODE_CHECK = '_node_maintenance';
const SERVICE_CHECK = '_service_maintenance:';
/** What Consul writes where no reason was given. */
const NO_REASON = /^Maintenance mode is enabled for this (node|service), but no reason was provided/;

interface Check {
  readonly id: string;
  readonly status: CheckStatus;
  readonly output: string;
}

/** Whether a check is none of the person's own, but says that a node or a service is in maintenance. */
export const isMaintenanceCheck = (id: string): boolean => id === NODE_CHECK || id.startsWith(SERVICE_CHECK);

/** Why a node or an instance is in maintenance, empty where nobody said why; undefined where it is not. */
export function maintenanceOf(checks: readonly Check[]): string | undefined {
  const found = checks.find(({ id, status }) => isMaintenanceCheck(id) && status === 'critical');
  if (found === undefined) return undefined;
  return NO_REASON.test(found.output) ? '' : found.output;
}

/** What a maintenance would take out of the answers. */
export interface MaintenanceOutlook {
  /** Instances that answer now and would no longer. */
  readonly instances: readonly { readonly service: string; readonly id: string }[];
  /** Services of which no instance would answer any more. */
  readonly emptied: readonly string[];
}

type Services = readonly LiveService[];

/** An instance that DNS names: no check of its own or of its node is critical. */
function answers(services: Services, datacenter: string, failing: ReadonlySet<string>) {
  return services
    .filter((service) => service.datacenter === datacenter)
    .map(({ name, instances }) => ({
      name,
      good: instances.filter(
        ({ node, checks }) => !failing.has(node) && checks.every(({ status }) => status !== 'critical'),
      ),
    }));
}

/**
 * What is lost by putting a node, or one service of it, into maintenance.
 * @param id of one service; absent for the whole node
 */
export function maintenanceOutlook(
  {
    services,
    datacenters,
  }: {
    readonly services: Services;
    readonly datacenters: readonly {
      readonly name: string;
      readonly nodes: readonly Pick<LiveNode, 'name' | 'nodeChecks'>[];
    }[];
  },
  datacenter: string,
  node: string,
  id?: string,
): MaintenanceOutlook {
  const nodes = datacenters.find(({ name }) => name === datacenter)?.nodes ?? [];
  const failing = new Set(
    nodes
      .filter(({ nodeChecks }) => nodeChecks.some(({ status }) => status === 'critical'))
      .map(({ name }) => name),
  );
  const touched = answers(services, datacenter, failing).map(({ name, good }) => ({
    name,
    gone: good.filter((entry) => entry.node === node && (id === undefined || entry.id === id)),
    left: good.filter((entry) => entry.node !== node || (id !== undefined && entry.id !== id)),
  }));
  return {
    instances: touched.flatMap(({ name, gone }) => gone.map((entry) => ({ service: name, id: entry.id }))),
    emptied: touched.filter(({ gone, left }) => gone.length > 0 && left.length === 0).map(({ name }) => name),
  };
}
