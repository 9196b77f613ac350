/**
 * DNS for containers and hosts: where an agent's DNS listens, and what its configuration says of it.
 *
 * For containers Consul itself listens on port 53 of Docker's bridge: no rule that a reload could flush stands between.
 * The bridge's address is told to Consul as a template, which it fills in at each start, so that the address is in no
 * document. https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file/general#addresses
 */
import type { ImageFamily } from '../consul/index.js';
import type { Host, Topology } from '../topology/types.js';
import type { DesiredDns, Settings } from './types.js';

/** What Docker calls its default bridge, unless it was told otherwise. */
export const DEFAULT_BRIDGE = 'docker0';

/** What only a look at a host tells, and its agent's configuration needs. */
export interface FoundOnHost {
  /** Interface of the engine's default bridge. */
  readonly bridge?: string;
  /** Resolvers for all other names. */
  readonly upstream: readonly string[];
  /** Consul's version there, other than by the image's tag. */
  readonly version?: string;
  /** The image begins with hashicorp/consul's entrypoint, under whatever name; said only of a container that is new or has been told. */
  readonly official?: true;
}

/** By the host's name; without it, what every host has by default. */
export type FoundOnHosts = ReadonlyMap<string, FoundOnHost>;

/** Asks hashicorp/consul's entrypoint to let its consul bind ports below 1024. */
export const LOW_PORTS = 'CONSUL_ALLOW_PRIVILEGED_PORTS=yes';

/** The file of ours that systemd-resolved reads, named after the document's id. */
export const resolverPath = (id: string): string =>
  `/etc/systemd/resolved.conf.d/raftyard-${id.slice(0, 8)}.conf`;

const interfaceName = (name: string | undefined): string =>
  name !== undefined && /^[A-Za-z0-9_.-]{1,15}$/.test(name) ? name : DEFAULT_BRIDGE;

/** What a host's names are to be asked of; undefined where nobody asks Consul. */
export function desiredDns(
  { dns, id, api }: Topology,
  family: ImageFamily,
  host: Host,
  found: FoundOnHosts | undefined,
): DesiredDns | undefined {
  if (dns === undefined) return undefined;
  const old = family.family === 'progrium';
  return {
    ...dns,
    bridge: interfaceName(found?.get(host.name)?.bridge),
    at: dns.containers ? 'bridge' : 'loopback',
    port: dns.containers || old ? 53 : 8600,
    everywhere: old && (dns.containers || api === 'exposed'),
    resolverPath: resolverPath(id),
  };
}

/** https://pkg.go.dev/github.com/hashicorp/go-sockaddr/template – the name is a regular expression there. */
const addressOf = (bridge: string): string => `{{ GetInterfaceIP "^${bridge.replaceAll('.', '[.]')}$" }}`;

interface AgentDns {
  /** For the configuration file. */
  readonly settings: Settings;
  /** The same as options, for the style without a file. */
  readonly options: readonly string[];
  readonly env: readonly string[];
}

/** What the agent of a host is told, by file or by options. */
export function agentDns(
  { dns, api, bootstrap }: Topology,
  family: ImageFamily,
  host: Host,
  found: FoundOnHosts | undefined,
): AgentDns {
  if (dns === undefined) return { settings: {}, options: [], env: [] };
  const known = found?.get(host.name);
  const recursors = dns.upstream.length > 0 ? dns.upstream : (known?.upstream ?? []);
  const old = family.family === 'progrium';
  // Never on every address where that can be helped: with recursors it answers whoever asks, for any name.
  const address = old
    ? dns.containers && api === 'loopback'
      ? '0.0.0.0'
      : undefined
    : dns.containers
      ? addressOf(interfaceName(known?.bridge))
      : '127.0.0.1';
  const port = dns.containers && !old ? 53 : undefined;
  const settings = {
    ...(recursors.length === 0 ? {} : { recursors }),
    ...(address === undefined ? {} : { addresses: { dns: address } }),
    ...(port === undefined ? {} : { ports: { dns: port } }),
  };
  // https://developer.hashicorp.com/consul/commands/agent#_hcl: a part of a configuration file as an option.
  const options = [
    ...recursors.map((server) => `-recursor=${server}`),
    ...(address === undefined || old ? [] : [`-hcl=addresses { dns = ${JSON.stringify(address)} }`]),
    ...(port === undefined ? [] : [`-dns-port=${port}`]),
  ];
  return {
    settings: bootstrap === 'classic' ? {} : settings,
    options: bootstrap === 'classic' ? options : [],
    // hashicorp/consul's entrypoint drops root; asked so, it lets its consul bind ports below 1024.
    env: port !== undefined && (family.family === 'hashicorp' || known?.official === true) ? [LOW_PORTS] : [],
  };
}

/** What systemd-resolved is told: `.consul` is asked of Consul, and nothing else changes for names that others answer. */
export function resolverFile(address: string, port: number): string {
  const server = port === 53 ? address : `${address}:${port}`;
  return `# Names below .consul are asked of the Consul agent on this host. Written by Raftyard.\n[Resolve]\nDNS=${server}\nDomains=~consul\n`;
}
