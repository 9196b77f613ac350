/** Hosts from a pasted list, in the forms in which people have them. Pure. */
import {
  canonicalAddress,
  freeName,
  type HostFields,
  isHostName,
  isIpAddress,
  isLoopback,
} from '../../../shared/topology/index.js';

export type PasteProblem = 'address' | 'port' | 'name' | 'user' | 'duplicate' | 'known' | 'loopback';
export type PastedLine =
  | { readonly line: number; readonly host: HostFields }
  | { readonly line: number; readonly text: string; readonly problem: PasteProblem };

/** What is there already: names that are in use, addresses that need not come again. */
export interface Present {
  readonly names: readonly (string | undefined)[];
  readonly addresses: readonly (string | undefined)[];
}

/** More than anyone manages by hand; the rest of a larger paste is left. */
export const MOST = 2000;

const NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;
const USER = /^[A-Za-z0-9_][A-Za-z0-9_.@\\+-]{0,63}\$?$/;
const TARGET = /^(?:([^@\s]+)@)?(?:\[([^\]]+)\]|([^:\s[\]]+))(?::(\d+))?$/;

/** What a line says, before it is judged. */
type Said = { -readonly [K in 'name' | 'address' | 'user' | 'port' | 'identity']?: string };

/** `user@address:port`, an IPv6 address in brackets or bare. */
function targetOf(word: string): Pick<Said, 'address' | 'user' | 'port'> | null {
  const at = word.lastIndexOf('@');
  if (isIpAddress(word.slice(at + 1)))
    return { address: word.slice(at + 1), ...(at > 0 ? { user: word.slice(0, at) } : {}) };
  const match = TARGET.exec(word);
  if (match === null) return null;
  const [, user, bracketed, bare, port] = match;
  const address = bracketed ?? bare ?? '';
  if (!isIpAddress(address) && (bracketed !== undefined || !isHostName(address))) return null;
  return { address, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) };
}

/** Which word is the address: an IP address, else one with a user, else one with a dot, else the first. */
function addressAt(words: readonly string[]): number {
  const ip = words.findIndex((word) => isIpAddress(targetOf(word)?.address ?? ''));
  if (ip >= 0) return ip;
  const user = words.findIndex((word) => word.includes('@'));
  if (user >= 0) return user;
  return Math.max(
    0,
    words.findIndex((word) => word.includes('.') && targetOf(word) !== null),
  );
}

const COLUMNS: Readonly<Record<string, keyof Said>> = {
  name: 'name',
  host: 'name',
  alias: 'name',
  address: 'address',
  ip: 'address',
  hostname: 'address',
  ansible_host: 'address',
  ansible_ssh_host: 'address',
  user: 'user',
  ansible_user: 'user',
  ansible_ssh_user: 'user',
  port: 'port',
  ansible_port: 'port',
  ansible_ssh_port: 'port',
  identity: 'identity',
  key: 'identity',
  ansible_ssh_private_key_file: 'identity',
};
const columnOf = (word: string): keyof Said | undefined => {
  const key = word.toLowerCase().replace(/[\s-]+/g, '_');
  return Object.hasOwn(COLUMNS, key) ? COLUMNS[key] : undefined;
};

type Columns = readonly (keyof Said | undefined)[];

/** The columns of a table, where a line is its head. */
function headOf(cells: readonly string[]): Columns | null {
  const columns = cells.map(columnOf);
  const known = columns.filter((column) => column !== undefined).length;
  return cells.length > 1 && known === cells.length ? columns : null;
}

function fromTable(cells: readonly string[], columns: Columns): Said {
  const said: Said = {};
  for (const [i, column] of columns.entries()) {
    const cell = cells[i];
    if (column !== undefined && cell !== undefined && cell !== '') said[column] = cell;
  }
  // A table of names alone: the name is where SSH goes.
  const target = targetOf(said.address ?? said.name ?? '');
  return target === null
    ? said
    : { ...said, ...target, ...(said.user === undefined ? {} : { user: said.user }) };
}

/** `docker01 ansible_host=10.0.0.1 ansible_port=22`. */
function fromPairs(words: readonly string[]): Said {
  const said: Said = {};
  for (const word of words) {
    const [key = '', ...value] = word.split('=');
    const column = value.length === 0 ? undefined : columnOf(key);
    if (column !== undefined) said[column] = value.join('=').replace(/^["']|["']$/g, '');
  }
  const [bare] = words.filter((word) => !word.includes('='));
  const target = targetOf(said.address ?? bare ?? '');
  return { ...(bare === undefined ? {} : { name: targetOf(bare)?.address ?? bare }), ...target, ...said };
}

/** `ssh -p 2222 root@10.0.0.1`. */
function fromCommand(words: readonly string[]): Said {
  const said: Said = {};
  const option: Readonly<Record<string, keyof Said>> = { '-p': 'port', '-l': 'user', '-i': 'identity' };
  for (let i = 1; i < words.length; i++) {
    const word = words[i] ?? '';
    const field = option[word];
    if (field !== undefined) said[field] = words[++i] ?? '';
    else if (!word.startsWith('-')) Object.assign(said, targetOf(word) ?? { address: word });
  }
  return said;
}

function fromWords(words: readonly string[], separated: boolean): Said {
  const at = addressAt(words);
  const target = targetOf(words[at] ?? '');
  const others = words.filter((word, i) => i !== at && word !== '');
  const port = others.find((word, i) => /^\d+$/.test(word) && (i > 0 || separated));
  const [name, user] = others.filter((word) => word !== port);
  return {
    address: words[at] ?? '',
    ...(port === undefined ? {} : { port }),
    ...(name === undefined ? {} : { name }),
    // The other words of /etc/hosts are more names.
    ...(user === undefined || !separated ? {} : { user }),
    ...target,
  };
}

function judge(said: Said): PasteProblem | null {
  const { address = '', user, port, name } = said;
  if (!isIpAddress(address) && !isHostName(address)) return 'address';
  if (isLoopback(address) || /^(localhost|broadcasthost)(\.|$)/i.test(address)) return 'loopback';
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535))
    return 'port';
  if (user !== undefined && !USER.test(user)) return 'user';
  return name !== undefined && !NAME.test(name) ? 'name' : null;
}

function nameFor({ name, address = '' }: Said, names: ReadonlySet<string | undefined>): string {
  const first = isIpAddress(address) ? undefined : address.split('.')[0];
  const wanted = name ?? (first !== undefined && NAME.test(first) ? first : undefined);
  if (wanted === undefined) return freeName('docker', names, 2);
  return names.has(wanted) ? freeName(`${wanted.slice(0, 58)}-`, names) : wanted;
}

const spot = (address: string, port: string | number | undefined): string =>
  `${canonicalAddress(address)} ${port ?? 22}`;

/**
 * Reads a list: `root@192.0.2.1:22 docker01`, `192.0.2.2`, `docker03 192.0.2.3`, `name,address,user,port` with or
 * without a head, /etc/hosts, an Ansible inventory, ssh command lines. Comments and empty lines are passed over; a line
 * that is none of these says why.
 */
export function parsePasted(text: string, present: Present): PastedLine[] {
  const names = new Set(present.names);
  const known = new Set(present.addresses.flatMap((address) => (address ? [canonicalAddress(address)] : [])));
  const seen = new Set<string>();
  let columns: Columns | null = null;
  const lines = text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  return lines.slice(0, MOST).flatMap((raw, index): PastedLine[] => {
    const line = index + 1;
    const content = raw.replace(/(^|\s)[#].*$/, '').trim();
    // [servers], [servers:vars]: the groups of an inventory.
    if (content === '' || (/^\[[^\]]*\]$/.test(content) && targetOf(content) === null)) return [];
    const separated = /[,;\t]/.test(content);
    const words = content
      .split(separated ? /\s*[,;\t]\s*/ : /\s+/)
      .map((word) => word.replace(/^"(.*)"$/, '$1').trim());
    const head = headOf(words);
    if (head !== null) {
      columns = head;
      return [];
    }
    const said =
      columns !== null && separated
        ? fromTable(words, columns)
        : words[0] === 'ssh' && words.length > 1
          ? fromCommand(words)
          : words.some((word) => columnOf(word.split('=')[0] ?? '') !== undefined && word.includes('='))
            ? fromPairs(words)
            : fromWords(words, separated);
    const problem = judge(said);
    if (problem !== null) return [{ line, text: content, problem }];
    const { address = '', user, port, identity } = said;
    if (known.has(canonicalAddress(address))) return [{ line, text: content, problem: 'known' }];
    if (seen.has(spot(address, port))) return [{ line, text: content, problem: 'duplicate' }];
    seen.add(spot(address, port));
    const name = nameFor(said, names);
    names.add(name);
    const host: HostFields = {
      name,
      address,
      ...(user === undefined ? {} : { user }),
      ...(port === undefined || port === '22' ? {} : { port: Number(port) }),
      ...(identity === undefined || identity === '' ? {} : { identity }),
    };
    return [{ line, host }];
  });
}
