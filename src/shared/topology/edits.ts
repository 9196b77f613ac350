/**
 * The edits that a person makes on the canvas and in forms: text in, text out, comments kept. Each works
 * on a document that may have faults elsewhere, because people edit documents that are not finished.
 */
import { RaftyardError } from '../errors.js';
import { type DocumentPath, type DocumentValue, TopologyDocument } from './document.js';
import { type Draft, type DraftDatacenter, type DraftNode, defaultContainer } from './draft.js';
import { readModel } from './model.js';
import type { Role } from './types.js';

/** Where a node is in the document. */
export interface NodeRef {
  readonly datacenter: number;
  readonly node: number;
}

export interface NewNode {
  /** Index of the datacenter; the first where none is given. */
  readonly datacenter?: number;
  readonly role: Role;
  /** An entry of `hosts`; else the first without a node; else a new entry whose address is still to be given. */
  readonly host?: string;
  readonly name?: string;
  readonly bootstrap?: boolean;
}

export interface HostFields {
  readonly name: string;
  readonly address: string;
  readonly advertise?: string;
  readonly advertiseWan?: string;
  readonly user?: string;
  readonly port?: number;
  readonly identity?: string;
  readonly password?: string;
  readonly sudoPassword?: string;
  readonly jump?: readonly string[];
}

const draftOf = (text: string): Draft => readModel(text).draft;

function edit(text: string, change: (document: TopologyDocument) => void): string {
  const document = TopologyDocument.open(text);
  change(document);
  return document.toString();
}

/** The first of `<stem>1`, `<stem>2` … (or with zeros: `<stem>01`) that is not taken. */
export function freeName(stem: string, taken: Iterable<string | undefined>, digits = 1): string {
  const used = new Set(taken);
  for (let n = 1; ; n++) {
    const name = `${stem}${String(n).padStart(digits, '0')}`;
    if (!used.has(name)) return name;
  }
}

const nodesOf = (draft: Draft): DraftNode[] => draft.datacenters.flatMap((dc) => [...dc.nodes]);

/** Names of hosts without a node, in the order of the document. */
export function freeHosts(draft: Draft): string[] {
  const used = new Set(nodesOf(draft).map((n) => n.host));
  return draft.hosts.flatMap((h) => (h.name === undefined || used.has(h.name) ? [] : [h.name]));
}

function datacenterAt(draft: Draft, index: number): DraftDatacenter {
  const found = draft.datacenters[index];
  if (found === undefined) throw new RaftyardError('usage', 'there is no such datacenter');
  return found;
}

function nodeAt(draft: Draft, ref: NodeRef): DraftNode {
  const found = datacenterAt(draft, ref.datacenter).nodes[ref.node];
  if (found === undefined) throw new RaftyardError('usage', 'there is no such node');
  return found;
}

/** A container name that no node has: the tutorial's consul01, consul02 … */
const freeContainer = (draft: Draft): string =>
  freeName('consul', [...nodesOf(draft).map((n) => n.container)], 2);

/**
 * Adds a node with a name and a container of its own. The first server of a datacenter gets the
 * bootstrap flag; another that is to have it takes it from the one that has it.
 *
 * @throws RaftyardError `invalid-topology` when the text is no readable YAML, `usage` for a datacenter that is not there
 */
export function addNode(text: string, given: NewNode): { text: string; ref: NodeRef; name: string } {
  let now = text;
  let draft = draftOf(now);
  if (draft.datacenters.length === 0) {
    now = addDatacenter(now).text;
    draft = draftOf(now);
  }
  const datacenter = given.datacenter ?? 0;
  const target = datacenterAt(draft, datacenter);
  let host = given.host ?? freeHosts(draft)[0];
  if (host === undefined) {
    host = freeName(
      'docker',
      draft.hosts.map((h) => h.name),
      2,
    );
    now = addHosts(now, [{ name: host, address: '' }]);
  }
  const stem = given.role === 'server' ? 'node' : 'client';
  const name =
    given.name ??
    freeName(
      stem,
      nodesOf(draft).map((n) => n.name),
    );
  const servers = target.nodes.filter((n) => n.role === 'server');
  const bootstrap = given.role === 'server' && (given.bootstrap === true || servers.length === 0);
  const value: Record<string, DocumentValue> = {
    name,
    host,
    role: given.role,
    ...(bootstrap ? { bootstrap: true } : {}),
    container: freeContainer(draft),
  };
  const node = target.nodes.length;
  now = edit(now, (document) => document.insert(['datacenters', datacenter, 'nodes'], node, value));
  const ref = { datacenter, node };
  return { text: bootstrap && servers.length > 0 ? setBootstrap(now, ref) : now, ref, name };
}

/** Takes nodes out; their hosts stay. A datacenter whose flagged server goes gives the flag to its next one. */
export function removeNodes(text: string, refs: readonly NodeRef[]): string {
  // From the end, so that the places of the rest stay what they were.
  const order = [...refs].sort((a, b) => b.datacenter - a.datacenter || b.node - a.node);
  const draft = draftOf(text);
  const lost = new Set(order.filter((ref) => nodeAt(draft, ref).bootstrap).map((ref) => ref.datacenter));
  let now = edit(text, (document) => {
    for (const ref of order) document.delete(['datacenters', ref.datacenter, 'nodes', ref.node]);
  });
  for (const datacenter of lost) now = flagFirstServer(now, datacenter);
  return now;
}

function flagFirstServer(text: string, datacenter: number): string {
  const nodes = datacenterAt(draftOf(text), datacenter).nodes;
  if (nodes.some((n) => n.bootstrap && n.role === 'server')) return text;
  const first = nodes.findIndex((n) => n.role === 'server');
  return first < 0 ? text : setBootstrap(text, { datacenter, node: first });
}

/** Gives the bootstrap flag to one server of a datacenter, and takes it from the others. */
export function setBootstrap(text: string, ref: NodeRef): string {
  const { nodes } = datacenterAt(draftOf(text), ref.datacenter);
  return edit(text, (document) => {
    for (const [node, other] of nodes.entries()) {
      const path: DocumentPath = ['datacenters', ref.datacenter, 'nodes', node, 'bootstrap'];
      if (node === ref.node) document.set(path, true);
      else if (other.bootstrap) document.delete(path);
    }
  });
}

/** Changes a node's role; a client has no bootstrap flag. */
export function setRole(text: string, ref: NodeRef, role: Role): string {
  const path: DocumentPath = ['datacenters', ref.datacenter, 'nodes', ref.node];
  const had = nodeAt(draftOf(text), ref).bootstrap;
  const now = edit(text, (document) => {
    document.set([...path, 'role'], role);
    if (role === 'client') document.delete([...path, 'bootstrap']);
  });
  return had || role === 'server' ? flagFirstServer(now, ref.datacenter) : now;
}

/** Moves a node to another datacenter, to its end. Returns where it is then. */
export function moveNode(text: string, ref: NodeRef, datacenter: number): { text: string; ref: NodeRef } {
  if (ref.datacenter === datacenter) return { text, ref };
  const draft = draftOf(text);
  const node = datacenterAt(draft, datacenter).nodes.length;
  const flagged = nodeAt(draft, ref).bootstrap;
  const value = valueAt(text, ['datacenters', ref.datacenter, 'nodes', ref.node]);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new RaftyardError('invalid-topology', 'the node is no mapping, and cannot be moved');
  }
  const { bootstrap: _flag, ...rest } = value as Record<string, DocumentValue>;
  let now = edit(text, (document) => {
    document.insert(['datacenters', datacenter, 'nodes'], node, rest);
    document.delete(['datacenters', ref.datacenter, 'nodes', ref.node]);
  });
  if (flagged) now = flagFirstServer(now, ref.datacenter);
  return { text: flagFirstServer(now, datacenter), ref: { datacenter, node } };
}

/** The written value at a path, or undefined. */
export function valueAt(text: string, path: DocumentPath): unknown {
  let value: unknown = readModel(text).value;
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

/** Copies nodes onto free hosts (or new entries), in the same datacenter, without the flag. */
export function duplicateNodes(text: string, refs: readonly NodeRef[]): { text: string; refs: NodeRef[] } {
  let now = text;
  const made: NodeRef[] = [];
  for (const ref of refs) {
    const node = nodeAt(draftOf(now), ref);
    const added = addNode(now, {
      datacenter: ref.datacenter,
      role: node.role === 'client' ? 'client' : 'server',
    });
    now = added.text;
    made.push(added.ref);
  }
  return { text: now, refs: made };
}

/** Adds an empty datacenter: dc1, dc2 … */
export function addDatacenter(text: string, name?: string): { text: string; datacenter: number } {
  const { datacenters } = draftOf(text);
  const value = {
    name:
      name ??
      freeName(
        'dc',
        datacenters.map((d) => d.name),
      ),
    nodes: [],
  };
  const now = edit(text, (document) => document.insert(['datacenters'], datacenters.length, value));
  return { text: now, datacenter: datacenters.length };
}

/** Takes a datacenter out with its nodes; the hosts stay. */
export function removeDatacenter(text: string, datacenter: number): string {
  return edit(text, (document) => {
    document.delete(['datacenters', datacenter]);
  });
}

function hostValue(host: HostFields): Record<string, DocumentValue> {
  const { name, address, advertise, advertiseWan, user, port, identity, password, sudoPassword, jump } = host;
  const ssh: Record<string, DocumentValue> = {
    ...(user === undefined || user === '' ? {} : { user }),
    ...(port === undefined || port === 22 ? {} : { port }),
    ...(identity === undefined || identity === '' ? {} : { identity }),
    ...(password === undefined || password === '' ? {} : { password }),
    ...(sudoPassword === undefined || sudoPassword === '' ? {} : { sudoPassword }),
    ...(jump === undefined || jump.length === 0 ? {} : { jump: [...jump] }),
  };
  return {
    name,
    address,
    ...(advertise === undefined || advertise === '' ? {} : { advertise }),
    ...(advertiseWan === undefined || advertiseWan === '' ? {} : { advertiseWan }),
    ...(Object.keys(ssh).length === 0 ? {} : { ssh }),
  };
}

/** Adds hosts at the end of the inventory; secrets only by reference (`prompt`, `env:`, `file:`). */
export function addHosts(text: string, hosts: readonly HostFields[]): string {
  const at = draftOf(text).hosts.length;
  return edit(text, (document) => {
    for (const [i, host] of hosts.entries()) document.insert(['hosts'], at + i, hostValue(host));
  });
}

/** Takes a host out of the inventory, with the nodes on it. */
export function removeHost(text: string, host: number): string {
  const draft = draftOf(text);
  const name = draft.hosts[host]?.name;
  const refs = draft.datacenters.flatMap((dc, datacenter) =>
    dc.nodes.flatMap((n, node) => (name !== undefined && n.host === name ? [{ datacenter, node }] : [])),
  );
  const now = refs.length === 0 ? text : removeNodes(text, refs);
  return edit(now, (document) => {
    document.delete(['hosts', host]);
  });
}

/** Renames a host everywhere: its nodes and the jumps through it follow. */
export function renameHost(text: string, host: number, name: string): string {
  const draft = draftOf(text);
  const old = draft.hosts[host]?.name;
  return edit(text, (document) => {
    document.set(['hosts', host, 'name'], name);
    if (old === undefined) return;
    for (const node of nodesOf(draft)) if (node.host === old) document.set([...node.path, 'host'], name);
    for (const [h, other] of draft.hosts.entries())
      for (const [j, jump] of other.jump.entries())
        if (jump === old) document.set(['hosts', h, 'ssh', 'jump', j], name);
  });
}

/** Puts a node onto another host. An entry that was only a placeholder for it goes. */
export function assignHost(text: string, ref: NodeRef, host: string): string {
  const draft = draftOf(text);
  const before = nodeAt(draft, ref).host;
  const now = edit(text, (document) =>
    document.set(['datacenters', ref.datacenter, 'nodes', ref.node, 'host'], host),
  );
  const index = draft.hosts.findIndex((h) => h.name === before);
  const placeholder = before !== undefined && before !== host && draft.hosts[index]?.address === '';
  const shared = nodesOf(draftOf(now)).some((n) => n.host === before);
  if (!placeholder || shared) return now;
  return edit(now, (document) => {
    document.delete(['hosts', index]);
  });
}

/** Renames a node. Its container keeps its name: where none was written, the one it had is written down. */
export function renameNode(text: string, ref: NodeRef, name: string): string {
  const path: DocumentPath = ['datacenters', ref.datacenter, 'nodes', ref.node];
  const node = nodeAt(draftOf(text), ref);
  return edit(text, (document) => {
    if (valueAt(text, [...path, 'container']) === undefined && node.name !== undefined)
      document.set([...path, 'container'], defaultContainer(node.name));
    document.set([...path, 'name'], name);
  });
}

/** Sets a value, or takes it out where it is `undefined` (the default then holds). */
export function setField(text: string, path: DocumentPath, value: DocumentValue | undefined): string {
  return edit(text, (document) => {
    if (value === undefined) document.delete(path);
    else document.set(path, value);
  });
}
