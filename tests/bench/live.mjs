#!/usr/bin/env node
/**
 * node tests/bench/live.mjs [--rounds N] [--range NAME] [--keep] [--built]: kills the leader again and again, and measures how
 * long after the first surviving server's /v1/status/leader changed the live view shows it. Exit code 1 when the target
 * (p95 at most 300 ms) is missed. `--built`: dist is up to date, no set-up.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { heading, main, root, Stop } from '../../scripts/lib/run.mjs';
import { setUp } from '../../scripts/lib/setup.mjs';
import { measureLive, percentile, TARGET_MS } from './lib/live.mjs';

function options() {
  try {
    const { values } = parseArgs({
      options: {
        rounds: { type: 'string', default: '10' },
        range: { type: 'string', default: 'bench-live' },
        keep: { type: 'boolean', default: false },
        built: { type: 'boolean', default: false },
      },
    });
    if (!/^[1-9]\d{0,2}$/.test(values.rounds)) throw new Error('--rounds is a whole number from 1');
    return { ...values, rounds: Number(values.rounds) };
  } catch (error) {
    throw new Stop(
      `${error.message}\nUsage: node tests/bench/live.mjs [--rounds N] [--range NAME] [--keep] [--built]`,
    );
  }
}

await main(async () => {
  const { rounds, range: name, keep, built } = options();
  if (!built) {
    heading('Set-up');
    await setUp();
  }
  const { rangeUp, rangeDown } = await import(join(root, 'dist', 'main', 'range', 'index.js'));
  const folder = mkdtempSync(join(tmpdir(), 'raftyard-bench-live-'));
  try {
    const range = await rangeUp({ name, hosts: 3, onProgress: ({ title }) => console.log(title) });
    heading(`The leader is killed, ${rounds} times`);
    const delays = (await measureLive(rounds, range, folder)).map((result) => result.delay);
    const p95 = percentile(delays, 0.95);
    console.log(
      `p50 ${percentile(delays, 0.5).toFixed(0)} ms, p95 ${p95.toFixed(0)} ms, worst ${Math.max(...delays).toFixed(0)} ms; ` +
        `target: p95 at most ${TARGET_MS} ms, ${p95 <= TARGET_MS ? 'met' : 'MISSED'}`,
    );
    return p95 <= TARGET_MS ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
    if (!keep) await rangeDown(name);
  }
});
