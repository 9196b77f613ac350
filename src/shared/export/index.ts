/** Topology → files to take away. Pure, from the same desired state as the plan. */
import { bootstrapServer, type DesiredNode, desiredNodes } from '../desired/index.js';
import { RaftyardError } from '../errors.js';
import type { BootstrapStyle, Topology } from '../topology/types.js';
import { hostReadme, overviewReadme } from './readme.js';

export interface ExportedFile {
  /** Relative, with forward slashes: `docker01/consul-start.sh`. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly content: string;
}

export interface ExportOptions {
  /** Instead of the topology's own bootstrap style. */
  readonly style?: BootstrapStyle;
}

/** A host's name as a folder: it must stay one, below the export's own. */
function folder(host: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(host)) {
    throw new RaftyardError('invalid-topology', `${JSON.stringify(host)} cannot be the name of a folder`, {
      hint: 'Name hosts with letters, digits, dots, dashes and underscores.',
    });
  }
  return host;
}

/** Bootstrap servers first, then the other servers, then clients; otherwise the document's order. */
function startOrder(topology: Topology, nodes: readonly DesiredNode[]): DesiredNode[] {
  const firstHosts = new Set(topology.datacenters.map((datacenter) => bootstrapServer(datacenter)?.host));
  const rank = (node: DesiredNode): number =>
    node.role === 'client' ? 2 : topology.bootstrap === 'classic' && firstHosts.has(node.host) ? 0 : 1;
  return [...nodes].sort((a, b) => rank(a) - rank(b));
}

/**
 * Start scripts and READMEs: a folder for each host, and a README above them with the order.
 *
 * @throws RaftyardError invalid-topology for a document that validation refuses.
 */
export function exportScripts(topology: Topology, options: ExportOptions = {}): ExportedFile[] {
  const chosen = options.style === undefined ? topology : { ...topology, bootstrap: options.style };
  const nodes = startOrder(chosen, desiredNodes(chosen));
  const overview = overviewReadme({
    name: chosen.name,
    style: chosen.bootstrap,
    nodes,
    exposed: chosen.api === 'exposed',
  });
  return [
    { path: 'README.md', mode: 0o644, content: overview },
    ...nodes.flatMap((node, index) => {
      const directory = folder(node.host);
      const scripts = node.files.slice(0, 1).map((file) => ({
        path: `${directory}/consul-start.sh`,
        mode: file.mode,
        content: file.content,
      }));
      const readme = hostReadme(node, { turn: index + 1, of: nodes.length });
      return [...scripts, { path: `${directory}/README.md`, mode: 0o644, content: readme }];
    }),
  ];
}
