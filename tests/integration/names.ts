/** What the tests of names and services share: a web server, a DNS server for all other names, and a plain container that asks. */
import type { Topology } from '../../src/shared/topology/types.js';
import { CONSUL, rootScript } from './support.js';

/** A host's path of a file with this content, as shell text. */
export const heredoc = (path: string, content: string): string => `cat > ${path} <<'EOF'\n${content}EOF\n`;

/** A DNS server for all other names: no question leaves the range. */
const OUTSIDE = `
import socketserver, struct, sys, threading
def answer(q):
    i, labels = 12, []
    while q[i]:
        labels.append(q[i + 1:i + 1 + q[i]].decode().lower()); i += q[i] + 1
    kind = struct.unpack('>H', q[i + 1:i + 3])[0]; end = i + 5
    known = '.'.join(labels) == 'outside.example'
    hit = known and kind == 1
    head = q[:2] + struct.pack('>HHHHH', 0x8580 if known else 0x8583, 1, 1 if hit else 0, 0, 0)
    return head + q[12:end] + (b'\\xc0\\x0c' + struct.pack('>HHIH', 1, 1, 5, 4) + bytes([192, 0, 2, 80]) if hit else b'')
class U(socketserver.BaseRequestHandler):
    def handle(self): self.request[1].sendto(answer(self.request[0]), self.client_address)
class T(socketserver.StreamRequestHandler):
    def handle(self):
        n = struct.unpack('>H', self.rfile.read(2))[0]; a = answer(self.rfile.read(n))
        self.wfile.write(struct.pack('>H', len(a)) + a)
socketserver.TCPServer.allow_reuse_address = True
threading.Thread(target=socketserver.ThreadingTCPServer((sys.argv[1], 53), T).serve_forever, daemon=True).start()
socketserver.ThreadingUDPServer((sys.argv[1], 53), U).serve_forever()
`;

/** Starts {@link OUTSIDE} on a host, at this address of it; as a unit of systemd, it goes on when the SSH session ends. */
export const startOutside = (address: string): string =>
  `${heredoc('/root/outside.py', OUTSIDE)} systemd-run --unit outside-dns python3 /root/outside.py ${address}
   firewall-cmd -q --add-port=53/udp --add-port=53/tcp`;

/** The one name that it knows, and the address that it gives. */
export const OUTSIDE_NAME = 'outside.example';
export const OUTSIDE_ADDRESS = '192.0.2.80';

export const STOP_OUTSIDE = 'rm -f /root/outside.py; systemctl stop outside-dns 2>/dev/null || true';

/** Starts a server that answers everything on a port of the host with 200. */
export const startWeb = (port: number): string =>
  `systemd-run --quiet --unit=tiny --collect python3 -c "
import http.server
class H(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers(); self.wfile.write(b'well')
http.server.HTTPServer(('127.0.0.1', ${port}), H).serve_forever()"`;

export const STOP_WEB = 'systemctl stop tiny 2>/dev/null || true';

/** Addresses that a plain container on a host finds under a name, sorted. */
export async function namesFound(
  topology: Topology,
  host: string,
  name: string,
  network = 'bridge',
): Promise<string[]> {
  const text = await rootScript(
    topology,
    host,
    `docker run --rm --net ${network} --entrypoint nslookup ${CONSUL} ${name} 2>&1 || true`,
  );
  const [, ...answers] = text.split('\n\n');
  return [...answers.join('\n').matchAll(/^Address: ?([0-9.]+)$/gm)]
    .map(([, address = '']) => address)
    .sort();
}
