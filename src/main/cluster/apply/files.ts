import { dirname } from 'node:path/posix';
import { RaftyardError } from '../../../shared/errors.js';
import type { HostState } from '../../../shared/plan/facts.js';
import type { HostConnection } from '../../host/types.js';
import { sha256 } from '../sha256.js';
import type { Action, StepContext } from './context.js';
import type { StepResult } from './scheduler.js';

/** Runs a command as root that must succeed. @throws RaftyardError command-failed */
export async function must(connection: HostConnection, argv: readonly string[]): Promise<void> {
  const result = await connection.exec(argv, { root: true });
  if (result.code === 0) return;
  throw new RaftyardError('command-failed', `${argv[0]}: ${result.stderr.trim() || `exit ${result.code}`}`, {
    host: connection.host.name,
  });
}

export async function writeDirectory(
  action: Action<'directory'>,
  { connection }: StepContext,
): Promise<StepResult> {
  await must(connection, ['install', '-d', '-m', action.mode.toString(8), action.path]);
  return 'done';
}

export async function writeFileStep(
  action: Action<'file'>,
  { connection, cutOff }: StepContext,
): Promise<StepResult> {
  await connection.writeFile(action.path, action.content, action.mode, { parents: true, signal: cutOff });
  return 'done';
}

/** Adds the times and keeps `since`: the first record is the one that says what was there before. */
export async function writeRecord(action: Action<'record'>, context: StepContext): Promise<StepResult> {
  const { connection, planId, cutOff } = context;
  const now = new Date().toISOString();
  let since = now;
  const previous = await connection.readFile(action.statePath);
  if (previous !== null) {
    try {
      const value = JSON.parse(previous.toString('utf8')) as { since?: unknown };
      if (typeof value.since === 'string') since = value.since;
    } catch {
      // A broken state file is replaced; preflight already treated it as absent.
    }
  }
  const state: HostState = { ...action.state, since, updated: now, lastPlan: planId };
  const directory = dirname(action.statePath);
  await must(connection, ['install', '-d', '-m', '755', dirname(directory), directory]);
  await connection.writeFile(action.statePath, `${JSON.stringify(state, null, 2)}\n`, 0o644, {
    signal: cutOff,
  });
  return 'done';
}

/** Removes only what still is as we left it; a directory only when nothing else is in it. */
export async function removeFile(
  action: Action<'file-remove'>,
  { connection }: StepContext,
): Promise<StepResult> {
  if (action.directory) {
    const result = await connection.exec(['rmdir', action.path], { root: true });
    return result.code === 0 ? 'done' : 'skipped';
  }
  if (action.sha256 !== undefined) {
    const content = await connection.readFile(action.path);
    if (content === null || sha256(content) !== action.sha256) return 'skipped';
  }
  await must(connection, ['rm', '-f', action.path]);
  return 'done';
}
