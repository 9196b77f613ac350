/** Edits of services and their checks, as the inspector makes them: text in, text out, comments kept. */
import { type DocumentPath, type DocumentValue, TopologyDocument } from './document.js';
import { type NodeRef, valueAt } from './edits.js';
import { list } from './loose.js';
import { CHECK_KINDS, type CheckKind } from './services-shape.js';

const servicesAt = ({ datacenter, node }: NodeRef): DocumentPath => [
  'datacenters',
  datacenter,
  'nodes',
  node,
  'services',
];

function edit(text: string, change: (document: TopologyDocument) => void): string {
  const document = TopologyDocument.open(text);
  change(document);
  return document.toString();
}

/** Takes an entry out of a list; the last one takes the list with it. */
function without(text: string, path: DocumentPath, index: number): string {
  const last = list(valueAt(text, path)).length <= 1;
  return edit(text, (document) => {
    document.delete(last ? path : [...path, index]);
  });
}

/** The first of service1, service2 … that no service of the node is called. */
function freeService(names: readonly unknown[]): string {
  for (let n = 1; ; n++) if (!names.includes(`service${n}`)) return `service${n}`;
}

/** Adds a service at the end of a node's list. */
export function addService(text: string, ref: NodeRef): string {
  const path = servicesAt(ref);
  const there = list(valueAt(text, path));
  const taken = there.flatMap((entry) => {
    const { name, id } = (typeof entry === 'object' && entry !== null ? entry : {}) as Record<
      string,
      unknown
    >;
    return [name, id];
  });
  return edit(text, (document) => document.insert(path, there.length, { name: freeService(taken) }));
}

export const removeService = (text: string, ref: NodeRef, index: number): string =>
  without(text, servicesAt(ref), index);

const written = (kind: CheckKind, port: number): Record<string, DocumentValue> => {
  switch (kind) {
    case 'http':
      return { http: `http://127.0.0.1:${port}/`, interval: '10s' };
    case 'tcp':
      return { tcp: `127.0.0.1:${port}`, interval: '10s' };
    case 'ttl':
      return { ttl: '30s' };
    case 'docker':
      return { docker: 'web', command: ['/bin/sh', '-c', 'exit 0'], interval: '10s' };
    case 'script':
      return { script: ['/usr/local/bin/check.sh'], interval: '30s' };
  }
};

const portOf = (text: string, service: DocumentPath): number => {
  const port = valueAt(text, [...service, 'port']);
  return typeof port === 'number' ? port : 80;
};

/** Adds a check to a service, ready to be changed. @param service path of the service in the document */
export function addCheck(text: string, service: DocumentPath, kind: CheckKind = 'http'): string {
  const path = [...service, 'checks'];
  const at = list(valueAt(text, path)).length;
  return edit(text, (document) => document.insert(path, at, written(kind, portOf(text, service))));
}

export const removeCheck = (text: string, service: DocumentPath, index: number): string =>
  without(text, [...service, 'checks'], index);

/** Makes a check look in another way; its interval and timeout stay where the new way has them. */
export function setCheckKind(text: string, service: DocumentPath, index: number, kind: CheckKind): string {
  const path = [...service, 'checks', index];
  const before = valueAt(text, path);
  const old = (typeof before === 'object' && before !== null ? before : {}) as Record<string, DocumentValue>;
  const fresh = written(kind, portOf(text, service));
  const own: ReadonlySet<string> = new Set([
    ...CHECK_KINDS,
    'command',
    ...(kind === 'ttl' ? ['interval', 'timeout'] : []),
  ]);
  const kept = Object.fromEntries(Object.entries(old).filter(([key]) => !own.has(key)));
  return edit(text, (document) => document.set(path, { ...fresh, ...kept }));
}
