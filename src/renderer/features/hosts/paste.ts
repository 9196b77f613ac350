/** Hosts from a pasted list, in the forms in which people have them. Pure. */
import { freeName, isHostName, isIpAddress } from '../../../shared/topology/index.js';

export interface PastedHost {
  readonly name: string;
  readonly address: string;
  readonly user?: string;
  readonly port?: number;
}
export type PastedLine =
  | { readonly line: number; readonly host: PastedHost }
  | { readonly line: number; readonly text: string; readonly problem: 'address' | 'port' | 'name' };

/** More than anyone manages by hand; the rest of a larger paste is left. */
export const MOST = 2000;

const TARGET = /^(?:([^@\s]+)@)?(?:\[([^\]]+)\]|([^:\s[\]]+|[0-9a-fA-F:]+:[0-9a-fA-F:]*))(?::(\d+))?$/;

interface Target {
  readonly address: string;
  readonly user: string | undefined;
  readonly port: string | undefined;
}

/** `user@address:port`, an IPv6 address in brackets or bare. */
function targetOf(word: string): Target | null {
  if (isIpAddress(word)) return { address: word, user: undefined, port: undefined };
  const match = TARGET.exec(word);
  if (match === null) return null;
  const [, user, bracketed, bare, port] = match;
  const address = bracketed ?? bare ?? '';
  return isIpAddress(address) || isHostName(address) ? { address, user, port } : null;
}

const isAddress = (word: string): boolean => {
  const target = targetOf(word);
  return target !== null && (word.includes('@') || isIpAddress(target.address));
};

/** Which of a line's words is the address: one that is an IP address or has a user, else the first. */
function addressAt(words: readonly string[]): number {
  return Math.max(0, words.findIndex(isAddress));
}

/**
 * Reads a list: `root@192.0.2.1:22 docker01`, `192.0.2.2`, `docker03 192.0.2.3`, `name,address,user,port`,
 * /etc/hosts. Comments and empty lines are passed over; a line that is none of these says why.
 *
 * @param taken names that are in use; hosts without a name get free ones
 */
export function parsePasted(text: string, taken: readonly (string | undefined)[]): PastedLine[] {
  const names = new Set(taken);
  const lines = text.split(/\r?\n/).slice(0, MOST);
  return lines.flatMap((raw, index): PastedLine[] => {
    const line = index + 1;
    const content = raw.replace(/(^|\s)#.*$/, '').trim();
    if (content === '' || /^name\s*,\s*address/i.test(content)) return [];
    const separated = /[,;\t]/.test(content);
    const words = content.split(separated ? /\s*[,;\t]\s*/ : /\s+/);
    const at = addressAt(words);
    const target = targetOf(words[at] ?? '');
    if (target === null) return [{ line, text: content, problem: 'address' }];
    const others = words.filter((word, i) => i !== at && word !== '');
    const port = target.port ?? others.find((word, i) => i > 0 && /^\d+$/.test(word));
    if (port !== undefined && !(Number(port) >= 1 && Number(port) <= 65_535))
      return [{ line, text: content, problem: 'port' }];
    const [given] = others.filter((word) => word !== port);
    const user = target.user ?? (separated ? others.filter((word) => word !== port)[1] : undefined);
    if (given !== undefined && !isHostName(given)) return [{ line, text: content, problem: 'name' }];
    const name =
      given === undefined || names.has(given)
        ? freeName(given ?? 'docker', names, given === undefined ? 2 : 1)
        : given;
    names.add(name);
    return [
      {
        line,
        host: {
          name,
          address: target.address,
          ...(user === undefined ? {} : { user }),
          ...(port === undefined || port === '22' ? {} : { port: Number(port) }),
        },
      },
    ];
  });
}
