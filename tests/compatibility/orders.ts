/** Securing a cluster one part after the other, in an order. */
import { it } from 'vitest';
import { cluster, NOT_SECURED } from './support.js';

export type Part = 'gossip' | 'tls' | 'acl';

/** Tests of one order: after each part the cluster is healthy, has its data, and a new plan has nothing to do. */
export function securedInTurn(parts: readonly Part[]): void {
  const on = cluster();
  it(`gets ${parts.join(', then ')}`, async () => {
    await on.life.putValue();
    let secure = NOT_SECURED;
    for (const part of parts) {
      secure = { ...secure, [part]: true };
      on.life.write({ secure });
      await on.life.apply();
      await on.life.valueKept();
      await on.life.nothingLeft();
    }
  }, 900_000);
}
