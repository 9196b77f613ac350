/** Files on a host, written whole or not at all. */
import { RaftyardError } from '../../../shared/errors.js';
import type { ExecOptions, ExecResult } from '../types.js';

/** $1 path, $2 mode, $3 size. What was cut off on the way has another size and is not put in place. */
const WRITE = `
set -eu
umask 077
if [ -d "$1" ]; then echo "it is a directory" >&2; exit 1; fi
temporary=$(mktemp "$1.XXXXXXXX")
trap 'rm -f "$temporary"' EXIT
trap 'exit 1' HUP INT TERM PIPE
cat > "$temporary"
[ "$(wc -c < "$temporary")" -eq "$3" ]
chmod "$2" "$temporary"
mv -f "$temporary" "$1"
trap - EXIT`;

/** base64 keeps every byte through a text channel; 3 says that there is no such file. */
const READ = `
[ -e "$1" ] || exit 3
[ -f "$1" ] || { echo "it is not a file" >&2; exit 1; }
exec base64 < "$1"`;

const MAX_READ = 8 * 1024 * 1024;
const WRITE_TIMEOUT_MS = 120_000;

type Exec = (argv: readonly string[], options: ExecOptions) => Promise<ExecResult>;

function check(path: string, host: string): void {
  if (!path.startsWith('/'))
    throw new RaftyardError('io', `${path} is not an absolute path`, { host });
}

function problem(verb: string, path: string, result: ExecResult, host: string): RaftyardError {
  const reason = result.stderr.trim() || (result.truncated ? 'too large' : `exit ${result.code}`);
  return new RaftyardError('io', `${path} cannot be ${verb}: ${reason}`, { host });
}

/** @throws RaftyardError io, sudo-denied, connection-lost, cancelled */
export async function writeRemoteFile(
  exec: Exec,
  host: string,
  path: string,
  content: string | Buffer,
  mode: number,
  signal?: AbortSignal,
): Promise<void> {
  check(path, host);
  const data = Buffer.from(content);
  const argv = ['sh', '-c', WRITE, 'sh', path, mode.toString(8), String(data.length)];
  const options = { root: true, stdin: data, timeoutMs: WRITE_TIMEOUT_MS };
  const result = await exec(argv, signal === undefined ? options : { ...options, signal });
  if (result.code !== 0) throw problem('written', path, result, host);
}

/** null when there is no such file. @throws RaftyardError io, sudo-denied, connection-lost */
export async function readRemoteFile(exec: Exec, host: string, path: string): Promise<Buffer | null> {
  check(path, host);
  const result = await exec(['sh', '-c', READ, 'sh', path], {
    root: true,
    maxBytes: Math.ceil((MAX_READ * 4) / 3) * 1.1,
  });
  if (result.code === 3) return null;
  if (result.code !== 0 || result.truncated) throw problem('read', path, result, host);
  return Buffer.from(result.stdout, 'base64');
}
