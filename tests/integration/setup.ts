import type { TestProject } from 'vitest/node';
import { type RangeStatus, rangeDown, rangeUp } from '../../src/main/range/index.js';
import { RaftyardError } from '../../src/shared/errors.js';
import { givenConsul } from './given.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Ranges of three hosts, one for each test file that runs at a time. */
    ranges: readonly RangeStatus[];
  }
}

/** Another name where two runs share a computer. */
const NAME = process.env['RAFTYARD_TEST_RANGE'] ?? 'test';

/** The names of the ranges that so many lanes need. */
const rangeNames = (lanes: number): string[] =>
  Array.from({ length: lanes }, (_, lane) => (lane === 0 ? NAME : `${NAME}-${lane + 1}`));

async function up(name: string): Promise<RangeStatus> {
  let last = '';
  return await rangeUp({
    name,
    hosts: 3,
    consul: givenConsul(),
    onProgress: ({ title, detail }) => {
      const line = title === last ? null : `${name}: ${title}${detail === undefined ? '' : ` – ${detail}`}\n`;
      last = title;
      if (line !== null) process.stdout.write(line);
    },
  });
}

/** Brings the ranges up once; RAFTYARD_KEEP_RANGE=1 leaves them for the next run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const names = rangeNames(project.config.maxWorkers);
  try {
    const ranges: RangeStatus[] = [];
    for (const name of names) ranges.push(await up(name));
    project.provide('ranges', ranges);
  } catch (error) {
    if (!(error instanceof RaftyardError)) throw error;
    // Without the stack of the class: what to install is all that matters here.
    process.stderr.write(`\n${error.message}\n${error.hint ?? ''}\n`);
    throw error;
  }
  return async () => {
    if (process.env['RAFTYARD_KEEP_RANGE'] === '1') return;
    for (const name of names) await rangeDown(name);
  };
}
