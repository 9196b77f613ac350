import { RaftyardError } from '../../shared/errors.js';
import { newTopology } from '../../shared/topology/index.js';
import type { Host } from '../../shared/topology/types.js';
import { importCluster } from '../cluster/index.js';
import { writeFileAtomic } from '../store/atomic.js';
import { EXIT, Exit } from './exit.js';
import { type GlobalOptions, withContext } from './session.js';
import { clean, type Terminal } from './terminal.js';

export interface ImportCommand extends GlobalOptions {
  readonly host: readonly string[];
  readonly identity?: string;
  readonly out?: string;
}

/** `user@host:port`, `host`, `user@[v6]:port`. @throws RaftyardError usage */
export function parseTarget(text: string, index: number, identity?: string): Host {
  const match = /^(?:([^@\s]+)@)?(?:\[([0-9a-fA-F:]+)\]|([^:@\s]+))(?::(\d{1,5}))?$/.exec(text);
  const address = match?.[2] ?? match?.[3];
  const port = match?.[4] === undefined ? 22 : Number(match[4]);
  if (address === undefined || address.startsWith('-') || port < 1 || port > 65535)
    throw new RaftyardError('usage', `${JSON.stringify(text)} is not user@host[:port]`);
  const ssh = { user: match?.[1] ?? 'root', port, ...(identity === undefined ? {} : { identity }) };
  const name = `docker${String(index + 1).padStart(2, '0')}`;
  const [host] = newTopology({ name: 'import', hosts: [{ name, address, ssh }] }).hosts;
  if (host === undefined) throw new RaftyardError('internal', 'no host');
  return host;
}

export async function importCommand(terminal: Terminal, command: ImportCommand): Promise<number> {
  if (command.host.length === 0) {
    terminal.err('error: import needs at least one --host user@host[:port]');
    throw new Exit(EXIT.usage);
  }
  const hosts = command.host.map((text, index) => parseTarget(text, index, command.identity));
  const { text, notes } = await withContext(terminal, hosts, command, (context) =>
    importCluster(hosts, context),
  );
  for (const note of notes) terminal.err(clean(note));
  if (command.out === undefined) terminal.out(text.trimEnd());
  else {
    await writeFileAtomic(command.out, text);
    terminal.err(
      `Written to ${command.out}. Take the cluster over as it is with: raftyard apply ${command.out} --adopt`,
    );
  }
  return EXIT.good;
}
