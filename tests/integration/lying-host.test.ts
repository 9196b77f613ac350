/** A host on which somebody else is root, and answers in place of Docker and Consul: the commands end, clean and small. */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { serialiseTopology } from '../../src/shared/topology/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { temporaryFolder } from '../temporary.js';
import { honest, LIAR, lie } from './liar.js';
import { bareHosts, rangeDocument, rootScript, withoutSharedConnections } from './support.js';

withoutSharedConnections();

const MOST_MEMORY_MB = 500;
const folder = temporaryFolder('raftyard-lying-');
let topology: Topology;
let document = '';

interface Ran {
  readonly code: number;
  readonly said: string;
  readonly memoryMb: number;
  readonly seconds: number;
}

/** The command as a user runs it, with the most memory that it ever had. */
async function raftyard(...args: string[]): Promise<Ran> {
  const began = Date.now();
  const child = spawn(process.execPath, ['bin/raftyard.js', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let memoryMb = 0;
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  const timer = setInterval(() => {
    try {
      const most = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1];
      memoryMb = Math.max(memoryMb, Number(most ?? 0) / 1024);
    } catch {
      // It has ended.
    }
  }, 50);
  const code = await new Promise<number>((resolve) => child.on('close', (result) => resolve(result ?? -1)));
  clearInterval(timer);
  return { code, said, memoryMb, seconds: (Date.now() - began) / 1000 };
}

/** Nothing that steers a terminal, turns text around, or is anything but text. */
function isClean(said: string): void {
  // Line ends are the only control characters; without a terminal nothing is coloured.
  expect(said).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]/u);
}

beforeAll(async () => {
  topology = await rangeDocument();
  await bareHosts(topology);
  document = join(folder, 'lying.raftyard');
  writeFileSync(document, serialiseTopology(topology));
});
afterAll(async () => {
  await honest(topology);
  await bareHosts(topology);
});

describe('a host that lies', () => {
  describe.each(['markup', 'names', 'wrong', 'long', 'endless'])('with answers that are %s', (mode) => {
    beforeEach(() => lie(topology, mode));

    it('is named by plan and status, which end soon, need little memory, and say only text', async () => {
      for (const command of ['plan', 'status']) {
        const ran = await raftyard(command, document);
        expect(ran.memoryMb, command).toBeLessThan(MOST_MEMORY_MB);
        expect(ran.seconds, command).toBeLessThan(60);
        expect(ran.code, ran.said).toBeLessThan(2);
        expect(ran.said.length).toBeLessThan(100_000);
        expect(ran.said).toMatch(command === 'plan' ? LIAR : /problem: node1|no agent answers/);
        isClean(ran.said);
      }
      const applied = await raftyard('apply', document, '--yes');
      expect(applied.code, applied.said).toBe(1);
      isClean(applied.said);
      expect(await rootScript(topology, LIAR, 'ls /tmp/pwned 2>/dev/null || echo nothing')).toBe('nothing');
    });
  });

  it('with no answer at all is given up in time, by name', async () => {
    await lie(topology, 'silent');
    const ran = await raftyard('plan', document);
    expect(ran.seconds).toBeLessThan(60);
    expect(ran.said).toMatch(new RegExp(`${LIAR}\\n.*\\n.*Docker did not answer`));
  });
});
