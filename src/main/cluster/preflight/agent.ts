/** What the agent of a host says, for the plan. */
import { has } from '../../../shared/consul/index.js';
import { toEnvelope } from '../../../shared/errors.js';
import type { AgentFacts, ContainerFacts, ReachableFacts } from '../../../shared/plan/facts.js';
import { type ConsulApi, consulApi, Unreadable } from '../../consul/client.js';
import type { HostConnection } from '../../host/types.js';
import { addressOnly } from '../observe.js';

const TIMEOUT_MS = 5_000;

/** An answer that cannot be read is no silence: nothing may be planned on it. */
const silent =
  <T>(otherwise: T) =>
  (error: unknown): T => {
    if (error instanceof Unreadable) throw error;
    return otherwise;
  };

/** Autopilot's MinQuorum, where this agent leads: the others would ask the leader in their turn, for the same answer. */
async function minQuorumOf(
  api: ConsulApi,
  advertise: string,
  self: Promise<{ readonly version: string }>,
  leader: Promise<string>,
): Promise<number | undefined> {
  const [{ version }, address] = await Promise.all([self, leader]);
  if (addressOnly(address) !== advertise || !has(version, 'key', 'autopilot.min_quorum')) return undefined;
  return (await api.autopilotConfiguration())?.minQuorum;
}

/**
 * @param advertise address by which the servers know the agent
 * @throws RaftyardError consul-api, and what the connection throws
 */
export async function agentFacts(api: ConsulApi, advertise: string): Promise<AgentFacts> {
  const asked = api.self();
  // All but the first fail while there is no leader, which is a fact and not an error.
  const led = api.leader().catch(silent(''));
  const [self, leader, peers, services, minQuorum] = await Promise.all([
    asked,
    led,
    api.peers().catch(silent([])),
    asked.then(({ nodeName }) => api.registeredServices(nodeName)).catch(silent(undefined)),
    minQuorumOf(api, advertise, asked, led).catch(silent(undefined)),
  ]);
  return {
    version: self.version,
    nodeName: self.nodeName,
    datacenter: self.datacenter,
    server: self.server,
    leader,
    peers,
    ...(services === undefined ? {} : { services }),
    ...(minQuorum === undefined ? {} : { minQuorum }),
    ...(self.gossip === null ? {} : { gossip: self.gossip }),
    ...(self.tls === null ? {} : { tls: self.tls }),
    ...(self.acl === null ? {} : { acl: self.acl }),
  };
}

/** What the agent says, where a Consul container runs and one answers; or why its answer cannot be read. */
export async function agentOn(
  connection: HostConnection,
  containers: readonly ContainerFacts[],
  signal: { readonly signal?: AbortSignal },
): Promise<Pick<ReachableFacts, 'agent' | 'agentProblem'>> {
  const running = containers.find((container) => container.running);
  if (running === undefined) return {};
  const api = consulApi(connection, 8500, { container: running.id, timeoutMs: TIMEOUT_MS, ...signal });
  try {
    return { agent: await agentFacts(api, connection.host.advertise) };
  } catch (error) {
    return error instanceof Unreadable ? { agentProblem: toEnvelope(error, connection.host.name) } : {};
  }
}
