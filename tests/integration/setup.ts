import type { TestProject } from 'vitest/node';
import { type RangeStatus, rangeDown, rangeUp } from '../../src/main/range/index.js';
import { RaftyardError } from '../../src/shared/errors.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The range of three hosts that all integration tests share. */
    range: RangeStatus;
  }
}

/** Another name where two runs share a computer. */
const NAME = process.env['RAFTYARD_TEST_RANGE'] ?? 'test';

/** Brings the shared range up once; RAFTYARD_KEEP_RANGE=1 leaves it for the next run. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let last = '';
  try {
    const status = await rangeUp({
      name: NAME,
      hosts: 3,
      onProgress: ({ title, detail }) => {
        const line = title === last ? null : `range: ${title}${detail === undefined ? '' : ` – ${detail}`}\n`;
        last = title;
        if (line !== null) process.stdout.write(line);
      },
    });
    project.provide('range', status);
  } catch (error) {
    if (!(error instanceof RaftyardError)) throw error;
    // Without the stack of the class: what to install is all that matters here.
    process.stderr.write(`\n${error.message}\n${error.hint ?? ''}\n`);
    throw error;
  }
  return async () => {
    if (process.env['RAFTYARD_KEEP_RANGE'] !== '1') await rangeDown(NAME);
  };
}
