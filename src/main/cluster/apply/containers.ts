import type Docker from 'dockerode';
import { CONFIG_LABEL, DOCKER_SOCKET, mountText } from '../../../shared/desired/index.js';
import type { DesiredContainer } from '../../../shared/desired/types.js';
import { RaftyardError } from '../../../shared/errors.js';
import { asideName } from '../../../shared/plan/index.js';
import type { Action, StepContext } from './context.js';
import { forget, putBack } from './former.js';
import { proveBack, proveWhole, spare } from './gate.js';
import { lastWords, refusalIn } from './last-words.js';
import type { StepResult } from './scheduler.js';

const STOP_SECONDS = 20;

const statusOf = (error: unknown): number | undefined => (error as { statusCode?: number }).statusCode;

/** Docker's answer to a start or stop of what is started or stopped already. */
function unlessAlready(error: unknown): void {
  if (statusOf(error) !== 304) throw error;
}

const stopped = async (container: Docker.Container): Promise<void> =>
  await container.stop({ t: STOP_SECONDS }).catch(unlessAlready);

function dockerError(context: StepContext, what: string, error: unknown): RaftyardError {
  if (error instanceof RaftyardError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new RaftyardError('docker-failed', `${what}: ${text}`, {
    host: context.connection.host.name,
    cause: error,
  });
}

/** The Engine API's form of the desired container; the start script's `docker run` makes an equal one. */
export function createOptions(
  container: DesiredContainer,
  /** Group of the host's Docker socket, for a container that needs it. */
  dockerGroup?: string,
): Docker.ContainerCreateOptions {
  return {
    name: container.name,
    ...(container.dockerUser === undefined || dockerGroup === undefined
      ? {}
      : { User: `${container.dockerUser}:${dockerGroup}` }),
    Hostname: container.hostname,
    Image: container.image,
    Cmd: [...container.command],
    Env: [...container.env],
    Labels: { ...container.labels },
    HostConfig: {
      NetworkMode: container.networkMode,
      RestartPolicy: { Name: container.restart, MaximumRetryCount: 0 },
      Binds: container.mounts.map((mount) => mountText(mount)),
    },
  };
}

export async function inspectOrNull(
  docker: Docker,
  name: string,
): Promise<Docker.ContainerInspectInfo | null> {
  try {
    return await docker.getContainer(name).inspect();
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

async function started(context: StepContext, container: Docker.Container, name: string): Promise<void> {
  const state = (await container.inspect()).State;
  if (state.Running && !state.Restarting) return;
  const words = await lastWords(container);
  const refusal = refusalIn(words, name);
  if (refusal !== undefined)
    throw new RaftyardError('docker-failed', refusal.message, {
      host: context.connection.host.name,
      hint: refusal.hint,
    });
  throw new RaftyardError(
    'docker-failed',
    `${name} does not stay up (exit ${state.ExitCode})${words === '' ? '' : `: ${words}`}`,
    {
      host: context.connection.host.name,
      hint: `See \`docker logs ${name}\` on the host.`,
    },
  );
}

function clockStart(context: StepContext): void {
  const datacenter = context.apply.datacenterOf(context.step.node ?? '');
  if (!context.apply.firstCreate.has(datacenter))
    context.apply.firstCreate.set(datacenter, performance.now());
}

/** The group that may open the host's Docker socket, as a number: the image knows none of the host's names. */
async function dockerGroup({ connection }: StepContext): Promise<string> {
  const { stdout } = await connection.exec(['stat', '-c', '%g', DOCKER_SOCKET], { root: true });
  const group = stdout.trim();
  if (/^\d+$/.test(group)) return group;
  throw new RaftyardError('command-failed', `there is no Docker socket at ${DOCKER_SOCKET}`, {
    host: connection.host.name,
    hint: 'Docker checks need it there; use an http, tcp or ttl check on this host.',
  });
}

async function createAndStart(context: StepContext, desired: DesiredContainer): Promise<void> {
  const docker = await context.connection.docker();
  clockStart(context);
  const group = desired.dockerUser === undefined ? undefined : await dockerGroup(context);
  const container = await docker.createContainer(createOptions(desired, group));
  await container.start();
  await started(context, container, desired.name);
}

export async function runContainer(
  action: Action<'container-run'>,
  context: StepContext,
): Promise<StepResult> {
  const { container: desired } = action;
  try {
    const docker = await context.connection.docker();
    const existing = await inspectOrNull(docker, desired.name);
    if (existing !== null) {
      // An apply that was killed between create and start left it: the same digest means that it is the same container.
      if (existing.Config.Labels[CONFIG_LABEL] !== desired.labels[CONFIG_LABEL])
        throw new RaftyardError(
          'conflict',
          `a container named ${desired.name} appeared since the plan was made`,
          {
            host: context.connection.host.name,
            hint: 'Plan again.',
          },
        );
      if (existing.State.Running) return 'skipped';
      clockStart(context);
      await docker.getContainer(existing.Id).start();
      return 'done';
    }
    await createAndStart(context, desired);
    return 'done';
  } catch (error) {
    throw dockerError(context, `${desired.name} cannot be started`, error);
  }
}

export async function startContainer(
  action: Action<'container-start'>,
  context: StepContext,
): Promise<StepResult> {
  try {
    const docker = await context.connection.docker();
    clockStart(context);
    await docker.getContainer(action.id).start();
    await started(context, docker.getContainer(action.id), action.name);
    return 'done';
  } catch (error) {
    if (statusOf(error) === 304) return 'skipped';
    throw dockerError(context, `${action.name} cannot be started`, error);
  }
}

/** Restarts the agent of a cluster that lives: when the others can spare it, and until it is back. */
export async function restartContainer(
  action: Action<'container-restart'>,
  context: StepContext,
): Promise<StepResult> {
  try {
    const node = context.step.node ?? '';
    const container = (await context.connection.docker()).getContainer(action.name);
    const spared = await spare(context, node);
    await container.restart({ t: STOP_SECONDS });
    await started(context, container, action.name);
    await proveBack(context, node, spared, () => started(context, container, action.name));
    await proveWhole(context, node);
    return 'done';
  } catch (error) {
    throw dockerError(context, `${action.name} cannot be restarted`, error);
  }
}

/** Docker puts a slash before the names of containers. */
const nameOf = (container: Docker.ContainerInspectInfo): string => container.Name.replace(/^\//, '');

/** What a container that is put aside would do when its host boots; without it a reboot starts two agents on the same data. */
const NEVER = { RestartPolicy: { Name: 'no' } };

/**
 * Stops the old container, puts it aside and starts its successor; the old one is removed when the new agent is back. One that does
 * not stay up is taken back for the old one, but never from one image to another: the newer Consul may have written the data.
 */
export async function replaceContainer(
  action: Action<'container-replace'>,
  context: StepContext,
): Promise<StepResult> {
  const { container: desired, oldId, version, live } = action;
  const node = context.step.node ?? '';
  const aside = asideName(desired.name);
  try {
    const docker = await context.connection.docker();
    const old = docker.getContainer(oldId);
    const was = await old.inspect();
    const before = nameOf(was);
    const spared = live ? await spare(context, node).catch((error) => asBefore(context, error)) : undefined;
    await old.update(NEVER);
    try {
      await stopped(old);
      // A run that was cut short has already put it aside.
      if (before !== aside) await old.rename({ name: aside });
    } catch (error) {
      await runAsBefore(context, { old, was, desired });
      const { code, message } = dockerError(context, `${desired.name} cannot be re-created`, error);
      throw new RaftyardError(code, `${message.trimEnd()}; it runs on`, {
        host: context.connection.host.name,
        cause: error,
      });
    }
    const successor = docker.getContainer(desired.name);
    const up = (): Promise<void> => started(context, successor, desired.name);
    try {
      await createAndStart(context, desired);
      if (spared !== undefined) await proveBack(context, node, { ...spared, version }, up);
    } catch (error) {
      const end = await keepOrTakeBack(context, { old, was, desired, up });
      if (end === null) throw error;
      const { code, message, hint } = dockerError(context, `${desired.name} cannot be re-created`, error);
      throw new RaftyardError(code, `${message}; ${end.what}`, {
        host: context.connection.host.name,
        hint: end.hint ?? hint,
        cause: error,
      });
    }
    await old.remove({ v: false });
    forget(context);
    if (live) await proveWhole(context, node);
    return 'done';
  } catch (error) {
    throw dockerError(context, `${desired.name} cannot be re-created`, error);
  }
}

/** The old container runs on, and should start with its old files. @throws what kept it from being stopped */
async function asBefore(context: StepContext, error: unknown): Promise<never> {
  await putBack(context).catch(() => undefined);
  throw error;
}

interface Failed {
  readonly old: Docker.Container;
  readonly was: Docker.ContainerInspectInfo;
  readonly desired: DesiredContainer;
  /** Throws where the successor is not running. */
  readonly up: () => Promise<void>;
}

/** What became of the two containers, and what to do where that is known; null where the successor runs, and is late. */
async function keepOrTakeBack(
  context: StepContext,
  { old, was, desired, up }: Failed,
): Promise<{ readonly what: string; readonly hint?: string } | null> {
  // Whatever it is at, starting the other one would undo it.
  const runs = await up().then(
    () => true,
    () => false,
  );
  if (runs) return null;
  const docker = await context.connection.docker();
  const now = await inspectOrNull(docker, desired.name);
  if (now !== null && now.State.StartedAt > NEVER_STARTED && now.Image !== was.Image)
    return {
      what: `it is not taken back, since the newer Consul may have written the data; the old container is kept as ${asideName(desired.name)}`,
      hint: 'Mend what its log says and apply again. An older Consul may read nothing of this data, silently: to go back, restore a snapshot.',
    };
  await docker
    .getContainer(desired.name)
    .remove({ force: true })
    .catch(() => undefined);
  const before = nameOf(was);
  await old.rename({ name: before === asideName(desired.name) ? desired.name : before });
  const kept = await runAsBefore(context, { old, was, desired });
  return {
    what: kept
      ? 'the old container is running again'
      : 'the old container is running again, with the new files, since the old ones could not be put back',
  };
}

/**
 * Runs the old container again, with the files that it had, and has it start with its host as it did.
 * @returns whether its files could be put back
 */
async function runAsBefore(
  context: StepContext,
  { old, was, desired }: Pick<Failed, 'old' | 'was' | 'desired'>,
): Promise<boolean> {
  await old.update({ RestartPolicy: policyOf(was, desired) });
  const kept = await putBack(context).then(
    () => true,
    () => false,
  );
  await old.start().catch(unlessAlready);
  return kept;
}

/** What Docker says of a container that was only created. */
const NEVER_STARTED = '0001-01-02';

/** The policy that the container had; one that was put aside before has none any more, and gets the document's. */
function policyOf(
  { HostConfig: { RestartPolicy: had } }: Docker.ContainerInspectInfo,
  desired: DesiredContainer,
): { readonly Name: string; readonly MaximumRetryCount: number } {
  const name = had?.Name ?? '';
  return name === '' || name === 'no'
    ? { Name: desired.restart, MaximumRetryCount: 0 }
    : { Name: name, MaximumRetryCount: had?.MaximumRetryCount ?? 0 };
}

export async function removeContainer(
  action: Action<'container-remove'>,
  context: StepContext,
): Promise<StepResult> {
  try {
    const docker = await context.connection.docker();
    const container = docker.getContainer(action.id);
    await stopped(container);
    // v: anonymous volumes go with their container; named ones have a step of their own.
    await container.remove({ v: true });
    return 'done';
  } catch (error) {
    if (statusOf(error) === 404) return 'skipped';
    throw dockerError(context, `${action.name} cannot be removed`, error);
  }
}
