/**
 * What the files of an agent's turn were before: an old container that is taken back starts with its old files. Kept in memory only,
 * since secrets are among them; an apply that is killed takes nothing back either.
 */
import type { StepAction } from '../../../shared/plan/types.js';
import type { FormerFile, StepContext } from './context.js';
import { must } from './files.js';

/** What a step writes or removes; undefined where that is no file. */
function pathOf(action: StepAction): string | undefined {
  if (action.kind === 'record') return action.statePath;
  return action.kind === 'file' || action.kind === 'secret-file' || action.kind === 'file-remove'
    ? action.path
    : undefined;
}

/** Keeps what a step of an agent's turn is going to write over, or to remove. */
export async function remember({ step, apply, connection }: StepContext): Promise<void> {
  const path = pathOf(step.action);
  if (path === undefined || step.turn === undefined || step.node === undefined) return;
  const files = apply.former.get(step.node) ?? new Map<string, FormerFile>();
  apply.former.set(step.node, files);
  if (files.has(path)) return;
  const content = await connection.readFile(path);
  if (content === null) {
    files.set(path, null);
    return;
  }
  const { stdout } = await connection.exec(['stat', '-c', '%a', path], { root: true });
  files.set(path, { content, mode: Number.parseInt(stdout, 8) });
}

/** The agent goes on with its new files. */
export const forget = ({ step, apply }: StepContext): boolean => apply.former.delete(step.node ?? '');

/**
 * Puts the files of the turn back, and what was recorded of them.
 * @throws RaftyardError with the first that could not be put back
 */
export async function putBack(context: StepContext): Promise<void> {
  const { step, apply, connection } = context;
  for (const [path, was] of apply.former.get(step.node ?? '') ?? [])
    if (was === null) await must(connection, ['rm', '-f', path]);
    else await connection.writeFile(path, was.content, was.mode, { signal: context.cutOff });
  forget(context);
}
