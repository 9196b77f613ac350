/** A real private registry for practice hosts: Debian's docker-registry on one, reached by all on their own loopback. */
import { connect, createServer, type Server } from 'node:net';
import type { Topology } from '../../src/shared/topology/types.js';
import { install } from './packages.js';
import { onHost, rootScript, until } from './support.js';

/** Engines trust a registry on their own loopback without TLS: nothing of the hosts' configuration is touched. */
export const MIRROR = '127.0.0.1:5000';
export const LOGIN = { user: 'puller', password: 'registry-secret-4711' };
/** bcrypt of that password, as `htpasswd -B` writes it. */
const HTPASSWD = `${LOGIN.user}:$2y$05$abcdefghijklmnopqrstuuh6kAQOMZXEVGrNWFwm0uH2DxcY607Oq`;

const CONFIGURATION = `version: 0.1
storage:
  filesystem:
    rootdirectory: /var/lib/docker-registry
http:
  addr: :5000
auth:
  htpasswd:
    realm: practice
    path: /etc/docker/registry/htpasswd
`;

const hostOf = ({ hosts }: Topology, name: string) => {
  const host = hosts.find((entry) => entry.name === name);
  if (host === undefined) throw new Error(`no host ${name}`);
  return host;
};

/** Starts it on a host, and forwards port 5000 of the others' loopback to it. */
export async function raiseRegistry(topology: Topology, at: string): Promise<void> {
  await install(topology, at, 'docker-registry');
  await onHost(topology, at, async (connection) => {
    await connection.writeFile('/etc/docker/registry/config.yml', CONFIGURATION, 0o644);
    await connection.writeFile('/etc/docker/registry/htpasswd', `${HTPASSWD}\n`, 0o644);
  });
  await rootScript(topology, at, 'systemctl restart docker-registry; firewall-cmd -q --add-port=5000/tcp');
  const { advertise } = hostOf(topology, at);
  await Promise.all(
    topology.hosts.map(async ({ name }) => {
      if (name !== at)
        await rootScript(
          topology,
          name,
          `systemd-run -q --unit=registry-way --socket-property=ListenStream=${MIRROR} /lib/systemd/systemd-socket-proxyd ${advertise}:5000`,
        );
      await until(`${name} reaches the registry`, 20_000, async () => {
        const said = await rootScript(
          topology,
          name,
          `curl -s -o /dev/null -w '%{http_code}' http://${MIRROR}/v2/`,
        );
        return said === '401';
      });
    }),
  );
}

export async function removeRegistry(topology: Topology, at: string): Promise<void> {
  await Promise.all(
    topology.hosts.map(({ name }) =>
      rootScript(
        topology,
        name,
        name === at
          ? 'firewall-cmd -q --remove-port=5000/tcp; dpkg -P docker-registry >/dev/null 2>&1; rm -rf /var/lib/docker-registry /etc/docker/registry'
          : 'systemctl stop registry-way.socket registry-way.service 2>/dev/null || true',
      ),
    ),
  );
}

/** `docker push` by the host's engine, as the registry's user. */
export async function push(topology: Topology, at: string, reference: string, as: string): Promise<void> {
  await onHost(topology, at, async (connection) => {
    const docker = await connection.docker();
    const colon = as.lastIndexOf(':');
    await docker.getImage(reference).tag({ repo: as.slice(0, colon), tag: as.slice(colon + 1) });
    const stream = await docker.getImage(as).push({
      authconfig: { username: LOGIN.user, password: LOGIN.password, serveraddress: MIRROR },
    });
    await new Promise<void>((resolve, reject) => {
      docker.modem.followProgress(stream, (error, lines: { error?: string }[]) => {
        const refused = error?.message ?? lines?.find((line) => line.error !== undefined)?.error;
        if (refused === undefined) resolve();
        else reject(new Error(`push: ${refused}`));
      });
    });
    await docker.getImage(as).remove();
  });
}

/** The same port on this computer's loopback, for the engine in which the hosts live. */
export async function registryHere(topology: Topology, at: string): Promise<Server> {
  const { advertise } = hostOf(topology, at);
  const server = createServer((client) => {
    const registry = connect(5000, advertise);
    for (const [one, other] of [
      [client, registry],
      [registry, client],
    ] as const)
      one.on('error', () => other.destroy()).pipe(other);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(5000, '127.0.0.1', resolve);
  });
  return server;
}
