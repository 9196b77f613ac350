/** Steps that need a secret: it goes from the store to the host by standard input or in a request's body, nowhere else. */
import { dirname } from 'node:path/posix';
import { setTimeout as sleep } from 'node:timers/promises';
import { RaftyardError } from '../../../shared/errors.js';
import { agentApi } from '../observe.js';
import type { ClusterSecrets } from '../secrets.js';
import { type Action, type StepContext, stopIfCancelled } from './context.js';
import { must } from './files.js';
import type { StepResult } from './scheduler.js';

const EVERYWHERE_MS = 30_000;
const PAUSE_MS = 250;

/** @throws RaftyardError secrets-needed */
export function secretsOf(context: StepContext): ClusterSecrets {
  if (context.secrets !== undefined) return context.secrets;
  throw new RaftyardError('secrets-needed', 'no store of secrets is at hand', {
    host: context.connection.host.name,
  });
}

export async function writeSecretFile(
  action: Action<'secret-file'>,
  context: StepContext,
): Promise<StepResult> {
  const { connection, cutOff } = context;
  const content = secretsOf(context).render(action.template);
  // The directory that keeps others out is there, and closed, before anything is in it.
  await must(connection, ['install', '-d', '-m', '700', action.root]);
  await must(connection, ['install', '-d', '-m', '755', dirname(action.path)]);
  const noted = await noteRestartDue(action, context);
  await connection.writeFile(action.path, content, action.mode, { signal: cutOff });
  const written = await connection.readFile(action.path);
  if (written === null || written.toString('utf8') !== content)
    throw new RaftyardError('io', `${action.path} does not hold what was written`, {
      host: connection.host.name,
    });
  // It was started again meanwhile, with one file or the other: that start is noted as well.
  if (noted !== null && (await noteOf(action, context)) !== noted) await noteRestartDue(action, context);
  return 'done';
}

/** What is to be noted of the container that is to be restarted; null where none runs: it starts with the file. */
async function noteOf({ due }: Action<'secret-file'>, { connection }: StepContext): Promise<string | null> {
  if (due === undefined) return null;
  const { container, path } = due;
  const docker = await connection.docker();
  try {
    const { Id, State } = await docker.getContainer(container).inspect();
    const note = { container: Id, startedAt: State.StartedAt, inForce: due.inForce };
    return State.Running ? `${JSON.stringify(note)}\n` : null;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return null;
    throw new RaftyardError('docker-failed', `${container} cannot be looked at, nor ${path} written`, {
      host: connection.host.name,
      cause: error,
    });
  }
}

/** Notes, before the file is written, what is in force until the container is restarted. */
async function noteRestartDue(action: Action<'secret-file'>, context: StepContext): Promise<string | null> {
  const note = await noteOf(action, context);
  if (note === null || action.due === undefined) return null;
  await context.connection.writeFile(action.due.path, note, 0o644, {
    parents: true,
    signal: context.cutOff,
  });
  return note;
}

/** Into which pools a key has not come everywhere yet, in words. */
async function notEverywhere(context: StepContext, key: string): Promise<string[]> {
  const api = agentApi(context.connection, context.nodes.get(context.step.node ?? '')?.container);
  const pools = await api.keyring();
  return pools
    .filter((pool) => (pool.keys[key] ?? 0) < pool.nodes)
    .map(({ wan, datacenter }) => (wan ? 'WAN pool' : `LAN pool of ${datacenter}`));
}

/**
 * One operation on the keyrings of all agents. A server passes it on to every LAN pool and the WAN pool.
 * Source: https://developer.hashicorp.com/consul/api-docs/operator/keyring
 */
export async function changeKeyring(action: Action<'keyring'>, context: StepContext): Promise<StepResult> {
  const secrets = secretsOf(context);
  const { connection, nodes, step } = context;
  const host = connection.host.name;
  const key = secrets.value(action.key);
  const api = agentApi(connection, nodes.get(step.node ?? '')?.container);
  try {
    if (action.op === 'remove') {
      const pools = await api.keyring();
      if (pools.every((pool) => pool.keys[key] === undefined)) return 'skipped';
    }
    await api.changeKeyring(action.op, key);
    if (action.op !== 'install') return 'done';
    const deadline = performance.now() + EVERYWHERE_MS;
    for (;;) {
      stopIfCancelled(context);
      const lacking = await notEverywhere(context, key);
      if (lacking.length === 0) return 'done';
      if (performance.now() > deadline)
        throw new RaftyardError('consul-api', `the new key is not everywhere yet: ${lacking.join(', ')}`, {
          host,
          hint: 'The old key is still used, and nothing is lost; bring every agent back and change the key again.',
          retryable: true,
        });
      await sleep(PAUSE_MS);
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const message = secrets.redact(error.message);
    if (message === error.message) throw error;
    throw new RaftyardError('consul-api', message, { host });
  }
}

/** The agent reads its configuration again, certificates with it. https://developer.hashicorp.com/consul/commands/reload */
export async function reloadAgent(
  _action: Action<'agent-reload'>,
  context: StepContext,
): Promise<StepResult> {
  const { connection, nodes, step } = context;
  await agentApi(connection, nodes.get(step.node ?? '')?.container).reload();
  return 'done';
}

export async function promoteSecret(
  action: Action<'secret-promote'>,
  context: StepContext,
): Promise<StepResult> {
  await secretsOf(context).promote(action.from, action.to);
  return 'done';
}
