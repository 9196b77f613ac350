/** A real keyring, GNOME's, on a message bus of its own: what a desktop has, and a test machine has not. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { temporaryFolder } from '../temporary.js';
import { until } from './range.js';

const run = promisify(execFile);

export interface Keyring {
  /** The environment in which the app finds it. */
  readonly env: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill();
  await ended;
}

/** Resolves with what the program says first; rejects when it ends, or is silent, before that. */
function firstWords(child: ChildProcess, what: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${what} says nothing`)), 10_000);
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`${what} ended with ${code}`)));
    child.stdout?.once('data', (chunk: Buffer) => {
      clearTimeout(timer);
      resolve(chunk.toString().trim());
    });
  });
}

/** Whether somebody on the bus keeps secrets. */
async function owned(bus: string): Promise<boolean> {
  const question = ['--dest=org.freedesktop.DBus', '/', 'org.freedesktop.DBus.NameHasOwner'];
  const { stdout } = await run('dbus-send', [
    `--bus=${bus}`,
    '--print-reply=literal',
    ...question,
    'string:org.freedesktop.secrets',
  ]);
  return stdout.includes('true');
}

/** Starts a bus and a keyring that is open. @throws Error when one of them does not start */
export async function keyring(): Promise<Keyring> {
  const folder = temporaryFolder('raftyard-keyring-');
  const runtime = join(folder, 'run');
  mkdirSync(runtime, { mode: 0o700 });
  const bus = spawn(
    'dbus-daemon',
    ['--session', '--nofork', '--print-address=1', `--address=unix:path=${join(folder, 'bus')}`],
    { stdio: ['ignore', 'pipe', 'ignore'] },
  );
  const env = {
    DBUS_SESSION_BUS_ADDRESS: await firstWords(bus, 'dbus-daemon'),
    XDG_CURRENT_DESKTOP: 'GNOME',
    XDG_RUNTIME_DIR: runtime,
  };
  const daemon = spawn('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
    env: { ...process.env, ...env, HOME: folder, XDG_DATA_HOME: join(folder, 'data') },
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  daemon.stdin?.end('the login password of this test');
  try {
    await until('the keyring', 10_000, () => owned(env.DBUS_SESSION_BUS_ADDRESS));
  } catch (error) {
    await end(daemon);
    await end(bus);
    throw error;
  }
  return {
    env,
    close: async () => {
      await end(daemon);
      await end(bus);
    },
  };
}
