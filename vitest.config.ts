import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { hasDisplay } from './scripts/lib/display.mjs';

/**
 * Real hosts and windows on a busy machine: a test is tried a second time, and `npm test` names each that needed it.
 * Unit tests get no second try.
 */
const RETRIES = 1;

/** Files on practice hosts that run at a time, each on a range of its own; they wait more than they compute. */
const LANES = Number(process.env['RAFTYARD_TEST_LANES'] ?? '1');

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['tests/unit/**/*.test.ts'],
          globalSetup: ['tests/temporary.ts'],
          setupFiles: ['tests/unit/generated.ts'],
          isolate: false,
          // Vitest leaves one core alone, of two as of many.
          maxWorkers: availableParallelism(),
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'story',
          include: ['tests/story/**/*.test.ts'],
          globalSetup: ['tests/temporary.ts', 'tests/e2e/setup.ts'],
          // One range, one screen.
          fileParallelism: false,
          retry: RETRIES,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'compatibility',
          include: ['tests/compatibility/**/*.test.ts'],
          globalSetup: ['tests/temporary.ts', 'tests/integration/setup.ts'],
          fileParallelism: false,
          // What passes only now and then is not compatible.
          retry: 0,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/e2e/**/*.test.ts'],
          globalSetup: ['tests/temporary.ts', 'tests/e2e/setup.ts'],
          // Each lane has a range and a screen of its own; a person's own screen is one.
          maxWorkers: hasDisplay() ? 1 : LANES,
          retry: RETRIES,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
      {
        test: {
          name: 'packaging',
          include: ['tests/packaging/**/*.test.ts'],
          globalSetup: ['tests/temporary.ts', 'tests/packaging/setup.ts'],
          fileParallelism: false,
          retry: RETRIES,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['tests/integration/**/*.test.ts'],
          globalSetup: ['tests/temporary.ts', 'tests/integration/setup.ts'],
          // Hosts that tests break on purpose: no two files share a range.
          maxWorkers: LANES,
          retry: RETRIES,
          testTimeout: 180_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
