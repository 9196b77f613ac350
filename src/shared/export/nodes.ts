/** What every format begins with: the desired nodes in the order of starting, and names that are safe as folders. */
import { bootstrapServer, type DesiredFile, type DesiredNode, desiredNodes } from '../desired/index.js';
import { RaftyardError } from '../errors.js';
import type { Topology } from '../topology/types.js';
import type { ExportOptions } from './types.js';

export interface ExportInput {
  /** With the chosen style. */
  readonly topology: Topology;
  /** In the order of starting. */
  readonly nodes: readonly DesiredNode[];
  /** What the overview says of what could not be exported. */
  readonly notes: readonly string[];
}

/** A host's name as a folder: it must stay one, below the export's own. */
export function folder(host: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(host)) {
    throw new RaftyardError('invalid-topology', `${JSON.stringify(host)} cannot be the name of a folder`, {
      hint: 'Name hosts with letters, digits, dots, dashes and underscores.',
    });
  }
  return host;
}

/** Bootstrap servers first, then the other servers, then clients; otherwise the document's order. */
function startOrder(topology: Topology, nodes: readonly DesiredNode[]): DesiredNode[] {
  const firstHosts = firstToStart(topology);
  const rank = (node: DesiredNode): number =>
    node.role === 'client' ? 2 : firstHosts.has(node.host) ? 0 : 1;
  return [...nodes].sort((a, b) => rank(a) - rank(b));
}

/** Hosts whose servers the others join: one of each datacenter in the classic style, none in the robust one. */
export function firstToStart(topology: Topology): ReadonlySet<string> {
  if (topology.bootstrap !== 'classic') return new Set();
  return new Set(
    topology.datacenters.flatMap((datacenter) => {
      const first = bootstrapServer(datacenter);
      return first === undefined ? [] : [first.host];
    }),
  );
}

/** The classic style gives agents no configuration files, and ACLs want a token: what is then left out is said. */
function withServices(topology: Topology): Pick<ExportInput, 'topology' | 'notes'> {
  const served = topology.datacenters.some(({ nodes }) =>
    nodes.some(({ services }) => services !== undefined),
  );
  if (!served) return { topology, notes: [] };
  if (topology.bootstrap === 'classic')
    return {
      topology: {
        ...topology,
        datacenters: topology.datacenters.map((datacenter) => ({
          ...datacenter,
          nodes: datacenter.nodes.map(({ services: _services, ...node }) => node),
        })),
      },
      notes: [
        'The services of this topology are left out: the classic style gives the agents no configuration files. Export in the robust style to have them. 传统方式没有配置文件,因此未包含服务定义;如需服务请使用稳健方式导出。',
      ],
    };
  return {
    topology,
    notes: topology.secure.acl
      ? [
          'The services are in none of these files, since each is registered with a token: `raftyard apply` registers them once it has made the tokens. 启用 ACL 时,服务由 `raftyard apply` 在生成令牌后注册。',
        ]
      : [],
  };
}

/** @throws RaftyardError invalid-topology for a document that validation refuses. */
export function exportInput(topology: Topology, options: ExportOptions): ExportInput {
  const styled = options.style === undefined ? topology : { ...topology, bootstrap: options.style };
  const { topology: chosen, notes } = withServices(styled);
  const nodes = startOrder(chosen, desiredNodes(chosen));
  for (const node of nodes) folder(node.host);
  return { topology: chosen, nodes, notes };
}

/** The start script, and what the container reads, apart. */
export function filesOf(node: DesiredNode): {
  readonly script: DesiredFile;
  readonly configuration: readonly DesiredFile[];
} {
  const [script, ...configuration] = node.files;
  if (script === undefined) throw new RaftyardError('internal', `${node.node} has no start script`);
  return { script, configuration };
}

/** A file's path below the working directory: `config/raftyard.json`. */
export function belowWorkdir(node: DesiredNode, path: string): string {
  const root = `${node.workdir}/`;
  const rest = path.startsWith(root) ? path.slice(root.length) : '';
  if (rest === '' || rest.split('/').some((part) => part === '' || part === '.' || part === '..')) {
    throw new RaftyardError('invalid-topology', `${JSON.stringify(path)} is not below ${node.workdir}`);
  }
  return rest;
}

export const parent = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 1));

/** As `chmod` and YAML files write them: `0644`. */
export const octal = (mode: number): string => `0${mode.toString(8)}`;
