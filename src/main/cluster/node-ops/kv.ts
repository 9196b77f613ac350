/** A datacenter's keys and values, read-only. */
import { RaftyardError } from '../../../shared/errors.js';
import type { KvListing, KvValue } from '../../../shared/ipc/types.js';
import { allNodes } from '../../../shared/topology/index.js';
import type { Topology } from '../../../shared/topology/types.js';
import { type ConsulApi, consulApi } from '../../consul/client.js';
import { type NodeContext, onHostOf } from './container.js';

const API_PORT = 8500;
/** Consul's own limit of a value (https://developer.hashicorp.com/consul/api-docs/kv). */
const MOST_BYTES = 512 * 1024;
const MOST_KEYS = 5000;

/** Asks the first server of the datacenter that answers; clients only where it has no server. */
async function askDatacenter<T>(
  topology: Topology,
  datacenter: string,
  context: NodeContext,
  question: (api: ConsulApi) => Promise<T>,
): Promise<T> {
  const places = allNodes(topology).filter((entry) => entry.datacenter.name === datacenter);
  const servers = places.filter((entry) => entry.node.role === 'server');
  let last: unknown = new RaftyardError('usage', `there is no datacenter ${datacenter} in the document`);
  for (const { node, host } of servers.length > 0 ? servers : places) {
    try {
      return await onHostOf(host, context, (connection) =>
        question(
          consulApi(connection, API_PORT, {
            container: node.container,
            ...(context.signal === undefined ? {} : { signal: context.signal }),
          }),
        ),
      );
    } catch (error) {
      // An answer that says no is one: another server would say the same.
      const final = !(error instanceof RaftyardError) || (error.code === 'consul-api' && !error.retryable);
      if (final || context.signal?.aborted === true) throw error;
      last = error;
    }
  }
  throw last;
}

/**
 * Keys below a prefix, one level: deeper ones show as folders that end with `/`. At most 5,000.
 * From any server, with or without a leader (https://developer.hashicorp.com/consul/api-docs/kv).
 * @throws RaftyardError usage, consul-api, and what connecting throws
 */
export async function readKv(
  topology: Topology,
  datacenter: string,
  prefix: string,
  context: NodeContext,
): Promise<KvListing> {
  const keys = await askDatacenter(topology, datacenter, context, (api) => api.kvKeys(prefix));
  return { prefix, keys: keys.slice(0, MOST_KEYS), truncated: keys.length > MOST_KEYS };
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
): Promise<KvValue | null> {
  const entry = await askDatacenter(topology, datacenter, context, (api) => api.kvRead(key));
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
