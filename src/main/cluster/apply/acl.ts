/** Steps that make tokens, and give them to agents. A token travels in a request's body or header, and nowhere else. */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { imageFamily } from '../../../shared/consul/index.js';
import {
  agentToken,
  DNS_POLICY,
  MANAGEMENT_DESCRIPTION,
  MANAGEMENT_TOKEN,
  REPLICATION_TOKEN,
} from '../../../shared/desired/index.js';
import { RaftyardError } from '../../../shared/errors.js';
import type { ConsulApi } from '../../consul/client.js';
import { addressOnly, agentApi } from '../observe.js';
import type { ClusterSecrets } from '../secrets.js';
import { accessorOf } from '../tokens.js';
import { type Action, type StepContext, stopIfCancelled } from './context.js';
import type { StepResult } from './scheduler.js';
import { secretsOf } from './secrets.js';

const DEADLINE_MS = 60_000;
const PAUSE_MS = 250;

/** https://developer.hashicorp.com/consul/docs/secure/acl/token#anonymous-token */
const ANONYMOUS = '00000000-0000-0000-0000-000000000002';

export const apiOf = ({ connection, nodes, step }: StepContext): ConsulApi =>
  agentApi(connection, nodes.get(step.node ?? '')?.container);

/** Tries again while there is no leader, or ACLs are not begun; what Consul said last where time runs out. */
export async function persistently<T>(context: StepContext, attempt: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    stopIfCancelled(context);
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof RaftyardError) || error.code === 'usage' || performance.now() > deadline)
        throw error;
      await sleep(PAUSE_MS);
    }
  }
}

/** Whether the token that is kept may manage ACLs here; one of an earlier cluster of this document may not. */
async function isGood(api: ConsulApi): Promise<boolean> {
  return await api.aclPolicies().then(
    () => true,
    () => false,
  );
}

const LOST = {
  hint: 'Restore the recovery kit of this cluster, or make a new management token with: raftyard acl-reset.',
} as const;

/** Says to the leader that the management token may be made once more. Source: https://developer.hashicorp.com/consul/docs/secure/acl/reset */
async function allowAgain(resetIndex: number, context: StepContext): Promise<void> {
  const leader = addressOnly(await apiOf(context).leader());
  const place = [...context.nodes.values()].find(({ address }) => address === leader);
  if (place === undefined)
    throw new RaftyardError('consul-api', 'there is no leader on a host of the document', {
      host: context.connection.host.name,
      retryable: true,
    });
  const connection = await context.connectionOf(place.host);
  const docker = await connection.docker();
  const container = docker.getContainer(place.container);
  const { Config } = await container.inspect();
  const { dataDir } = imageFamily(Config.Image);
  const exec = await container.exec({
    Cmd: ['sh', '-c', 'printf %s "$1" > "$2/acl-bootstrap-reset"', 'sh', String(resetIndex), dataDir],
    AttachStdout: true,
    AttachStderr: true,
  });
  const stream = await exec.start({ Tty: false });
  stream.resume();
  await new Promise<void>((resolve, reject) => {
    stream.once('end', resolve);
    stream.once('close', resolve);
    stream.once('error', reject);
  });
  const { ExitCode } = await exec.inspect();
  if (ExitCode !== 0)
    throw new RaftyardError('command-failed', `the reset file cannot be written in ${place.container}`, {
      host: place.host,
    });
}

/**
 * Says of the management token that Raftyard made it, and, after a reset, takes back those that it made before: who has seen
 * one may do nothing with it any more. Tokens that people made stay.
 * @param former accessor of the token that was kept until now
 */
async function claim(api: ConsulApi, context: StepContext, reset: boolean, former?: string): Promise<void> {
  const mine = await api.aclSelf();
  if (mine === null)
    throw new RaftyardError('consul-api', 'Consul does not know its new management token yet', {
      host: context.connection.host.name,
      retryable: true,
    });
  const { accessor, description, policies } = mine;
  if (description !== MANAGEMENT_DESCRIPTION)
    await api.aclPutToken({ accessor, description: MANAGEMENT_DESCRIPTION, policies }, true);
  if (!reset) return;
  for (const other of await api.aclTokens()) {
    const ours = other.accessor === former || other.description === MANAGEMENT_DESCRIPTION;
    if (ours && other.accessor !== accessor) await api.aclDeleteToken(other.accessor);
  }
}

export async function bootstrapAcl(
  action: Action<'acl-bootstrap'>,
  context: StepContext,
): Promise<StepResult> {
  const secrets = secretsOf(context);
  const api = apiOf(context);
  if (!action.reset && secrets.has(MANAGEMENT_TOKEN) && (await isGood(api))) return 'skipped';
  const kept = secrets.has(MANAGEMENT_TOKEN) ? await api.aclSelf().catch(() => null) : null;
  let allowed = false;
  await persistently(context, async (): Promise<void> => {
    const answer = await api.aclBootstrap(randomUUID());
    if ('token' in answer) {
      await secrets.keepManagementToken(answer.token);
      return;
    }
    if (!action.reset)
      throw new RaftyardError(
        'usage',
        'this cluster’s management token was made before, and is not in your store of secrets',
        {
          host: context.connection.host.name,
          ...LOST,
        },
      );
    if (!allowed) await allowAgain(answer.resetIndex, context);
    allowed = true;
    throw new RaftyardError('consul-api', 'Consul does not allow a new management token yet', {
      host: context.connection.host.name,
      retryable: true,
    });
  });
  await persistently(context, () => claim(api, context, action.reset, kept?.accessor));
  return 'done';
}

async function putTokens(
  action: Action<'acl-tokens'>,
  api: ConsulApi,
  secrets: ClusterSecrets,
): Promise<void> {
  const ids = await api.aclPolicies();
  for (const policy of action.policies) await api.aclPutPolicy(policy, ids[policy.name]);
  for (const { secret: name, description, policies } of action.tokens) {
    const accessor = accessorOf(secrets.clusterId, name);
    const found = await api.aclToken(accessor);
    const secret = secrets.value(name);
    // A token's secret cannot be changed: one of an earlier store gives way.
    if (found !== null && found.secret !== secret) await api.aclDeleteToken(accessor);
    const stays = found !== null && found.secret === secret;
    await api.aclPutToken({ accessor, secret, description, policies }, stays);
  }
  const anonymous = await api.aclToken(ANONYMOUS);
  if (anonymous !== null && !anonymous.policies.includes(DNS_POLICY.name))
    await api.aclPutToken(
      {
        accessor: ANONYMOUS,
        description: anonymous.description,
        policies: [...anonymous.policies, DNS_POLICY.name],
      },
      true,
    );
}

export async function makeTokens(action: Action<'acl-tokens'>, context: StepContext): Promise<StepResult> {
  const secrets = secretsOf(context);
  const api = apiOf(context);
  await persistently(context, () => putTokens(action, api, secrets));
  return 'done';
}

/** The agent gets its token now; its file has it for the next start. Done when the node is in the catalog. */
export async function giveAgentToken(
  action: Action<'agent-token'>,
  context: StepContext,
): Promise<StepResult> {
  const secrets = secretsOf(context);
  const node = context.step.node ?? '';
  const api = apiOf(context);
  await persistently(context, async () => {
    if (action.replication) await api.setAgentToken('replication', secrets.value(REPLICATION_TOKEN));
    await api.setAgentToken('agent', secrets.value(agentToken(node)));
  });
  await persistently(context, async () => {
    if (await api.isRegistered(node)) return;
    throw new RaftyardError('consul-api', `${node} has its token and has not registered itself yet`, {
      host: context.connection.host.name,
      hint: 'Look at the agent’s log.',
      retryable: true,
    });
  });
  return 'done';
}
