#!/usr/bin/env node
/**
 * npm run test:repeat -- N: the complete tests N times, one after the other. Each run adds a line of JSON to
 * test-times.jsonl: its commit, its parts with their times, what failed, and what needed a second try.
 */
import { join } from 'node:path';
import { heading, main, root, run, Stop } from './lib/run.mjs';

const file = join(root, 'test-times.jsonl');

await main(async () => {
  const times = Number(process.argv[2] ?? '3');
  if (!Number.isInteger(times) || times < 1)
    throw new Stop('How often? For example: npm run test:repeat -- 3');
  let worst = 0;
  for (let turn = 1; turn <= times; turn++) {
    heading(`Run ${turn} of ${times}`);
    const env = { ...process.env, RAFTYARD_TEST_TIMES: file };
    const code = await run(process.execPath, [join(root, 'scripts', 'test.mjs'), '--all'], { env });
    if (code === 130) throw new Stop('Cancelled.');
    worst = Math.max(worst, code);
  }
  console.log(`The times of these runs are in ${file}.`);
  return worst;
});
