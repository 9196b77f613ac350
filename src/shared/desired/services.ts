/** The services of a node as a configuration file of its agent, and what the catalog says once it has read it. */
import { has, type ImageFamily } from '../consul/index.js';
import { kindOf } from '../topology/index.js';
import type { Node, Service, ServiceCheck, Topology } from '../topology/types.js';
import { agentToken } from './acl.js';
import { placeOf, secretDirectory } from './places.js';
import type { DesiredServices, RegisteredService, Settings } from './types.js';

/** Marks the checks that are ours, and says in words all that they are: shown by Consul's UI, compared by the plan. */
export const NOTES_PREFIX = 'Raftyard: ';

export const DOCKER_SOCKET = '/var/run/docker.sock';

const words = (command: readonly string[] | undefined): string => (command ?? []).join(' ');

/** A check in a few words: its name. */
function nameOf(check: ServiceCheck): string {
  switch (kindOf(check)) {
    case 'http':
      return `HTTP ${check.http}`;
    case 'tcp':
      return `TCP ${check.tcp}`;
    case 'ttl':
      return `TTL ${check.ttl}`;
    case 'docker':
      return `${words(check.command)} in ${check.docker}`;
    default:
      return words(check.script);
  }
}

function notesOf(check: ServiceCheck): string {
  const every = check.interval === undefined ? '' : ` every ${check.interval}`;
  const within = check.timeout === undefined ? '' : `, timeout ${check.timeout}`;
  // Words are kept apart as they are in the document: two commands that only look alike are two.
  const command = check.command ?? check.script;
  const exactly = command === undefined ? '' : ` ${JSON.stringify(command)}`;
  const what =
    check.docker !== undefined
      ? `in container ${check.docker}`
      : check.script !== undefined
        ? 'script'
        : nameOf(check);
  return `${NOTES_PREFIX}${what}${exactly}${every}${within}`;
}

/** https://developer.hashicorp.com/consul/docs/reference/service/health-check */
function checkSettings(check: ServiceCheck, family: ImageFamily): Settings {
  const { http, tcp, ttl, docker, command, script, interval, timeout } = check;
  return {
    ...(has(family.version, 'key', 'services.checks.name') ? { name: nameOf(check).slice(0, 128) } : {}),
    notes: notesOf(check),
    ...(http === undefined ? {} : { http }),
    ...(tcp === undefined ? {} : { tcp }),
    ...(ttl === undefined ? {} : { ttl }),
    ...(docker === undefined ? {} : { docker_container_id: docker, args: command }),
    ...(script === undefined ? {} : { args: script }),
    ...(interval === undefined ? {} : { interval }),
    ...(timeout === undefined ? {} : { timeout }),
  };
}

/** https://developer.hashicorp.com/consul/docs/reference/service */
function serviceSettings(service: Service, family: ImageFamily, token: string | undefined): Settings {
  const { name, id, port, address, tags, meta, checks } = service;
  return {
    id,
    name,
    ...(port === undefined ? {} : { port }),
    ...(address === undefined ? {} : { address }),
    ...(tags.length === 0 ? {} : { tags }),
    ...(Object.keys(meta).length === 0 ? {} : { meta }),
    ...(checks.length === 0 ? {} : { checks: checks.map((check) => checkSettings(check, family)) }),
    ...(token === undefined ? {} : { token }),
  };
}

const registeredOf = ({ id, name, port, address, tags, meta, checks }: Service): RegisteredService => ({
  id,
  name,
  port: port ?? 0,
  address: address ?? '',
  tags,
  meta,
  checks: checks.map(notesOf).sort(),
});

/** Whether some check of a node needs the Docker socket. */
export const needsDockerSocket = ({ services = [] }: Node): boolean =>
  services.some(({ checks }) => checks.some(({ docker }) => docker !== undefined));

/** Whether some check of a node runs a command, in whichever container. */
export const runsCommands = ({ services = [] }: Node): boolean =>
  services.some(({ checks }) =>
    checks.some(({ docker, script }) => docker !== undefined || script !== undefined),
  );

/**
 * What the agent's own configuration must say for such checks: commands are taken from files alone, never over the HTTP
 * API, where whoever reaches it could have anything run (consul #3087). A change of it takes a new start.
 * Source: https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file/general#enable_local_script_checks
 */
export const checkConsent = (node: Node): Settings =>
  runsCommands(node) ? { enable_local_script_checks: true } : {};

/**
 * The services file of a node; undefined in the classic style, which has no place for one.
 *
 * A service registers itself with a token of its own, else with the agent's default one. The default one would be lent to
 * everybody who asks this agent without a token; so each service is given the agent's token, in a file that only root can reach.
 * Source: https://developer.hashicorp.com/consul/docs/reference/service#token
 */
export function desiredServices(
  topology: Topology,
  node: Node,
  family: ImageFamily,
): DesiredServices | undefined {
  if (topology.bootstrap === 'classic') return undefined;
  const { services = [] } = node;
  const plain = `${topology.workdir}/config/services.json`;
  const hidden = `${secretDirectory(topology.workdir)}/services.json`;
  const { acl } = topology.secure;
  const places = acl ? { path: hidden, otherPath: plain } : { path: plain, otherPath: hidden };
  const registered = services.map(registeredOf);
  if (services.length === 0) return { ...places, registered };
  const token = acl ? placeOf(agentToken(node.name)) : undefined;
  const content = `${JSON.stringify({ services: services.map((entry) => serviceSettings(entry, family, token)) }, null, 2)}\n`;
  return acl
    ? { ...places, secret: { path: hidden, template: content }, registered }
    : { ...places, file: { path: plain, mode: 0o644, content }, registered };
}

const sorted = (map: Readonly<Record<string, string>>): string =>
  JSON.stringify(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));

function same(a: RegisteredService, b: RegisteredService): boolean {
  return (
    a.name === b.name &&
    a.port === b.port &&
    a.address === b.address &&
    JSON.stringify(a.tags) === JSON.stringify(b.tags) &&
    sorted(a.meta) === sorted(b.meta) &&
    JSON.stringify(a.checks) === JSON.stringify(b.checks)
  );
}

/** Ids of services that the catalog has not as they should be, and of those of `gone` that it still has. */
export function servicesAmiss(
  wanted: readonly RegisteredService[],
  gone: readonly string[],
  found: readonly RegisteredService[],
): { readonly missing: readonly string[]; readonly left: readonly string[] } {
  const there = new Map(found.map((service) => [service.id, service]));
  return {
    missing: wanted
      .filter((service) => {
        const have = there.get(service.id);
        return have === undefined || !same(service, have);
      })
      .map(({ id }) => id),
    left: gone.filter((id) => there.has(id) && !wanted.some((service) => service.id === id)),
  };
}
