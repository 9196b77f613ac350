/** Finds out, once a connection, how to act as root. */
import { RaftyardError } from '../../../shared/errors.js';
import type { Host } from '../../../shared/topology/types.js';
import type { ExecResult } from '../types.js';
import type { Secrets } from './secrets.js';
import type { Elevation } from './sudo.js';

const ASK = `
if [ "$(id -u)" -eq 0 ]; then echo root
elif ! command -v sudo >/dev/null 2>&1; then echo absent
elif sudo -n -- true; then echo sudo
else echo refused
fi`;

export type RunElevated = (argv: readonly string[], elevation: Elevation | null) => Promise<ExecResult>;

/**
 * As is for root, else sudo without a password, else sudo with the one that the document refers to or the person gives.
 * @throws RaftyardError sudo-denied
 */
export async function findElevation(host: Host, run: RunElevated, secrets: Secrets): Promise<Elevation> {
  const { user } = host.ssh;
  const denied = (message: string): RaftyardError =>
    new RaftyardError('sudo-denied', message, {
      host: host.name,
      hint: `Give ${user} sudo (with or without a password), or log in as root.`,
    });
  const { stdout, stderr } = await run(['sh', '-c', ASK], null);
  const answer = stdout.trim().split('\n').at(-1);
  if (answer === 'root') return { kind: 'root' };
  if (answer === 'sudo') return { kind: 'sudo' };
  if (answer === 'absent') throw denied(`${user} is not root and there is no sudo on this host`);
  // sudo asks before it says whether this user may do anything, so only a password tells.
  if (!/password|terminal|tty/i.test(stderr)) throw denied(`sudo refused: ${stderr.trim()}`);
  const password = await secrets.get(host, 'sudo-password', `sudo password of ${user} on ${host.name}`);
  if (password === null) throw denied(`${user} cannot use sudo without a password, and none was given`);
  const way: Elevation = { kind: 'password', password };
  const proof = await run(['id', '-u'], way);
  if (proof.stdout.trim() !== '0') throw denied(`sudo does not make ${user} root here`);
  return way;
}
