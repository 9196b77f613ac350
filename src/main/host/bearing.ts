/** Connections that ask Consul with a token: the one place where a token meets a request. */
import type { HostConnection, HostConnector, HostLease, HttpRequest } from './types.js';

const HEADER = 'x-consul-token';
/** Consul's word for a token that it does not know: of an earlier cluster, or not come to this datacenter yet. */
const UNKNOWN = /ACL not found/i;

/** null: asked without one. */
export type TokenSource = () => string | null;

const bearer = (request: HttpRequest, token: string): HttpRequest => ({
  ...request,
  // A token that the request has already is the more particular one.
  headers: { [HEADER]: token, ...request.headers },
});

/**
 * The connection, asking with a token. Where Consul does not know the token, it is asked once more without: a cluster that
 * begins, or one whose ACLs are not on yet, answers everybody.
 */
function bearingConnection(connection: HostConnection, token: TokenSource): HostConnection {
  return {
    host: connection.host,
    user: connection.user,
    readyMs: connection.readyMs,
    closed: connection.closed,
    exec: (argv, options) => connection.exec(argv, options),
    script: (text, args, options) => connection.script(text, args, options),
    writeFile: (path, content, mode, options) => connection.writeFile(path, content, mode, options),
    readFile: (path) => connection.readFile(path),
    docker: () => connection.docker(),
    forward: (address, port) => connection.forward(address, port),
    async http(request) {
      const secret = token();
      if (secret === null) return await connection.http(request);
      const response = await connection.http(bearer(request, secret));
      // Of a token that is asked about, the same is said.
      const about = request.path.startsWith('/v1/acl/');
      const unknown = !about && response.status === 403 && UNKNOWN.test(response.body);
      return unknown ? await connection.http(request) : response;
    },
    httpStream(request) {
      const secret = token();
      return connection.httpStream(secret === null ? request : bearer(request, secret));
    },
  };
}

/** A connector whose connections ask with a token, whenever there is one. */
export function bearing(connector: HostConnector, token: TokenSource): HostConnector {
  // One for each connection: who remembers something of a connection must find it again.
  const wrapped = new WeakMap<HostConnection, HostConnection>();
  const of = (connection: HostConnection): HostConnection => {
    const known = wrapped.get(connection) ?? bearingConnection(connection, token);
    wrapped.set(connection, known);
    return known;
  };
  return {
    async connect(host, signal): Promise<HostLease> {
      const lease = await connector.connect(host, signal);
      return { connection: of(lease.connection), release: () => lease.release() };
    },
    ...(connector.registries === undefined ? {} : { registries: connector.registries }),
    close: () => connector.close(),
  };
}
