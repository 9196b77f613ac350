import { rangeDown, rangeStatus, rangeTopology, rangeUp } from '../range/index.js';
import { writeFileAtomic } from '../store/atomic.js';
import { EXIT } from './exit.js';
import { clean, confirmed, paint, type Terminal } from './terminal.js';

export interface RangeCommand {
  readonly name: string;
  readonly hosts?: number;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly out?: string;
  readonly image?: string;
  readonly bootstrap?: 'robust' | 'classic';
  readonly user?: 'root' | 'op' | 'pw' | 'nodocker';
}

export async function rangeUpCommand(terminal: Terminal, command: RangeCommand): Promise<number> {
  const there = await rangeStatus(command.name);
  if (there === null) {
    terminal.out(
      'The practice hosts are containers on this computer that run a whole system each: systemd, sshd, Docker, firewalld.',
    );
    terminal.out(
      paint(
        terminal,
        'yellow',
        'For that they get wide privileges on this computer. Use them for practice, and take them down afterwards.',
      ),
    );
    await confirmed(terminal, command.yes === true, 'Raise them?');
  }
  const controller = new AbortController();
  const interrupt = (): void => controller.abort();
  process.once('SIGINT', interrupt);
  try {
    const status = await rangeUp({
      name: command.name,
      signal: controller.signal,
      ...(command.hosts === undefined ? {} : { hosts: command.hosts }),
      onProgress: ({ title, detail }) => {
        const line = clean(`${title}${detail === undefined ? '' : ` — ${detail}`}`);
        if (command.json === true) terminal.err(line);
        else terminal.out(line);
      },
    });
    if (command.json === true) terminal.out(JSON.stringify(status));
    else {
      for (const host of status.hosts)
        terminal.out(
          `  ${host.name}  ${host.address}  ssh -p ${host.sshPort} -i ${status.identity} root@127.0.0.1`,
        );
      terminal.out(paint(terminal, 'green', `${status.hosts.length} practice hosts are up.`));
    }
    return EXIT.good;
  } finally {
    process.removeListener('SIGINT', interrupt);
  }
}

export async function rangeStatusCommand(terminal: Terminal, command: RangeCommand): Promise<number> {
  const status = await rangeStatus(command.name);
  if (command.json === true) terminal.out(JSON.stringify(status));
  else if (status === null)
    terminal.out(`There is no practice range ${command.name}. Raise it with: raftyard range up`);
  else {
    for (const host of status.hosts) {
      const state = host.running ? paint(terminal, 'green', 'running') : paint(terminal, 'red', 'stopped');
      terminal.out(`  ${host.name}  ${host.address.padEnd(16)} ${state}  ssh port ${host.sshPort}`);
    }
    terminal.out(`  images: ${status.images.join(', ')}`);
  }
  return status !== null && status.hosts.every((host) => host.running) ? EXIT.good : EXIT.failed;
}

export async function rangeDownCommand(terminal: Terminal, command: RangeCommand): Promise<number> {
  const gone = await rangeDown(command.name, {
    onProgress: ({ title }) => terminal.out(clean(title)),
  });
  terminal.out(
    gone ? `The practice range ${command.name} is gone.` : `There was no practice range ${command.name}.`,
  );
  return EXIT.good;
}

export async function rangeTopologyCommand(terminal: Terminal, command: RangeCommand): Promise<number> {
  const text = await rangeTopology(command.name, {
    ...(command.image === undefined ? {} : { image: command.image }),
    ...(command.bootstrap === undefined ? {} : { bootstrap: command.bootstrap }),
    ...(command.user === undefined ? {} : { user: command.user }),
  });
  if (command.out === undefined) terminal.out(text.trimEnd());
  else {
    await writeFileAtomic(command.out, text);
    terminal.out(`Written to ${command.out}.`);
  }
  return EXIT.good;
}
