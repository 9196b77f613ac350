import { spawnSync } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withLock } from '../../../src/main/range/lock.js';
import { temporaryFolder } from '../../temporary.js';

let file: string;
beforeEach(() => {
  file = join(temporaryFolder('raftyard-lock-'), 'sub', 'x.lock');
});
afterEach(() => rmSync(join(file, '..', '..'), { recursive: true, force: true }));

describe('withLock', () => {
  it('lets one in at a time', async () => {
    let inside = 0;
    let most = 0;
    const work = async () => {
      inside++;
      most = Math.max(most, inside);
      await sleep(30);
      inside--;
    };
    await Promise.all([1, 2, 3].map(() => withLock(file, work)));
    expect(most).toBe(1);
    expect(existsSync(file)).toBe(false);
  });

  it('is free again after a failure', async () => {
    await expect(withLock(file, () => Promise.reject(new Error('x')))).rejects.toThrow('x');
    expect(await withLock(file, () => Promise.resolve(7))).toBe(7);
  });

  it('takes over from a process that is gone', async () => {
    await withLock(file, () => Promise.resolve());
    const gone = spawnSync(process.execPath, ['-e', '']).pid;
    writeFileSync(file, `${gone} 1\n`);
    expect(await withLock(file, () => Promise.resolve('in'), { timeoutMs: 2_000 })).toBe('in');
  });

  it('takes over where the process id now belongs to another process', async () => {
    await withLock(file, () => Promise.resolve());
    writeFileSync(file, `${process.pid} 1\n`); // our own id, another start time
    expect(await withLock(file, () => Promise.resolve('in'), { timeoutMs: 2_000 })).toBe('in');
  });

  it('says who is in the way when it waits in vain, and stops waiting when cancelled', async () => {
    await withLock(file, async () => {
      await expect(withLock(file, () => Promise.resolve(), { timeoutMs: 200 })).rejects.toMatchObject({
        code: 'lock-held',
      });
      const cancel = AbortSignal.timeout(100);
      await expect(withLock(file, () => Promise.resolve(), { signal: cancel })).rejects.toMatchObject({
        code: 'cancelled',
      });
    });
  });
});
