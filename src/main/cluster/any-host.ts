/** A question that any host of the document can answer. */
import { RaftyardError, toEnvelope } from '../../shared/errors.js';
import type { Host, Topology } from '../../shared/topology/types.js';
import type { HostConnection } from '../host/types.js';
import type { UseCaseContext } from './types.js';

/** The first answer; else what each host said. */
export type FromAny<T> = { readonly found: T; readonly host: string } | { readonly said: readonly string[] };

/**
 * Asks one host that has a node after another, until one can tell.
 * @param onRefused is told each host's words
 * @throws RaftyardError cancelled
 */
export async function askAnyHost<T>(
  topology: Topology,
  { connector, signal }: Pick<UseCaseContext, 'connector' | 'signal'>,
  question: (connection: HostConnection) => Promise<T>,
  onRefused: (words: string) => void = () => undefined,
): Promise<FromAny<T>> {
  const used = new Set(topology.datacenters.flatMap(({ nodes }) => nodes.map(({ host }) => host)));
  const said: string[] = [];
  for (const host of topology.hosts.filter(({ name }: Host) => used.has(name))) {
    try {
      const lease = await connector.connect(host, signal);
      try {
        return { found: await question(lease.connection), host: host.name };
      } finally {
        lease.release();
      }
    } catch (error) {
      if (signal?.aborted === true) throw new RaftyardError('cancelled', 'cancelled', { cause: error });
      const { message } = toEnvelope(error, host.name);
      onRefused(message);
      said.push(`${host.name}: ${message}`);
    }
  }
  return { said };
}
