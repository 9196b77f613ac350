/** What a new document begins with. */
import { DEFAULT_IMAGE, newTopology } from './create.js';
import { DEFAULT_SEARCH } from './dns.js';
import { NOT_SECURED, WHOLLY_SECURED } from './secure-parts.js';
import { serialiseTopology } from './serialise.js';
import type { DnsOptions, Service, Topology } from './types.js';

export const TEMPLATES = [
  'one',
  'three',
  'tutorial',
  'five',
  'clients',
  'services',
  'two-datacenters',
  'three-datacenters',
] as const;
export type TemplateName = (typeof TEMPLATES)[number];

export interface TemplateShape {
  /** Servers of each datacenter. */
  readonly datacenters: readonly number[];
  /** Clients of the first datacenter. */
  readonly clients?: number;
  /** Each client looks after a service, and the containers of all hosts find it by its name. */
  readonly services?: boolean;
  readonly style: 'robust' | 'classic';
}

/**
 * `tutorial`: the names and the classic style of the tutorial, with an image that can still be pulled; its
 * open API and its stopped firewall are choices that are made on purpose, not by a template.
 */
export const TEMPLATE_SHAPES: Readonly<Record<TemplateName, TemplateShape>> = {
  one: { datacenters: [1], style: 'robust' },
  three: { datacenters: [3], style: 'robust' },
  tutorial: { datacenters: [3], style: 'classic' },
  five: { datacenters: [5], style: 'robust' },
  clients: { datacenters: [3], clients: 2, style: 'robust' },
  services: { datacenters: [3], clients: 2, services: true, style: 'robust' },
  'two-datacenters': { datacenters: [3, 3], style: 'robust' },
  'three-datacenters': { datacenters: [3, 3, 3], style: 'robust' },
};

/** What each client of `services` looks after: a web server of the host, or one that publishes this port. */
const WEB: Service = {
  name: 'web',
  id: 'web',
  port: 80,
  tags: [],
  meta: {},
  checks: [{ http: 'http://127.0.0.1:80/', interval: '10s', timeout: '2s' }],
};

/** Other names are asked for where each host asks now. */
const DNS: DnsOptions = { containers: true, hosts: false, upstream: [], search: DEFAULT_SEARCH };

export interface TemplateChoice {
  readonly name: string;
  /** One for each host, in order, the clients' last; an empty one is still to be given, and is a problem until then. */
  readonly addresses: readonly string[];
  /** SSH user; root where none is given. */
  readonly user?: string;
  readonly image?: string;
  /** Encrypted, with certificates and tokens, from the first start; default true where the shape can be. */
  readonly secure?: boolean;
}

/** The classic style has no file for keys, and shows what the tutorial does. */
export const canBeSecure = (template: TemplateName): boolean => TEMPLATE_SHAPES[template].style === 'robust';

/** Number of hosts of a template: one for each server and client. */
export function hostsOf(template: TemplateName): number {
  const { datacenters, clients = 0 } = TEMPLATE_SHAPES[template];
  return datacenters.reduce((sum, servers) => sum + servers, clients);
}

/** The text of a new document. */
export function fromTemplate(template: TemplateName, choice: TemplateChoice): string {
  const shape = TEMPLATE_SHAPES[template];
  const { user } = choice;
  const whole = newTopology({
    name: choice.name,
    image: choice.image ?? DEFAULT_IMAGE,
    bootstrap: shape.style,
    secure: choice.secure !== false && canBeSecure(template) ? WHOLLY_SECURED : NOT_SECURED,
    servers: hostsOf(template) - (shape.clients ?? 0),
    hosts: Array.from({ length: hostsOf(template) }, (_, i) => ({
      name: `docker${String(i + 1).padStart(2, '0')}`,
      address: choice.addresses[i]?.trim() ?? '',
      ...(user === undefined || user === '' ? {} : { ssh: { user } }),
    })),
  });
  const [first = 0, ...rest] = shape.datacenters;
  const dealt = split(whole, [first + (shape.clients ?? 0), ...rest]);
  return serialiseTopology(shape.services === true ? withServices(dealt) : dealt);
}

/** Deals the nodes out to datacenters; the first server of each gets the flag. */
function split(topology: Topology, sizes: readonly number[]): Topology {
  const nodes = topology.datacenters.flatMap((datacenter) => datacenter.nodes);
  let next = 0;
  const datacenters = sizes.map((size, index) => {
    const mine = nodes.slice(next, next + size);
    next += size;
    return { name: `dc${index + 1}`, nodes: mine.map((node, i) => ({ ...node, bootstrap: i === 0 })) };
  });
  return { ...topology, datacenters };
}

/** {@link WEB} beside every client, and names for containers. */
function withServices(topology: Topology): Topology {
  return {
    ...topology,
    dns: DNS,
    datacenters: topology.datacenters.map((datacenter) => ({
      ...datacenter,
      nodes: datacenter.nodes.map((node) => (node.role === 'client' ? { ...node, services: [WEB] } : node)),
    })),
  };
}
