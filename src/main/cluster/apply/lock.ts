/** One lock a cluster and host, on the host: two people cannot change the same machine at the same time. */
import { hostname } from 'node:os';
import { RaftyardError } from '../../../shared/errors.js';
import { lockPath } from '../../../shared/plan/index.js';
import type { HostConnection } from '../../host/types.js';

// mkdir is atomic on every file system: it either makes the directory or fails.
const TAKE = `
if mkdir "$1" 2>/dev/null; then printf '%s' "$2" > "$1/holder"; echo taken
elif [ "$3" = break ]; then printf '%s' "$2" > "$1/holder"; echo taken
else echo held; cat "$1/holder" 2>/dev/null; fi`;

interface Holder {
  readonly who: string;
  readonly computer: string;
  readonly pid: number;
  readonly since: string;
}

function parseHolder(text: string): Holder | null {
  try {
    const value = JSON.parse(text) as Partial<Holder>;
    if (typeof value.who !== 'string' || typeof value.pid !== 'number') return null;
    return { who: value.who, computer: String(value.computer), pid: value.pid, since: String(value.since) };
  } catch {
    return null;
  }
}

function isDead(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

/**
 * Takes the lock; gives the function that releases it. A lock left by a dead process of this computer is taken over.
 * @throws RaftyardError lock-held, naming the holder.
 */
export async function takeLock(
  connection: HostConnection,
  clusterId: string,
  who: string,
  force: boolean,
): Promise<() => Promise<void>> {
  const path = lockPath(clusterId);
  const mine: Holder = { who, computer: hostname(), pid: process.pid, since: new Date().toISOString() };
  const attempt = async (mode: 'take' | 'break'): Promise<string> => {
    const result = await connection.script(TAKE, [path, JSON.stringify(mine), mode], { root: true });
    if (result.code !== 0)
      throw new RaftyardError('command-failed', `the lock ${path} cannot be taken: ${result.stderr.trim()}`, {
        host: connection.host.name,
      });
    return result.stdout;
  };
  let answer = await attempt(force ? 'break' : 'take');
  if (answer.startsWith('held')) {
    const holder = parseHolder(answer.slice('held'.length).trim());
    const ours = holder !== null && holder.computer === mine.computer && isDead(holder.pid);
    if (!ours)
      throw new RaftyardError(
        'lock-held',
        `${holder?.who ?? 'someone'} is changing this host since ${holder?.since ?? 'an unknown time'}`,
        {
          host: connection.host.name,
          hint: 'Wait until they are done, or break the lock on purpose with --break-lock.',
          retryable: true,
        },
      );
    answer = await attempt('break');
  }
  return async () => {
    await connection.exec(['rm', '-rf', path], { root: true });
  };
}
