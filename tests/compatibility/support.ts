/** What the compatibility stories share: bare hosts before and after, and a cluster in the form that a story begins with. */
import { afterAll, beforeAll } from 'vitest';
import { NOT_SECURED } from '../../src/shared/topology/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { bareHosts, rangeDocument } from '../integration/support.js';
import { ClusterLife } from '../story/cluster-life.js';

export { NOT_SECURED };

/**
 * A cluster for the tests of a file; raised before them unless `raise` is false.
 * @param change what its document has other than the range's own
 */
export function cluster({ raise = true, ...change }: Partial<Topology> & { raise?: boolean } = {}): {
  readonly life: ClusterLife;
} {
  let life: ClusterLife | undefined;
  beforeAll(async () => {
    const plain = await rangeDocument(change);
    await bareHosts(plain);
    life = new ClusterLife(plain);
    if (raise) await life.apply();
  });
  afterAll(async () => {
    if (life !== undefined) await bareHosts(life.plain);
  });
  return {
    get life() {
      if (life === undefined) throw new Error('the hosts could not be made ready');
      return life;
    },
  };
}
