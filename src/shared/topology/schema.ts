/** The shape of a document as written: zod says which fields there are, fields.ts what may be in them. */
import { z } from 'zod';
import { MAX_UPSTREAM, searchDomain, upstreamAddress } from './dns.js';
import * as rule from './fields.js';
import { registryMirror, registryUser } from './pull.js';
import type { Path, Report } from './report.js';
import { check, service } from './services-shape.js';
import { didYouMean, show } from './text.js';
import { text } from './text-shape.js';
import { DOCUMENT_VERSION } from './types.js';

const agentOptions = z.array(text(rule.agentOption, 1024)).max(64).optional();

const ssh = z.strictObject({
  user: text(rule.sshUser).optional(),
  port: z.int().min(1).max(65535).optional(),
  identity: text(rule.identityPath).optional(),
  agent: z.boolean().optional(),
  password: text(rule.secretReference).optional(),
  passphrase: text(rule.secretReference).optional(),
  sudoPassword: text(rule.secretReference).optional(),
  hostKeys: z.array(text(rule.hostKey, 4096)).max(16).optional(),
  jump: z.array(text(rule.hostEntryName)).max(8).optional(),
});

const host = z.strictObject({
  name: text(rule.hostEntryName),
  address: text(rule.sshAddress),
  advertise: text(rule.advertiseAddress).optional(),
  advertiseWan: text(rule.advertiseAddress).optional(),
  ssh: ssh.optional(),
});

const node = z.strictObject({
  name: text(rule.nodeName),
  host: text(rule.hostEntryName),
  role: z.enum(['server', 'client']).optional(),
  bootstrap: z.boolean().optional(),
  container: text(rule.containerName).optional(),
  agentOptions,
  services: z.array(service).max(100).optional(),
});

const datacenter = z.strictObject({
  name: text(rule.datacenterName),
  nodes: z.array(node).min(1).max(1000),
});

const secure = z.strictObject({
  gossip: z.boolean().optional(),
  tls: z.boolean().optional(),
  acl: z.boolean().optional(),
});

const pull = z.strictObject({
  mirror: text(registryMirror).optional(),
  user: text(registryUser).optional(),
  password: text(rule.secretReference).optional(),
});

const dns = z.strictObject({
  containers: z.boolean().optional(),
  hosts: z.boolean().optional(),
  upstream: z.array(text(upstreamAddress)).max(MAX_UPSTREAM).optional(),
  search: z.array(text(searchDomain)).max(6).optional(),
});

export const documentSchema = z.strictObject({
  raftyard: z.literal(DOCUMENT_VERSION),
  id: text(rule.uuid),
  name: text(rule.clusterName),
  image: text(rule.imageReference),
  pull: pull.optional(),
  bootstrap: z.enum(['robust', 'classic']).optional(),
  api: z.enum(['loopback', 'exposed']).optional(),
  firewall: z.enum(['open', 'disable', 'leave']).optional(),
  data: z.enum(['volume', 'anonymous']).optional(),
  secure: secure.optional(),
  dns: dns.optional(),
  workdir: text(rule.workingDirectory).optional(),
  raftMultiplier: z.int().min(1).max(10).optional(),
  agentOptions,
  scriptChecks: z.boolean().optional(),
  disableUpdateCheck: z.boolean().optional(),
  serverRejoinAgeMax: text(rule.rejoinAge, 16).optional(),
  datacenters: z.array(datacenter).min(1).max(64),
  hosts: z.array(host).min(1).max(1000),
});

/** A document as written, once its shape is right; defaults are not filled in. */
export type WrittenDocument = z.infer<typeof documentSchema>;

/** The keys that may stand in the mapping at a path. */
export function knownKeys(path: Path): readonly string[] {
  const shapes: Record<string, object> = {
    '': documentSchema.shape,
    secure: secure.shape,
    dns: dns.shape,
    pull: pull.shape,
    'datacenters/#': datacenter.shape,
    'datacenters/#/nodes/#': node.shape,
    'datacenters/#/nodes/#/services/#': service.shape,
    'datacenters/#/nodes/#/services/#/checks/#': check.shape,
    'hosts/#': host.shape,
    'hosts/#/ssh': ssh.shape,
  };
  const pattern = path.map((s) => (typeof s === 'number' ? '#' : s)).join('/');
  return Object.keys(shapes[pattern] ?? {});
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list (lines that begin with -)',
  object: 'a mapping (key: value)',
};

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const segment of path) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, segment)) return undefined;
    current = (current as Record<PropertyKey, unknown>)[segment];
  }
  return current;
}

/** What is wrong with the shape, as findings. Returns the document where nothing is. */
export function checkShape(value: unknown, report: Report): WrittenDocument | undefined {
  const result = documentSchema.safeParse(value);
  if (result.success) return result.data;
  for (const issue of result.error.issues) {
    const path = issue.path.map((s) => (typeof s === 'number' ? s : String(s)));
    const given = valueAt(value, path);
    if (issue.code === 'unrecognized_keys') {
      for (const key of issue.keys) {
        report.add(
          'unknown-key',
          [...path, key],
          () => `unknown key ${show(key)}${didYouMean(key, knownKeys(path))}`,
          { at: 'key' },
        );
      }
    } else if (issue.code === 'custom') {
      const code: unknown = issue.params?.['code'];
      report.add(typeof code === 'string' ? code : 'invalid', path, issue.message);
    } else if (given === undefined || given === null) {
      report.add('missing', path, `${String(path.at(-1) ?? 'the document')} is missing`, { at: 'key' });
    } else if (issue.code === 'invalid_value') {
      const choices = issue.values.map(String);
      report.add('bad-choice', path, () => {
        const hint = typeof given === 'string' ? didYouMean(given, choices) : '';
        return `must be ${choices.join(' or ')}${hint}`;
      });
    } else if (issue.code === 'invalid_type') {
      const quote = issue.expected === 'string' && typeof given !== 'object' ? '; put it in quotes' : '';
      report.add('wrong-type', path, `must be ${TYPES[issue.expected] ?? issue.expected}${quote}`);
    } else if (issue.code === 'too_small' || issue.code === 'too_big') {
      const [bound, limit] =
        issue.code === 'too_small' ? ['at least', issue.minimum] : ['at most', issue.maximum];
      if (Array.isArray(given)) {
        const code = given.length === 0 ? 'empty' : 'too-many';
        report.add(code, path, `must have ${bound} ${limit} ${limit === 1 ? 'entry' : 'entries'}`, {
          at: 'key',
        });
      } else report.add('out-of-range', path, `must be ${bound} ${limit}`);
    } else report.add('invalid', path, 'is not valid here');
  }
  return undefined;
}
