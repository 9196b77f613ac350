/** Free subnets for ranges, in 198.18.0.0/15: reserved for benchmarking (RFC 2544), so on nobody's LAN. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';

const FIRST = 198 * 2 ** 24 + 18 * 2 ** 16;
/** 512 networks of 256 addresses. */
const COUNT = 512;

export interface Block {
  /** First address as a number. */
  readonly start: number;
  readonly size: number;
}

/** `10.0.0.1` as a number; null when it is none. */
export function addressNumber(text: string): number | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let value = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return null;
    value = value * 256 + Number(part);
  }
  return value;
}

export function addressText(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** `198.18.4.7/24` as the block it lies in; null for anything that is not IPv4. */
export function parseBlock(cidr: string): Block | null {
  const [address = '', bits = '32'] = cidr.split('/');
  const value = addressNumber(address);
  if (value === null || !/^\d{1,2}$/.test(bits) || Number(bits) > 32) return null;
  const size = 2 ** (32 - Number(bits));
  return { start: value - (value % size), size };
}

const overlap = (a: Block, b: Block) => a.start < b.start + b.size && b.start < a.start + a.size;

/**
 * The first free /24 at or after a place given by the name, so that ranges spread out.
 * A default route (0.0.0.0/0) uses nothing.
 * @returns the network in CIDR form; null when all 512 are in use
 */
export function freeSubnet(name: string, used: readonly Block[]): string | null {
  const taken = used.filter((block) => block.size < 2 ** 32);
  const first = createHash('sha256').update(name).digest().readUInt16BE(0) % COUNT;
  for (let i = 0; i < COUNT; i++) {
    const block = { start: FIRST + ((first + i) % COUNT) * 256, size: 256 };
    if (!taken.some((other) => overlap(block, other))) return `${addressText(block.start)}/24`;
  }
  return null;
}

/** Address of host `index` (0-based) in a /24: .11, .12, … leaving room for the gateway. */
export function hostAddress(subnet: string, index: number): string {
  const block = parseBlock(subnet);
  if (block === null) throw new RangeError(`not a subnet: ${subnet}`);
  return addressText(block.start + 11 + index);
}

/** Linux' /proc/net/route: hexadecimal, in the byte order of the machine. */
export function parseRoutes(text: string, littleEndian: boolean): Block[] {
  const number = (hex: string): number | null => {
    if (!/^[0-9A-Fa-f]{8}$/.test(hex)) return null;
    const bytes = Buffer.from(hex, 'hex');
    return littleEndian ? bytes.readUInt32LE(0) : bytes.readUInt32BE(0);
  };
  const blocks: Block[] = [];
  for (const line of text.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    const start = number(fields[1] ?? '');
    const mask = number(fields[7] ?? '');
    if (start !== null && mask !== null) blocks.push({ start, size: 2 ** 32 - mask });
  }
  return blocks;
}

/** What this computer's interfaces and routes use now. */
export async function localBlocks(): Promise<Block[]> {
  const blocks: Block[] = [];
  for (const list of Object.values(networkInterfaces())) {
    for (const entry of list ?? []) {
      const block = entry.family === 'IPv4' && entry.cidr !== null ? parseBlock(entry.cidr) : null;
      if (block !== null) blocks.push(block);
    }
  }
  const routes = await readFile('/proc/net/route', 'utf8').catch(() => '');
  const littleEndian = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;
  return [...blocks, ...parseRoutes(routes, littleEndian)];
}
