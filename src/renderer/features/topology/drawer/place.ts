/** Where in the document something is, by the names that a person gave. Pure. */
import type { Draft } from '../../../../shared/topology/index.js';

/** `node2 · host`, `docker01 · ssh.port`; a name that is missing is shown as its place: `#2`. */
export function placeWords(draft: Draft, path: readonly (string | number)[]): string {
  const [top, index, inner, node, ...rest] = path;
  if (typeof index !== 'number') return path.join('.');
  const named = (name: string | undefined, place: number): string =>
    name === undefined || name === '' ? `#${place + 1}` : name;
  const join = (name: string, field: readonly (string | number)[]): string =>
    field.length === 0 ? name : `${name} · ${field.join('.')}`;
  if (top === 'hosts') return join(named(draft.hosts[index]?.name, index), path.slice(2));
  if (top !== 'datacenters') return path.join('.');
  const datacenter = draft.datacenters[index];
  if (inner === 'nodes' && typeof node === 'number')
    return join(named(datacenter?.nodes[node]?.name, node), rest);
  return join(named(datacenter?.name, index), path.slice(2));
}
