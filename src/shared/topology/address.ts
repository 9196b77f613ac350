/** IP addresses and host names, without Node: what they are, and when two are the same. */

function parseV4(text: string): number[] | undefined {
  const parts = text.split('.');
  if (parts.length !== 4) return undefined;
  const bytes: number[] = [];
  for (const part of parts) {
    // A leading zero is octal to some programs and decimal to others: refused by Go as well.
    if (!/^(0|[1-9][0-9]{0,2})$/.test(part)) return undefined;
    const byte = Number(part);
    if (byte > 255) return undefined;
    bytes.push(byte);
  }
  return bytes;
}

function parseGroups(text: string): number[] | undefined {
  if (text === '') return [];
  const groups: number[] = [];
  const parts = text.split(':');
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const v4 = index === parts.length - 1 ? parseV4(part) : undefined;
      if (v4 === undefined) return undefined;
      const [a = 0, b = 0, c = 0, d = 0] = v4;
      groups.push(a * 256 + b, c * 256 + d);
    } else {
      if (!/^[0-9a-fA-F]{1,4}$/.test(part)) return undefined;
      groups.push(Number.parseInt(part, 16));
    }
  }
  return groups;
}

function parseV6(text: string): number[] | undefined {
  if (text.length > 45 || !text.includes(':')) return undefined;
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const head = parseGroups(halves[0] ?? '');
  const tail = halves.length === 2 ? parseGroups(halves[1] ?? '') : [];
  if (head === undefined || tail === undefined) return undefined;
  // An IPv4 tail may only stand at the very end of the address.
  if (halves.length === 2 && (halves[0] ?? '').includes('.')) return undefined;
  const missing = 8 - head.length - tail.length;
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  return [...head, ...Array.from({ length: missing }, () => 0), ...tail];
}

/** An IP address as numbers: 4 bytes or 8 groups of 16 bits. An IPv4-mapped address counts as IPv4. */
function parse(text: string): { v4: number[] } | { v6: number[] } | undefined {
  const v4 = parseV4(text);
  if (v4 !== undefined) return { v4 };
  const v6 = parseV6(text);
  if (v6 === undefined) return undefined;
  const [, , , , , mark, high = 0, low = 0] = v6;
  if (v6.slice(0, 5).every((g) => g === 0) && mark === 0xffff) {
    return { v4: [high >> 8, high & 255, low >> 8, low & 255] };
  }
  return { v6 };
}

/** 4, 6, or undefined for text that is no IP address (a zone such as `%eth0` makes it none). */
export function ipFamily(text: string): 4 | 6 | undefined {
  const ip = parse(text);
  return ip === undefined ? undefined : 'v4' in ip ? 4 : 6;
}

/** Whether a text is an IPv4 or IPv6 address. */
export function isIpAddress(text: string): boolean {
  return parse(text) !== undefined;
}

/** `0.0.0.0` or `::`. */
export function isUnspecified(text: string): boolean {
  const ip = parse(text);
  return ip !== undefined && ('v4' in ip ? ip.v4 : ip.v6).every((part) => part === 0);
}

/** `127.0.0.0/8` or `::1`. */
export function isLoopback(text: string): boolean {
  const ip = parse(text);
  if (ip === undefined) return false;
  if ('v4' in ip) return ip.v4[0] === 127;
  return ip.v6.every((part, i) => part === (i === 7 ? 1 : 0));
}

/** Multicast and the IPv4 broadcast address: no single host has them. */
export function isNotOneHost(text: string): boolean {
  const ip = parse(text);
  if (ip === undefined) return false;
  if ('v6' in ip) return (ip.v6[0] ?? 0) >> 8 === 0xff;
  return (ip.v4[0] ?? 0) >= 224;
}

/** The same text for the same address, however it was written; host names in lower case. */
export function canonicalAddress(text: string): string {
  const ip = parse(text);
  if (ip === undefined) return text.toLowerCase().replace(/\.$/, '');
  return 'v4' in ip ? ip.v4.join('.') : ip.v6.map((g) => g.toString(16)).join(':');
}

/**
 * Whether a text is a host name after RFC 1123: labels of letters, digits and inner dashes, at most 63
 * each and 253 in all. A last label of digits alone is a mistyped IP address, not a name.
 */
export function isHostName(text: string): boolean {
  const name = text.endsWith('.') ? text.slice(0, -1) : text;
  if (name === '' || name.length > 253) return false;
  const labels = name.split('.');
  if (!labels.every((l) => /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(l))) return false;
  return !/^[0-9]+$/.test(labels.at(-1) ?? '');
}
