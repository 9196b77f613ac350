/** Preflight: the facts of all hosts, gathered in parallel and read-only. */
import { desiredNodes, resolverPath } from '../../../shared/desired/index.js';
import type { DesiredNode } from '../../../shared/desired/types.js';
import { RaftyardError, toEnvelope } from '../../../shared/errors.js';
import type { Facts, HostFacts, ReachableFacts } from '../../../shared/plan/facts.js';
import { uploadPath } from '../../../shared/plan/index.js';
import { canonicalAddress, isIpAddress } from '../../../shared/topology/index.js';
import type { Host, Topology } from '../../../shared/topology/types.js';
import { parseFirewall } from '../../host/firewall/index.js';
import { sections } from '../../host/firewall/sections.js';
import type { ExecResult, HostConnection } from '../../host/types.js';
import { type Registry, registryFor } from '../registry.js';
import type { UseCaseContext } from '../types.js';
import { agentOn } from './agent.js';
import { ClockWatch } from './clock.js';
import { dnsFacts } from './dns.js';
import { dockerFacts, Engine } from './docker.js';
import { withLastSeen } from './last-seen.js';
import * as parse from './parse.js';
import { CLOCK_SCRIPT, DISK_SCRIPT, FIREWALL, LOOK_SCRIPT, NAMES } from './script.js';

/** firewalld's programs are slow on small machines, where its D-Bus cannot be asked. */
const LOOK_MS = 90_000;

type Signal = { readonly signal?: AbortSignal };
type Sections = ReturnType<typeof sections>;

const first = (all: Sections, name: string): string => all.get(name)?.[0] ?? '';

/** The host's shell cannot run a script. */
function cannotAnswer(connection: HostConnection, { code, stderr }: ExecResult): RaftyardError {
  return new RaftyardError(
    'command-failed',
    `the host's shell could not answer: ${parse.clean(stderr, 200) || `exit code ${code}`}`,
    { host: connection.host.name, hint: 'The login user needs a POSIX shell.' },
  );
}

/**
 * Everything that the host's shell says, asked once and as root where possible. The first lines are the host's clock:
 * the first answer comes with the beginning of a session, the second is a round trip within it.
 */
async function askHost(connection: HostConnection, args: readonly string[], signal: Signal) {
  const watch = new ClockWatch();
  const answer = await connection.script(CLOCK_SCRIPT, args, {
    ...signal,
    root: 'if-possible',
    timeoutMs: LOOK_MS,
    onSend: () => watch.begin(),
    stdinRest: () => {
      watch.asked();
      return LOOK_SCRIPT;
    },
    onOutput: (text, stream) => {
      if (stream === 'stdout') watch.came(text);
    },
  });
  if (answer.code !== 0) throw cannotAnswer(connection, answer);
  return { all: sections(answer.stdout), root: answer.as, time: watch.best };
}

/** Free space below the engine's directory, where it is another than the script looked at. */
async function diskElsewhere(connection: HostConnection, path: string, signal: Signal) {
  const answer = await connection.script(DISK_SCRIPT, [path], { ...signal, root: 'if-possible' });
  if (answer.code !== 0) throw cannotAnswer(connection, answer);
  return sections(answer.stdout);
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
  const args = [
    topology.workdir,
    host.advertise,
    nodes[0]?.dns === undefined ? 'no' : 'yes',
    resolverPath(topology.id),
    String(files.length),
    ...files,
    ...peers.map((peer) => peer.advertise).filter(isIpAddress),
  ];
  const asked = askHost(connection, args, signal);
  const client = asked.then(({ all }) => ({
    path: first(all, 'docker-path'),
    version: first(all, 'docker-version'),
  }));
  const engine = connection.docker().then((docker) => new Engine(docker));
  const answered = dockerFacts(connection, engine, nodes, client, registry);
  const [{ all, root, time }, answer, agent] = await Promise.all([
    asked,
    answered,
    answered.then(({ containers }) => agentOn(connection, containers, signal)),
  ]);
  const elsewhere = answer.rootDirectory !== undefined && answer.rootDirectory !== '/var/lib/docker';
  const state = parse.parseState(all.get('state')?.[0]);
  const proven = parse.parseProven(first(all, 'proven'));
  const restartDue = parse.parseRestartDue(all.get('restart-due')?.[0]);
  const addresses = parse.parseAddresses(all);
  const sources = parse.parseSources(all.get('route'));
  const names = sections((all.get(NAMES) ?? []).join('\n'));
  const silent = answer.docker !== undefined && agent.agent === undefined;
  const servers = nodes.some(({ role }) => role === 'server');
  const [disk, dns, seen] = await Promise.all([
    elsewhere ? diskElsewhere(connection, answer.rootDirectory ?? '/', signal) : all,
    dnsFacts(answer.docker === undefined ? undefined : await engine, nodes[0], { names, addresses, state }),
    silent && servers
      ? withLastSeen(connection, (await engine).docker, answer, Date.now() + time.clockOffsetMs)
      : answer,
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
    containers: seen.containers,
    ...(seen.volume === undefined ? {} : { volume: seen.volume }),
    addresses,
    sourceTowards: Object.fromEntries(
      peers.flatMap((peer) => {
        const source = sources.get(canonicalAddress(peer.advertise));
        return source === undefined ? [] : [[peer.name, source] as const];
      }),
    ),
    listeners: parse.parseListeners(all),
    firewall: parseFirewall((all.get(FIREWALL) ?? []).join('\n')),
    diskFreeBytes: parse.parseDisk(disk.get('df')?.[0]),
    workdir: {
      exists: first(all, 'workdir') === 'yes',
      ...(first(all, 'workdir') === 'not-a-directory' ? { notADirectory: true } : {}),
      files: parse.parseFiles(all, files),
      ...(state === undefined ? {} : { state }),
      ...(proven === undefined ? {} : { proven }),
      ...(restartDue === undefined ? {} : { restartDue }),
    },
    ...dns,
    ...agent,
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
