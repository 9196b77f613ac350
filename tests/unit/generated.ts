/**
 * Set-up of the unit tests: how much input a property is tried with.
 * The same few each time, so that a run is quick and no result depends on luck; `npm run test:generated` tries
 * thousands of others. RAFTYARD_GENERATED_RUNS and RAFTYARD_GENERATED_SEED set both by hand.
 */
import fc from 'fast-check';
import { vi } from 'vitest';

const many = import.meta.env.MODE === 'generated';

/** A whole number from the environment. @throws Error where it holds anything else */
function whole(variable: string, otherwise: number): number {
  const text = process.env[variable];
  if (text === undefined || text === '') return otherwise;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${variable} is a whole number from 1, not ${text}`);
  return Number(text);
}

/** Runs of a property in `npm test`, and in `npm run test:generated`. */
const RUNS = whole('RAFTYARD_GENERATED_RUNS', many ? 2000 : 60);
const SEED = whole('RAFTYARD_GENERATED_SEED', many ? 1 + Math.floor(Math.random() * 999_999_999) : 14);

/**
 * Fewer or more runs than other properties have, as what one run costs.
 * @param share of the usual number, for example 0.2 where each run starts a program
 * @returns a whole number, at least 1
 */
export const runs = (share: number): number => Math.max(1, Math.round(RUNS * share));

fc.configureGlobal({ numRuns: RUNS, seed: SEED });
// A failure names its seed as well; this is for whoever looks at a run that ends in another way.
if (many) console.log(`${RUNS} runs of each property, RAFTYARD_GENERATED_SEED=${SEED}`);
if (RUNS > 200) vi.setConfig({ testTimeout: 60 * 60_000 });
