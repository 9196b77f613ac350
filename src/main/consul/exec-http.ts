/** HTTP to an agent from inside its container, for hosts whose sshd forwards no TCP. */
import { PassThrough } from 'node:stream';
import { RaftyardError } from '../../shared/errors.js';
import type { HostConnection, HttpRequest, HttpResponse } from '../host/types.js';

const LIMIT = 8 * 1024 * 1024;

/**
 * $1 method, $2 port, $3 path, $4 body. curl and nc print the whole HTTP answer; busybox's wget can only GET and puts
 * the status line of an error on stderr. No `set -e`: the answer decides, not the exit code.
 */
const SCRIPT = `url="http://127.0.0.1:$2$3"
if command -v curl >/dev/null 2>&1; then
  exec curl -s -i -g -m 30 -X "$1" --data-binary "$4" "$url"
elif command -v nc >/dev/null 2>&1; then
  printf '%s %s HTTP/1.0\\r\\nHost: 127.0.0.1:%s\\r\\nContent-Length: %s\\r\\nConnection: close\\r\\n\\r\\n%s' \\
    "$1" "$3" "$2" "$5" "$4" | nc -w 30 127.0.0.1 "$2"
elif [ "$1" = GET ] && command -v wget >/dev/null 2>&1; then
  wget -q -O /tmp/.raftyard.$$ "$url" 2>/tmp/.raftyard.$$.e
  if [ $? -eq 0 ]; then printf 'HTTP/1.0 200 OK\\r\\n\\r\\n'; cat /tmp/.raftyard.$$
  else grep -o 'HTTP/1.*' /tmp/.raftyard.$$.e || cat /tmp/.raftyard.$$.e >&2; fi
  rm -f /tmp/.raftyard.$$ /tmp/.raftyard.$$.e
else
  echo 'no curl, nc or wget in this image' >&2; exit 127
fi`;

/** The answer as curl -i, nc and the wget branch print it; interim `100 Continue` heads are skipped. */
export function parseHttp(raw: string): HttpResponse | null {
  let rest = raw;
  for (;;) {
    const status = /^HTTP\/(?:1\.[01]|[23]) (\d{3})[^\n]*(?:\n|$)/.exec(rest);
    if (status === null) return null;
    const end = /\r?\n\r?\n/.exec(rest);
    const head = end === null ? rest : rest.slice(0, end.index);
    const body = end === null ? '' : rest.slice(end.index + end[0].length);
    const code = Number(status[1]);
    if (code >= 100 && code < 200) {
      rest = body;
      continue;
    }
    const headers: Record<string, string> = Object.create(null);
    for (const line of head.split(/\r?\n/).slice(1)) {
      const at = line.indexOf(':');
      if (at <= 0) continue;
      const [name, value] = [line.slice(0, at).toLowerCase(), line.slice(at + 1).trim()];
      headers[name] = headers[name] === undefined ? value : `${headers[name]}, ${value}`;
    }
    return { status: code, headers, body };
  }
}

async function run(connection: HostConnection, container: string, argv: string[], signal?: AbortSignal) {
  const docker = await connection.docker();
  const exec = await docker.getContainer(container).exec({
    Cmd: argv,
    AttachStdout: true,
    AttachStderr: true,
    ...(signal === undefined ? {} : { abortSignal: signal }),
  });
  const stream = await exec.start({ Tty: false });
  const out = new PassThrough();
  const err = new PassThrough();
  const collect = (source: PassThrough): Buffer[] => {
    const chunks: Buffer[] = [];
    let size = 0;
    source.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size <= LIMIT) chunks.push(chunk);
    });
    return chunks;
  };
  const stdout = collect(out);
  const stderr = collect(err);
  docker.modem.demuxStream(stream, out, err);
  await new Promise<void>((resolve, reject) => {
    stream.once('end', resolve);
    stream.once('close', resolve);
    stream.once('error', reject);
  });
  return { stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
}

/**
 * One HTTP request to the agent's loopback, made by a program inside the container. Headers of the request are not
 * carried: argument lists are visible to everyone on the host, so that no token can go this way.
 *
 * @throws RaftyardError consul-api when the image has no program for it or the agent does not answer.
 */
export async function execHttp(
  connection: HostConnection,
  container: string,
  request: HttpRequest,
): Promise<HttpResponse> {
  const host = connection.host.name;
  const body = request.body ?? '';
  const argv = ['sh', '-c', SCRIPT, 'sh', request.method, String(request.port), request.path, body];
  argv.push(String(Buffer.byteLength(body)));
  let output: { stdout: string; stderr: string };
  try {
    output = await run(connection, container, argv, request.signal);
  } catch (error) {
    if (error instanceof RaftyardError) throw error;
    throw new RaftyardError('consul-api', `cannot reach Consul's API inside container ${container}`, {
      host,
      cause: error,
      retryable: true,
    });
  }
  const answer = parseHttp(output.stdout);
  if (answer !== null) return answer;
  const reason = output.stderr.trim().slice(0, 200) || 'no answer';
  throw new RaftyardError('consul-api', `Consul's API inside container ${container}: ${reason}`, {
    host,
    hint: 'Allow TCP forwarding for this user in sshd_config (AllowTcpForwarding yes).',
    retryable: true,
  });
}
