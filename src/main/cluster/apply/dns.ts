/** Steps for names: the engine is told its resolvers, systemd-resolved of Consul, and Consul's DNS is asked. */
import { dirname } from 'node:path/posix';
import { setTimeout as sleep } from 'node:timers/promises';
import { RaftyardError } from '../../../shared/errors.js';
import {
  type EngineFile,
  readEngineFile,
  withEngineDns,
  withoutEngineDns,
} from '../../../shared/shell/engine-file.js';
import { askDns } from '../../consul/dns.js';
import { restartEngine, runningContainers } from '../../host/docker/restart.js';
import type { HostConnection } from '../../host/types.js';
import { sha256 } from '../sha256.js';
import { inspectOrNull } from './containers.js';
import { type Action, type StepContext, stopIfCancelled } from './context.js';
import { must } from './files.js';
import { spare } from './gate.js';
import type { StepResult } from './scheduler.js';

const ANSWER_MS = 30_000;
const RESOLVED_MS = 15_000;
const PAUSE_MS = 500;

/** What was there before, what we wrote, and the sign that the engine has not read it yet. */
const kept = (directory: string) => ({
  was: `${directory}/engine.before`,
  ours: `${directory}/engine.ours`,
  pending: `${directory}/engine.pending`,
});

/** As the shell would: a link stays one, and what it leads to is written. */
async function put(connection: HostConnection, path: string, content: Buffer, mode: number): Promise<void> {
  const real = (await connection.exec(['readlink', '-f', path], { root: true })).stdout.trim() || path;
  await must(connection, ['mkdir', '-p', dirname(real)]);
  await connection.writeFile(real, content, mode);
}

/** What the engine's own check says of a file; null where it is good, or the engine is too old to say. */
async function refused(connection: HostConnection, path: string): Promise<string | null> {
  const result = await connection.exec(['dockerd', '--validate', `--config-file=${path}`], { root: true });
  const said = `${result.stderr}\n${result.stdout}`.trim();
  if (result.code === 0 || result.code === 127 || /unknown flag|not found/i.test(said)) return null;
  return said.split('\n').slice(0, 3).join('; ').slice(0, 300);
}

function edited(file: EngineFile, text: string, edit: typeof withEngineDns, path: string, host: string) {
  return (wanted: Parameters<typeof withEngineDns>[2]): Buffer => {
    try {
      return Buffer.from(edit(file, text, wanted));
    } catch (error) {
      throw new RaftyardError('conflict', `${path} cannot be changed: ${(error as Error).message}`, {
        host,
        hint: 'Correct the file by hand, then plan again; nothing was changed.',
      });
    }
  };
}

async function runsHere({ connection, nodes, step }: StepContext): Promise<boolean> {
  const container = nodes.get(step.node ?? '')?.container;
  if (container === undefined) return false;
  return (await inspectOrNull(await connection.docker(), container))?.State.Running === true;
}

/** Writes the file and restarts the engine; where that fails, everything is as it was. */
async function tell(
  context: StepContext,
  path: string,
  was: Buffer | null,
  content: Buffer | null,
  mode: number,
): Promise<void> {
  const { connection } = context;
  const ran = await runningContainers(connection);
  // The engine takes the agent with it. One that is gone already, as in a destroy, has not to be spared.
  if (await runsHere(context)) await spare(context, context.step.node ?? '');
  const set = async (text: Buffer | null): Promise<void> =>
    text === null ? await must(connection, ['rm', '-f', path]) : await put(connection, path, text, mode);
  // Once begun it is ended: between the file and the restart is no place to stop.
  stopIfCancelled(context);
  await set(content);
  try {
    await restartEngine(connection, {}, ran);
  } catch (error) {
    await set(was);
    const started = await restartEngine(connection, {}, ran).then(
      () => true,
      () => false,
    );
    const reason = error instanceof Error ? error.message : String(error);
    throw new RaftyardError(
      'docker-failed',
      started
        ? `the engine did not come back with the changed ${path}, and was started with the former one: ${reason}`
        : `the engine did not come back with the changed ${path}, nor with the former one, which is in its place: ${reason}`,
      {
        host: connection.host.name,
        hint: 'See `journalctl -u docker` on the host.',
        cause: error,
      },
    );
  }
}

/** What destroy is to put back: the file as it was, or as others left it since. */
async function keepBefore(
  { file, path, keep, ours }: Action<'engine-dns'>,
  { connection }: StepContext,
  now: Buffer | null,
  written: Buffer | null,
): Promise<void> {
  const { was } = kept(keep);
  // Exactly what we left: what was before us is kept already.
  if (written !== null && now !== null && written.equals(now)) return;
  if (now === null) return await must(connection, ['rm', '-f', was]);
  const text = now.toString('utf8');
  const read = readEngineFile(file, text);
  const holdsOurs =
    read.good &&
    (read.dns.some((entry) => ours.dns.includes(entry)) ||
      read.search.some((entry) => ours.search.includes(entry)));
  const content =
    written !== null && holdsOurs
      ? edited(file, text, withoutEngineDns, path, connection.host.name)(ours)
      : now;
  await connection.writeFile(was, content, 0o600);
}

export async function tellEngine(action: Action<'engine-dns'>, context: StepContext): Promise<StepResult> {
  const { connection } = context;
  const { path, file, mode } = action;
  const host = connection.host.name;
  const now = await connection.readFile(path);
  if ((now === null ? null : sha256(now)) !== action.sha256)
    throw new RaftyardError('conflict', `${path} was changed by someone since the plan was made`, {
      host,
      hint: 'Plan again.',
    });
  const content = edited(file, now?.toString('utf8') ?? '', withEngineDns, path, host)(action);
  const files = kept(action.keep);
  await must(connection, ['install', '-d', '-m', '755', action.keep]);
  const ours = await connection.readFile(files.ours);
  await keepBefore(action, context, now, ours);
  await connection.writeFile(files.ours, content, 0o600);
  const problem = file === 'daemon-json' ? await refused(connection, files.ours) : null;
  if (problem !== null) {
    await (ours === null
      ? must(connection, ['rm', '-f', files.ours, files.was])
      : connection.writeFile(files.ours, ours, 0o600));
    throw new RaftyardError('conflict', `the engine would refuse the changed ${path}: ${problem}`, {
      host,
      hint: 'Correct the file by hand, then plan again; nothing was changed.',
    });
  }
  await connection.writeFile(files.pending, '', 0o600);
  try {
    await tell(context, path, now, content, mode);
  } catch (error) {
    // The file is what it was: for the next time that is what was there before.
    if (ours === null) await must(connection, ['rm', '-f', files.ours, files.was]);
    else await connection.writeFile(files.ours, ours, 0o600);
    throw error;
  } finally {
    await must(connection, ['rm', '-f', files.pending]);
  }
  return 'done';
}

/** Exactly what was there, where the file still is as we left it; otherwise it loses our entries alone. */
export async function untellEngine(
  action: Action<'engine-dns-undo'>,
  context: StepContext,
): Promise<StepResult> {
  const { connection } = context;
  const { path, file, existed, ours } = action;
  const files = kept(action.keep);
  const [now, left, before, pending] = await Promise.all([
    connection.readFile(path),
    connection.readFile(files.ours),
    connection.readFile(files.was),
    connection.readFile(files.pending),
  ]);
  const stat = await connection.exec(['stat', '-L', '-c', '%a', path], { root: true });
  const mode = Number.parseInt(stat.stdout, 8) || 0o644;
  const untouched = now !== null && left?.equals(now) === true;
  const target =
    now === null
      ? null
      : untouched && (before !== null || !existed)
        ? existed
          ? before
          : null
        : edited(file, now.toString('utf8'), withoutEngineDns, path, connection.host.name)(ours);
  const changes = now !== null && (target === null || !target.equals(now));
  if (changes) {
    await connection.writeFile(files.pending, '', 0o600);
    await tell(context, path, now, target, mode);
  } else if (pending !== null) await restartEngine(connection, {});
  await must(connection, ['rm', '-f', files.pending, files.was, files.ours]);
  return changes ? 'done' : 'skipped';
}

async function restartResolved(connection: HostConnection): Promise<void> {
  await must(connection, ['systemctl', 'restart', 'systemd-resolved.service']);
}

/** The host itself finds Consul by name. */
async function proven(context: StepContext): Promise<boolean> {
  const { connection, signal } = context;
  const deadline = performance.now() + RESOLVED_MS;
  for (;;) {
    const asked = await connection.exec(['resolvectl', 'query', '--legend=no', 'consul.service.consul'], {
      root: true,
      timeoutMs: 20_000,
    });
    if (asked.code === 0 || asked.code === 127) return true;
    if (signal.aborted || performance.now() > deadline) return false;
    await sleep(PAUSE_MS);
  }
}

export async function setHostResolver(
  action: Action<'host-resolver'>,
  context: StepContext,
): Promise<StepResult> {
  const { connection } = context;
  const { path, content } = action;
  const now = await connection.readFile(path);
  if (content === null) {
    if (now === null || (action.sha256 !== undefined && sha256(now) !== action.sha256)) return 'skipped';
    await must(connection, ['rm', '-f', path]);
    await restartResolved(connection);
    return 'done';
  }
  await must(connection, ['install', '-d', '-m', '755', dirname(path)]);
  await connection.writeFile(path, content, 0o644);
  await restartResolved(connection);
  if (await proven(context)) return 'done';
  await (now === null ? must(connection, ['rm', '-f', path]) : connection.writeFile(path, now, 0o644));
  await restartResolved(connection);
  throw new RaftyardError(
    'command-failed',
    'systemd-resolved does not find consul.service.consul, and was set back',
    {
      host: connection.host.name,
      hint: 'See `resolvectl status` and `resolvectl query consul.service.consul`.',
    },
  );
}

/** Consul's own service is registered a moment after there is a leader. */
export async function checkDnsAnswer(
  { address, port, name }: Action<'dns-check'>,
  context: StepContext,
): Promise<StepResult> {
  const { connection, signal } = context;
  const deadline = performance.now() + ANSWER_MS;
  let said = 'no answer';
  for (;;) {
    try {
      const { status, answers } = await askDns(connection, { address, port }, name, 'A', signal);
      if (status === 'NOERROR' && answers.length > 0) return 'done';
      said = `${status} with ${answers.length} addresses`;
    } catch (error) {
      // sshd lets nobody through: nothing can be said.
      if (error instanceof RaftyardError && error.code === 'forwarding-refused') return 'skipped';
      said = error instanceof Error ? error.message : String(error);
    }
    stopIfCancelled(context);
    if (performance.now() > deadline) break;
    await sleep(PAUSE_MS);
  }
  throw new RaftyardError(
    'consul-api',
    `Consul's DNS on ${address}:${port} does not answer for ${name}: ${said}`,
    {
      host: connection.host.name,
      hint: 'Look at the log of the agent: it says whether it could listen there. The engine was left as it is.',
      retryable: true,
    },
  );
}
