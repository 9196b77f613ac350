import { RaftyardError } from '../../shared/errors.js';

/** An error of the file system in words. */
export function fileError(what: string, error: unknown): RaftyardError {
  if (error instanceof RaftyardError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  const words: Record<string, string> = {
    EACCES: 'permission denied',
    EPERM: 'permission denied',
    ENOSPC: 'the disk is full',
    EROFS: 'the file system is read-only',
    ENOTDIR: 'a part of the path is not a directory',
    EISDIR: 'it is a directory',
  };
  return new RaftyardError('io', `${what}: ${words[code ?? ''] ?? message}`, { cause: error });
}
