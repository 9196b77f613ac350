/** Hosts before they are part of a cluster: SSH configuration, a test of the way in, secrets. */
import { RaftyardError, toEnvelope } from '../../shared/errors.js';
import type { HostInput, HostTest } from '../../shared/ipc/index.js';
import { isIpAddress, sshSettings } from '../../shared/topology/index.js';
import type { Host } from '../../shared/topology/types.js';
import type { HostConnection } from '../host/types.js';
import { readSshConfig } from '../store/ssh-config/index.js';
import type { Connections } from './connections.js';
import type { Dialogs } from './dialogs.js';
import type { Handlers } from './gateway.js';
import type { Questions } from './questions.js';
import type { Tasks } from './tasks.js';

/** What a form gives, as the host that it means. */
export function hostOfInput(input: HostInput): Host {
  const { user, port, identity, password, sudoPassword, passphrase, agent, hostKeys, jump } = input;
  const given = Object.fromEntries(
    Object.entries({
      user,
      port,
      identity,
      password,
      sudoPassword,
      passphrase,
      agent,
      hostKeys,
      jump,
    }).filter(([, value]) => value !== undefined && value !== ''),
  );
  return {
    name: input.name,
    address: input.address,
    advertise: isIpAddress(input.address) ? input.address : '',
    ssh: sshSettings(given),
  };
}

async function describe(connection: HostConnection): Promise<Pick<HostTest, 'os' | 'docker'>> {
  const { stdout } = await connection.script('. /etc/os-release 2>/dev/null; printf %s "$PRETTY_NAME"');
  const os = stdout.trim();
  const docker = await connection
    .docker()
    .then((engine) => engine.version())
    .then(({ Version }) => Version)
    .catch(() => undefined);
  return { ...(os === '' ? {} : { os }), ...(docker === undefined ? {} : { docker }) };
}

export function hostHandlers(
  connections: Connections,
  tasks: Tasks,
  questions: Questions,
  dialogs: Dialogs,
): Handlers {
  return {
    'hosts:ssh-config': () => readSshConfig(),
    'hosts:test': ({ task, host, others }) =>
      tasks.run(task, async (signal): Promise<HostTest> => {
        const all = [host, ...(others ?? [])].map(hostOfInput);
        const wanted = all[0];
        if (wanted === undefined) throw new RaftyardError('usage', 'no host is given');
        const { connector, release } = connections.hold(all);
        try {
          const lease = await connector.connect(wanted, signal);
          try {
            const found = await describe(lease.connection);
            return { host: wanted.name, ok: true, readyMs: Math.round(lease.connection.readyMs), ...found };
          } finally {
            lease.release();
          }
        } catch (error) {
          signal.throwIfAborted();
          return { host: wanted.name, ok: false, error: toEnvelope(error, wanted.name) };
        } finally {
          release();
        }
      }),
    'hosts:forget-secrets': async ({ host }) => {
      questions.forget(host);
      await connections.close();
      return undefined;
    },
    'hosts:choose-identity': async () => {
      const path = await dialogs.openIdentity();
      return path === null ? null : { path };
    },
  };
}
