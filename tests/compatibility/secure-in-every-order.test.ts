import { describe } from 'vitest';
import { type Part, securedInTurn } from './orders.js';

/** The orders that secure-in-turn.test.ts leaves. */
const ORDERS: readonly (readonly Part[])[] = [
  ['gossip', 'acl', 'tls'],
  ['tls', 'gossip', 'acl'],
  ['tls', 'acl', 'gossip'],
  ['acl', 'gossip', 'tls'],
  ['acl', 'tls', 'gossip'],
];

describe.each(ORDERS.map((order) => [order.join(', '), order] as const))('in the order %s', (_, order) => {
  securedInTurn(order);
});
