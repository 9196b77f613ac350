/** A datacenter's keys and values, read-only. */
import type { KvListing, KvValue } from '../../../shared/ipc/types.js';
import type { Topology } from '../../../shared/topology/types.js';
import { askAgent, elsewhere, pathTo, type Whom } from '../ask.js';
import type { NodeContext } from './container.js';

/** Consul's own limit of a value (https://developer.hashicorp.com/consul/api-docs/kv). */
const MOST_BYTES = 512 * 1024;
const MOST_KEYS = 5000;

/** A datacenter's own servers, or one agent of any datacenter, whose servers pass the question on. */
const whom = (datacenter: string, through: string | undefined): Whom =>
  through === undefined ? { datacenter } : { node: through };

/**
 * Keys below a prefix, one level: deeper ones show as folders that end with `/`. At most 5,000.
 * From any server, with or without a leader (https://developer.hashicorp.com/consul/api-docs/kv); of another datacenter
 * than the asked agent's, from its leader.
 * @param through node whose agent is asked; a server of the datacenter by default
 * @throws RaftyardError usage, consul-api, and what connecting throws
 */
export async function readKv(
  topology: Topology,
  datacenter: string,
  prefix: string,
  context: NodeContext,
  through?: string,
): Promise<KvListing> {
  return await askAgent(topology, whom(datacenter, through), context, async (asked) => {
    const [keys, path] = await Promise.all([
      asked.api.kvKeys(prefix, elsewhere(asked, datacenter)),
      pathTo(topology, asked, datacenter),
    ]);
    return { prefix, keys: keys.slice(0, MOST_KEYS), truncated: keys.length > MOST_KEYS, path };
  });
}

/** null where the bytes are no UTF-8. */
function utf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/**
 * A key's value, cut at 512 KiB (then `truncated`); null when there is no such key.
 * @throws RaftyardError usage, consul-api, and what connecting throws
 */
export async function readKvValue(
  topology: Topology,
  datacenter: string,
  key: string,
  context: NodeContext,
  through?: string,
): Promise<KvValue | null> {
  const entry = await askAgent(topology, whom(datacenter, through), context, (asked) =>
    asked.api.kvRead(key, elsewhere(asked, datacenter)),
  );
  if (entry === null) return null;
  const whole = Buffer.from(entry.base64, 'base64');
  const bytes = whole.subarray(0, MOST_BYTES);
  const truncated = whole.length > MOST_BYTES;
  return {
    key,
    // Cut in the middle of a character, it would be no text.
    text: truncated ? (utf8(whole) === null ? null : bytes.toString('utf8')) : utf8(bytes),
    base64: bytes.toString('base64'),
    bytes: whole.length,
    truncated,
    modifyIndex: entry.modifyIndex,
    flags: entry.flags,
  };
}
