/** The document's `dns`: who asks Consul for names, and what stands in its way. */
import { isHostName, isIpAddress, isLoopback, isNotOneHost, isUnspecified } from './address.js';
import type { Draft } from './draft.js';
import { parseImage, type Rule } from './fields.js';
import { PROGRIUM } from './image-version.js';
import type { Report } from './report.js';
import { show } from './text.js';
import type { DnsOptions } from './types.js';

/** What a short name is looked up in, as in the tutorial: `web` is asked for as `web.service.consul`. */
export const DEFAULT_SEARCH: readonly string[] = ['service.consul'];

/** More are written by nobody; of a resolv.conf the C library reads three. */
export const MAX_UPSTREAM = 6;

/** A resolver for all other names: containers and the agent must reach it from where they are. */
export const upstreamAddress: Rule = (value) => {
  const problem = (code: string, why: string) => ({ code, message: `${show(value)} ${why}` });
  if (!isIpAddress(value)) return problem('bad-upstream', 'is no IP address of a DNS server');
  if (isLoopback(value))
    return problem('upstream-loopback', 'is a loopback address: a container would ask itself');
  if (isUnspecified(value) || isNotOneHost(value))
    return problem('upstream-not-single', 'is not the address of a single server');
  return undefined;
};

/** A domain as resolv.conf has it: lower-case letters, digits, dashes, dots. */
export const searchDomain: Rule = (value) =>
  isHostName(value) && value === value.toLowerCase() && !isIpAddress(value)
    ? undefined
    : { code: 'bad-search', message: `${show(value)} is no domain to search in, such as service.consul` };

interface WrittenDns {
  readonly containers?: boolean | undefined;
  readonly hosts?: boolean | undefined;
  readonly upstream?: readonly string[] | undefined;
  readonly search?: readonly string[] | undefined;
}

/** Absent where nobody is to ask Consul: what else is written has no meaning then. */
export function dnsFrom(written: WrittenDns | undefined): { readonly dns?: DnsOptions } {
  const { containers = false, hosts = false, upstream = [], search = DEFAULT_SEARCH } = written ?? {};
  return containers || hosts ? { dns: { containers, hosts, upstream, search } } : {};
}

/** As the document has it: only what is not the default. */
export function writeDns({ containers, hosts, upstream, search }: DnsOptions): Record<string, unknown> {
  const usual = search.length === DEFAULT_SEARCH.length && search.every((d, i) => d === DEFAULT_SEARCH[i]);
  return {
    ...(containers ? { containers } : {}),
    ...(hosts ? { hosts } : {}),
    ...(upstream.length === 0 ? {} : { upstream }),
    ...(usual ? {} : { search }),
  };
}

type Fields = Readonly<Record<string, unknown>>;
const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Agent options that would move Consul's DNS to where nobody asks it. */
const IN_THE_WAY = /^--?(dns-port|domain|client)(=|$)/;

/** Images whose entrypoint drops root, and leaves that to us where a check needs the Docker socket. */
const DROPS_ROOT = /(^|\/)hashicorp\/consul(-enterprise)?$|^((index\.)?docker\.io\/)?(library\/)?consul$/;

const hasDockerCheck = (draft: Draft): boolean =>
  draft.datacenters.some(({ nodes }) =>
    nodes.some(({ services }) =>
      services.some(({ checks }) => checks.some(({ keys }) => keys.includes('docker'))),
    ),
  );

/** Everything under agentOptions, of the topology and of the nodes, with its path. */
function* agentOptions(value: unknown): Generator<[readonly (string | number)[], string]> {
  const each = function* (path: readonly (string | number)[], options: unknown) {
    for (const [index, option] of list(options).entries())
      if (typeof option === 'string') yield [[...path, index], option] as [typeof path, string];
  };
  yield* each(['agentOptions'], fields(value)['agentOptions']);
  for (const [d, datacenter] of list(fields(value)['datacenters']).entries())
    for (const [n, node] of list(fields(datacenter)['nodes']).entries())
      yield* each(['datacenters', d, 'nodes', n, 'agentOptions'], fields(node)['agentOptions']);
}

/** Findings about `dns` in a document whose other fields stand in its way. */
export function checkDns(value: unknown, draft: Draft, report: Report): void {
  const dns = fields(fields(value)['dns']);
  const containers = dns['containers'] === true;
  if (!containers && dns['hosts'] !== true) {
    if (list(dns['upstream']).length > 0 || list(dns['search']).length > 0)
      report.warn(
        'dns-off',
        ['dns'],
        'nobody asks Consul for names: turn on dns.containers, dns.hosts, or both',
      );
    return;
  }
  const image = draft.image === undefined ? undefined : parseImage(draft.image);
  const progrium = image !== undefined && PROGRIUM.test(image.name);
  if (image !== undefined && !progrium && /^(?:v|consul-)?0\.\d/.test(image.tag ?? ''))
    report.add(
      'dns-version',
      ['dns'],
      'Consul listens on the address of Docker’s bridge from version 1.0 on; use a later image',
    );
  if (progrium && draft.bootstrap === 'classic' && draft.api !== 'exposed' && containers)
    report.add(
      'dns-classic',
      ['dns', 'containers'],
      'in the classic style progrium/consul has one address for its API and its DNS, and loopback is out of reach of containers; use robust, or a later image',
    );
  if (containers && image !== undefined && DROPS_ROOT.test(image.name) && hasDockerCheck(draft))
    report.add(
      'dns-docker-check',
      ['dns', 'containers'],
      'for a docker check Consul is started without root in this image, and cannot listen on port 53 then; use another check, or turn dns.containers off',
    );
  if (progrium && draft.firewall === 'disable')
    report.warn(
      'dns-open',
      ['dns'],
      'progrium/consul answers DNS on every address, and without a firewall it answers everybody: names of the whole internet too',
    );
  for (const [path, option] of agentOptions(value))
    if (IN_THE_WAY.test(option))
      report.add(
        'dns-option',
        path,
        `${show(option.replace(/=.*$/s, ''))} would move Consul’s DNS away from where it is asked; take it out, or turn dns off`,
      );
}
