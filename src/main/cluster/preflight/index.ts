/** Preflight: the facts of all hosts, gathered in parallel and read-only. */
import { desiredNodes } from '../../../shared/desired/index.js';
import type { DesiredNode } from '../../../shared/desired/types.js';
import { RaftyardError, toEnvelope } from '../../../shared/errors.js';
import type { AgentFacts, Facts, HostFacts, ReachableFacts, RootAccess } from '../../../shared/plan/facts.js';
import { uploadPath } from '../../../shared/plan/index.js';
import type { Host, Topology } from '../../../shared/topology/types.js';
import { consulApi } from '../../consul/client.js';
import { readFirewall } from '../../host/firewall/index.js';
import { sections } from '../../host/firewall/sections.js';
import type { HostConnection } from '../../host/types.js';
import { type Registry, registryFor } from '../registry.js';
import type { UseCaseContext } from '../types.js';
import { dnsFacts } from './dns.js';
import { type DockerAnswer, dockerFacts } from './docker.js';
import * as parse from './parse.js';
import { DISK_SCRIPT, HOST_SCRIPT, LOGIN_SCRIPT } from './script.js';

type Signal = { readonly signal?: AbortSignal };
type Sections = ReturnType<typeof sections>;

const first = (all: Sections, name: string): string => all.get(name)?.[0] ?? '';

async function askClock(connection: HostConnection, signal: Signal) {
  const sent = Date.now();
  const started = performance.now();
  const { stdout } = await connection.exec(['date', '+%s%N'], signal);
  const latencyMs = performance.now() - started;
  return {
    latencyMs: Math.round(latencyMs * 10) / 10,
    clockOffsetMs: parse.clockOffset(stdout, sent, sent + latencyMs) ?? 0,
  };
}

/** Round trip of a small command, and the clock that it tells; the quicker of two answers is the truer one. */
async function clock(connection: HostConnection, signal: Signal) {
  const one = await askClock(connection, signal);
  const two = await askClock(connection, signal);
  return one.latencyMs < two.latencyMs ? one : two;
}

async function script(
  connection: HostConnection,
  text: string,
  args: readonly string[],
  options: Signal,
  root: boolean,
) {
  const result = await connection.script(text, args, { ...options, root, timeoutMs: 60_000 });
  if (result.code !== 0) {
    throw new RaftyardError(
      'command-failed',
      `the host's shell could not answer: ${parse.clean(result.stderr, 200) || `exit code ${result.code}`}`,
      { host: connection.host.name, hint: 'The login user needs a POSIX shell.' },
    );
  }
  return sections(result.stdout);
}

/** How the login user becomes root, tried without changing anything. */
async function rootAccess(connection: HostConnection, login: Sections, signal: Signal): Promise<RootAccess> {
  if (first(login, 'uid') === '0') return 'root';
  if (first(login, 'sudo') === 'free') return 'sudo';
  if (first(login, 'sudo') !== 'asks') return 'none';
  try {
    const tried = await connection.exec(['true'], { ...signal, root: true });
    return tried.code === 0 ? 'sudo-password' : 'none';
  } catch (error) {
    if (error instanceof RaftyardError && error.code === 'sudo-denied') return 'none';
    throw error;
  }
}

/** What the agent says, where a Consul container runs; undefined when none answers. */
async function agentFacts(connection: HostConnection, answer: DockerAnswer, signal: Signal) {
  const running = answer.containers.find((container) => container.running);
  if (running === undefined) return undefined;
  const api = consulApi(connection, 8500, { container: running.id, timeoutMs: 5_000, ...signal });
  try {
    const self = await api.self();
    // Both fail while there is no leader, which is a fact and not an error.
    const [leader, peers, services] = await Promise.all([
      api.leader().catch(() => ''),
      api.peers().catch((): string[] => []),
      api.registeredServices(self.nodeName).catch(() => undefined),
    ]);
    const facts: AgentFacts = {
      version: self.version,
      nodeName: self.nodeName,
      datacenter: self.datacenter,
      server: self.server,
      leader,
      peers,
      ...(services === undefined ? {} : { services }),
      ...(self.gossip === null ? {} : { gossip: self.gossip }),
      ...(self.tls === null ? {} : { tls: self.tls }),
      ...(self.acl === null ? {} : { acl: self.acl }),
    };
    return facts;
  } catch {
    return undefined;
  }
}

function enabledAtBoot(all: Sections, kind: string): boolean | null {
  const unit = kind === 'snap' ? 'snap.docker.dockerd' : 'docker';
  const state = first(all, `boot-${unit}`) || first(all, 'boot-openrc');
  return state === '' ? null : state === 'enabled' || state === 'enabled-runtime';
}

const SELINUX: Readonly<Record<string, ReachableFacts['selinux']>> = { '1': 'enforcing', '0': 'permissive' };

async function hostFacts(
  connection: HostConnection,
  nodes: readonly DesiredNode[],
  topology: Topology,
  registry: Registry,
  signal: Signal,
): Promise<ReachableFacts> {
  const { host } = connection;
  const time = await clock(connection, signal);
  const login = await script(connection, LOGIN_SCRIPT, [], signal, false);
  const root = await rootAccess(connection, login, signal);
  const privileged = root !== 'none';

  const files = [
    ...new Set(
      nodes.flatMap(({ files: own, secret, services }) => [
        ...[...own, ...(secret === undefined ? [] : [secret, ...secret.files])].map((file) => file.path),
        ...(services === undefined ? [] : [services.path, services.otherPath]),
      ]),
    ),
    uploadPath(topology.workdir),
  ];
  const peers = topology.hosts.filter((other) => other.name !== host.name);
  const args = [topology.workdir, String(files.length), ...files, ...peers.map((peer) => peer.advertise)];
  const asked = script(connection, HOST_SCRIPT, args, signal, privileged);
  const client = asked.then((all) => ({
    path: first(all, 'docker-path'),
    version: first(all, 'docker-version'),
  }));
  const [all, answer, firewall] = await Promise.all([
    asked,
    dockerFacts(connection, nodes, client, registry),
    readFirewall(connection, { ...signal, root: privileged }),
  ]);
  const elsewhere = answer.rootDirectory !== undefined && answer.rootDirectory !== '/var/lib/docker';
  const state = parse.parseState(all.get('state')?.[0]);
  const proven = parse.parseProven(first(all, 'proven'));
  const addresses = parse.parseAddresses(all);
  const known = { addresses, state, docker: answer.docker !== undefined, root: privileged };
  const [disk, agent, names] = await Promise.all([
    elsewhere
      ? script(connection, DISK_SCRIPT, [answer.rootDirectory ?? '/'], signal, privileged)
      : Promise.resolve(all),
    agentFacts(connection, answer, signal),
    dnsFacts(connection, nodes[0], known, signal),
  ]);
  return {
    host: host.name,
    reachable: true,
    ...time,
    os: parse.parseOs(all),
    user: connection.user,
    root,
    systemd: first(all, 'systemd') === 'yes',
    selinux: SELINUX[first(all, 'selinux')] ?? 'disabled',
    ...(answer.docker === undefined
      ? {}
      : { docker: { ...answer.docker, enabledAtBoot: enabledAtBoot(all, answer.docker.kind) } }),
    ...(answer.dockerProblem === undefined ? {} : { dockerProblem: answer.dockerProblem }),
    ...(answer.image === undefined ? {} : { image: answer.image }),
    containers: answer.containers,
    ...(answer.volume === undefined ? {} : { volume: answer.volume }),
    addresses,
    sourceTowards: Object.fromEntries(
      peers.flatMap((peer, index) => {
        const source = parse.parseSource(all.get(`route-${index}`));
        return source === null ? [] : [[peer.name, source] as const];
      }),
    ),
    listeners: parse.parseListeners(all),
    firewall,
    diskFreeBytes: parse.parseDisk(disk.get('df')?.[0]),
    workdir: {
      exists: first(all, 'workdir') === 'yes',
      ...(first(all, 'workdir') === 'not-a-directory' ? { notADirectory: true } : {}),
      files: parse.parseFiles(all, files),
      ...(state === undefined ? {} : { state }),
      ...(proven === undefined ? {} : { proven }),
    },
    ...names,
    ...(agent === undefined ? {} : { agent }),
  };
}

async function factsOf(
  host: Host,
  nodes: readonly DesiredNode[],
  topology: Topology,
  context: UseCaseContext,
): Promise<HostFacts> {
  const signal: Signal = context.signal === undefined ? {} : { signal: context.signal };
  try {
    const lease = await context.connector.connect(host, context.signal);
    try {
      return await hostFacts(
        lease.connection,
        nodes,
        topology,
        registryFor(topology, context.connector),
        signal,
      );
    } finally {
      lease.release();
    }
  } catch (error) {
    if (context.signal?.aborted === true) throw new RaftyardError('cancelled', 'cancelled', { cause: error });
    return { host: host.name, reachable: false, error: toEnvelope(error, host.name) };
  }
}

/**
 * Asks every host of the topology, all in parallel, without changing anything. A host that cannot be reached, or a
 * Docker that cannot be used, is a fact of that host and never fails the others.
 *
 * @throws RaftyardError cancelled, when the context's signal is aborted.
 */
export async function preflight(topology: Topology, context: UseCaseContext): Promise<Facts> {
  const desired = desiredNodes(topology);
  const facts = await Promise.all(
    topology.hosts.map((host) =>
      factsOf(
        host,
        desired.filter((node) => node.host === host.name),
        topology,
        context,
      ),
    ),
  );
  return Object.fromEntries(facts.map((entry) => [entry.host, entry]));
}
