/**
 * Set-up of the unit tests: how much input a property is tried with.
 * The same few each time, so that a run is quick and no result depends on luck; `npm run test:generated` tries
 * thousands of others (generated.env).
 */
import fc from 'fast-check';
import { vi } from 'vitest';

/** A whole number from the environment. @throws Error where it holds anything else */
function whole(variable: string, otherwise: number): number {
  const text = process.env[variable];
  if (text === undefined || text === '') return otherwise;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`${variable} is a whole number from 1, not ${text}`);
  return Number(text);
}

const RUNS = whole('RAFTYARD_GENERATED_RUNS', 60);

/**
 * Fewer or more runs than other properties have, as what one run costs.
 * @param share of the usual number, for example 0.2 where each run starts a program
 * @returns a whole number, at least 1
 */
export const runs = (share: number): number => Math.max(1, Math.round(RUNS * share));

// A failure names the seed that it had.
const seed =
  process.env['RAFTYARD_GENERATED_SEED'] === 'new' ? {} : { seed: whole('RAFTYARD_GENERATED_SEED', 14) };
fc.configureGlobal({ numRuns: RUNS, ...seed });
if (RUNS > 200) vi.setConfig({ testTimeout: 60 * 60_000 });
