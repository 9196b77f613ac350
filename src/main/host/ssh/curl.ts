import { RaftyardError } from '../../../shared/errors.js';
import type { HostConnection, HttpRequest, HttpResponse } from '../types.js';

/** An HTTP request by the host's own curl, where sshd forwards no TCP. @throws RaftyardError forwarding-refused without curl */
export async function curlRequest(connection: HostConnection, request: HttpRequest): Promise<HttpResponse> {
  const timeoutMs = request.timeoutMs ?? 10_000;
  const argv = [
    'curl',
    '-sS',
    '-g',
    '--max-time',
    String(Math.ceil(timeoutMs / 1000)),
    '-X',
    request.method,
    '-w',
    '\n%{http_code}',
  ];
  if (request.body !== undefined) argv.push('--data-binary', '@-');
  for (const [name, value] of Object.entries(request.headers ?? {})) argv.push('-H', `${name}: ${value}`);
  argv.push(`http://127.0.0.1:${request.port}${request.path}`);
  const result = await connection.exec(argv, {
    timeoutMs: timeoutMs + 5000,
    ...(request.body === undefined ? {} : { stdin: request.body }),
    ...(request.signal === undefined ? {} : { signal: request.signal }),
  });
  const host = connection.host.name;
  if (result.code === 127)
    throw new RaftyardError('forwarding-refused', 'sshd forwards no TCP and there is no curl on the host', {
      host,
      hint: 'Allow TCP forwarding in sshd_config (AllowTcpForwarding yes), or install curl.',
    });
  if (result.code !== 0)
    throw new RaftyardError('consul-api', `port ${request.port} does not answer: ${result.stderr.trim()}`, {
      host,
      retryable: true,
    });
  const cut = result.stdout.lastIndexOf('\n');
  return { status: Number(result.stdout.slice(cut + 1)), headers: {}, body: result.stdout.slice(0, cut) };
}
