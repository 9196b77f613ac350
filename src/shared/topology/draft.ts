/**
 * A forgiving view of a document: whatever can be made out, so that the cross-checks run on the rest of
 * a document that has faults elsewhere, and all findings come in one pass.
 */
import { fields, list, text } from './loose.js';
import type { Path } from './report.js';
import { secureFrom } from './secure-parts.js';
import { type DraftService, draftServices } from './services-draft.js';
import type { Role, Secure } from './types.js';

export interface DraftNode {
  readonly path: Path;
  readonly datacenter: number;
  readonly name: string | undefined;
  readonly host: string | undefined;
  /** `unclear`: given, but neither server nor client. */
  readonly role: Role | 'unclear';
  readonly bootstrap: boolean;
  readonly container: string | undefined;
  readonly services: readonly DraftService[];
}

export interface DraftDatacenter {
  readonly path: Path;
  readonly name: string | undefined;
  readonly nodes: readonly DraftNode[];
}

export interface DraftHost {
  readonly path: Path;
  readonly name: string | undefined;
  readonly address: string | undefined;
  readonly advertise: string | undefined;
  readonly advertiseWan: string | undefined;
  readonly port: number;
  readonly jump: readonly (string | undefined)[];
}

export interface Draft {
  readonly image: string | undefined;
  readonly bootstrap: string;
  readonly api: string | undefined;
  readonly firewall: string | undefined;
  readonly data: string | undefined;
  /** Parts of `secure` that are on. */
  readonly secure: Secure;
  readonly scriptChecks: boolean;
  readonly datacenters: readonly DraftDatacenter[];
  readonly hosts: readonly DraftHost[];
}

/** The container that a node gets where its document does not name one. */
export function defaultContainer(node: string): string {
  return `consul-${node}`;
}

function draftNode(value: unknown, path: Path, datacenter: number): DraftNode {
  const f = fields(value);
  const name = text(f['name']);
  const role = f['role'] ?? 'server';
  return {
    path,
    datacenter,
    name,
    host: text(f['host']),
    role: role === 'server' || role === 'client' ? role : 'unclear',
    bootstrap: f['bootstrap'] === true,
    container: text(f['container']) ?? (name === undefined ? undefined : defaultContainer(name)),
    services: draftServices(f['services'], [...path, 'services']),
  };
}

/** Makes the most of a value that may be anything. */
export function draftOf(value: unknown): Draft {
  const top = fields(value);
  return {
    image: text(top['image']),
    bootstrap: text(top['bootstrap']) ?? 'robust',
    api: text(top['api']),
    firewall: text(top['firewall']),
    data: text(top['data']),
    secure: secureFrom(fields(top['secure'])),
    scriptChecks: top['scriptChecks'] === true,
    datacenters: list(top['datacenters']).map((item, d) => {
      const f = fields(item);
      const path: Path = ['datacenters', d];
      const nodes = list(f['nodes']).map((n, i) => draftNode(n, [...path, 'nodes', i], d));
      return { path, name: text(f['name']), nodes };
    }),
    hosts: list(top['hosts']).map((item, h) => {
      const f = fields(item);
      const ssh = fields(f['ssh']);
      const port = ssh['port'];
      return {
        path: ['hosts', h],
        name: text(f['name']),
        address: text(f['address']),
        advertise: text(f['advertise']),
        advertiseWan: text(f['advertiseWan']),
        port: typeof port === 'number' ? port : 22,
        jump: list(ssh['jump']).map(text),
      };
    }),
  };
}
