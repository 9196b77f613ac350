/** A node's container as one configuration document: what its options, its files and its image say together. */
import {
  type AgentOption,
  currentKey,
  type ImageFamily,
  imageFamily,
  knowsFlag,
  parseAgentCommand,
  takesValue,
} from '../../consul/index.js';
import type { DesiredNode } from '../../desired/types.js';
import { filesOf } from '../nodes.js';
import { type Json, type Setting, settingsOf } from './keys.js';

export interface ConsulDocument {
  readonly value: { readonly [key: string]: Json };
  /** Options that this version has no key for, or does not know: as they would be on the command line. */
  readonly rest: readonly string[];
}

/** What the image itself configures, without any option; see {@link imageFamily}. */
function ofImage(family: ImageFamily): Setting[] {
  const data = { path: ['data_dir'], value: family.dataDir };
  if (family.family !== 'progrium') return family.needsDataDir ? [] : [data];
  return [
    data,
    { path: ['ui_dir'], value: '/ui' },
    { path: ['client_addr'], value: '0.0.0.0' },
    { path: ['ports', 'dns'], value: 53 },
    { path: ['recursors'], value: ['8.8.8.8'] },
  ];
}

/** Settings of the files in the configuration directory that the container is given. */
function ofFiles(node: DesiredNode): Setting[] {
  return filesOf(node).configuration.flatMap(({ content }) =>
    Object.entries(JSON.parse(content) as Record<string, Json>).map(([key, value]) => ({
      path: [key],
      value,
    })),
  );
}

/** Keys whose place another has taken in that version: `start_join` is `retry_join` from 1.15 on. */
function forVersion({ path, value }: Setting, version: string | undefined): Setting {
  const [name = '', ...more] = path;
  return { path: more.length > 0 ? path : currentKey(version, name).split('.'), value };
}

const written = ({ name, value }: AgentOption): string =>
  name === '' ? (value ?? '') : `-${name}${value === undefined ? '' : `=${value}`}`;

/** Two lists under one key are one: `-join` and `-retry-join` are, where the former is an alias. */
const joined = (before: Json | undefined, value: Json): Json =>
  Array.isArray(before) && Array.isArray(value) ? [...new Set([...before, ...value])] : value;

function place(settings: readonly Setting[]): { [key: string]: Json } {
  const document = new Map<string, Json>();
  for (const { path, value } of settings) {
    const [head = '', inner] = path;
    const before = document.get(head);
    const block = typeof before === 'object' && !Array.isArray(before) ? before : {};
    document.set(head, inner === undefined ? joined(before, value) : { ...block, [inner]: value });
  }
  return Object.fromEntries(document);
}

/**
 * The container's agent as a configuration file, with the keys that its version knows. Equal to the container's
 * command, the configuration directory it is given, and what the entrypoint of its image adds.
 *
 * Source: https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file
 */
export function consulDocument(node: DesiredNode): ConsulDocument {
  const { container } = node;
  const family = imageFamily(container.image);
  // The directory's files are part of the document.
  const options = parseAgentCommand(container.command.slice(family.commandPrefix.length)).filter(
    ({ name }) => name !== 'config-dir',
  );
  const known = ({ name, value }: AgentOption): boolean =>
    (knowsFlag(family.version, name) || name === 'dc') && takesValue(family.version, 'flag', name, value);
  const { settings, rest } = settingsOf(options.filter(known));
  const all = [
    { path: ['node_name'], value: container.hostname },
    ...ofImage(family),
    ...ofFiles(node),
    ...settings,
  ];
  return {
    value: place(all.map((setting) => forVersion(setting, family.version))),
    rest: [...rest, ...options.filter((option) => !known(option))].map(written),
  };
}
