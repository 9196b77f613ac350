/** The Consul that the tests run on, where somebody chose one: `npm run test:all -- --consul FILE`. */
import { delimiter } from 'node:path';

/** Files for `rangeUp`; empty: the range's own. */
export const givenConsul = (): string[] =>
  (process.env['RAFTYARD_TEST_CONSUL'] ?? '').split(delimiter).filter((file) => file !== '');
