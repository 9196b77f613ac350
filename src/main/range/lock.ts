import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RaftyardError } from '../../shared/errors.js';

/** Start time of a process in clock ticks (Linux), so that a reused process id is not taken for the holder. */
async function startTime(pid: number): Promise<string> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The command name, in parentheses, may hold spaces: count from the last parenthesis.
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}

async function holderIsGone(file: string): Promise<boolean> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch {
    return false; // released meanwhile: the next attempt finds out
  }
  const [pidText, started] = text.trim().split(' ');
  const pid = Number(pidText);
  if (!Number.isInteger(pid) || pid <= 0) {
    // Written but not filled yet, or its writer died in between.
    const age = Date.now() - (await stat(file).catch(() => ({ mtimeMs: Date.now() }))).mtimeMs;
    return age > 10_000;
  }
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
  const now = await startTime(pid);
  return started !== undefined && started !== '' && now !== '' && started !== now;
}

/**
 * Runs `work` while this process holds the lock file; waits for others, and takes over from a dead holder.
 * @param timeoutMs how long to wait for the lock
 * @throws RaftyardError lock-held, cancelled
 */
export async function withLock<T>(
  file: string,
  work: () => Promise<T>,
  options: { signal?: AbortSignal | undefined; timeoutMs?: number; onWait?: () => void } = {},
): Promise<T> {
  const { signal, timeoutMs = 20 * 60_000, onWait } = options;
  await mkdir(dirname(file), { recursive: true });
  const until = Date.now() + timeoutMs;
  let told = false;
  for (;;) {
    if (signal?.aborted) throw new RaftyardError('cancelled', 'Cancelled.');
    try {
      const handle = await open(file, 'wx');
      await handle.writeFile(`${process.pid} ${await startTime(process.pid)}\n`);
      await handle.close();
      break;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
        throw new RaftyardError('io', `Cannot write ${file}: ${(error as Error).message}`, { cause: error });
      }
    }
    if (await holderIsGone(file)) {
      // Renaming is atomic: of several waiters one removes the stale file, and never a fresh one by name.
      const stale = `${file}.stale-${process.pid}`;
      if (
        await rename(file, stale).then(
          () => true,
          () => false,
        )
      ) {
        await rm(stale, { force: true });
      }
      continue;
    }
    if (Date.now() > until) {
      throw new RaftyardError('lock-held', `Another Raftyard process holds ${file}.`, {
        hint: 'Wait for it to finish, or end it.',
        retryable: true,
      });
    }
    if (!told) onWait?.();
    told = true;
    await sleep(150);
  }
  try {
    return await work();
  } finally {
    await rm(file, { force: true });
  }
}
