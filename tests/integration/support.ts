/** What the integration tests share: a connector for the range's hosts, bare hosts, and a look from outside. */
import { execFile } from 'node:child_process';
import { setMaxListeners } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import Docker from 'dockerode';
import { afterAll, inject } from 'vitest';
import {
  applyPlan,
  type ClusterSecrets,
  preflight,
  reading,
  status,
  type UseCaseContext,
} from '../../src/main/cluster/index.js';
import type {
  ApplyOptions,
  ApplySummary,
  ClusterStatus,
  ProgressEvent,
} from '../../src/main/cluster/types.js';
import { createConnector } from '../../src/main/host/index.js';
import type { ConnectorPrompts, HostConnection, HostConnector } from '../../src/main/host/types.js';
import { rangeTopology } from '../../src/main/range/index.js';
import type { RangeStatus } from '../../src/main/range/types.js';
import type { SecretStore } from '../../src/main/store/secrets/types.js';
import { type ImageFamilyName, imageFamily } from '../../src/shared/consul/index.js';
import { changeCount, type PlanOptions, planApply, planDestroy } from '../../src/shared/plan/index.js';
import type { Plan } from '../../src/shared/plan/types.js';
import { BUS_FUNCTIONS } from '../../src/shared/shell/firewalld-bus.js';
import { readTopology } from '../../src/shared/topology/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { ownOf } from '../lane.js';
import { temporaryFolder } from '../temporary.js';

const run = promisify(execFile);

/** The range of this lane: nobody else uses it while this file runs. */
export const range: RangeStatus = ownOf(inject('ranges'));

/** The range's first image of a family. */
function imageOf(family: ImageFamilyName): string {
  const found = range.images.find((reference) => imageFamily(reference).family === family);
  if (found === undefined) throw new Error(`the range has no ${family} image: ${range.images.join(', ')}`);
  return found;
}

/** The Consul that these tests run on; its version is Debian's, or of the file that was given. */
export const CONSUL = imageOf('hashicorp');
/** What behaves as Consul 0.5.2, whatever was given. */
export const PROGRIUM = imageOf('progrium');

/** As its agents say it, without what a builder put behind the number. */
export function consulVersion(): string {
  const { version } = imageFamily(CONSUL);
  if (version === undefined) throw new Error(`${CONSUL} does not say its version`);
  return version;
}

const noPrompts: ConnectorPrompts = {
  hostKey: () => Promise.resolve(false),
  secret: () => Promise.resolve(null),
};

/** How long a connection may take; a test of a slow network waits longer. */
export const timing = { connectMs: 5000 };

interface ContextOptions {
  readonly prompts?: ConnectorPrompts;
  readonly signal?: AbortSignal;
  onEvent?(event: ProgressEvent): void;
}

function connectorFor(topology: Topology, home: string, prompts = noPrompts): HostConnector {
  return createConnector({
    prompts,
    hosts: topology.hosts,
    trustStore: join(home, 'known_hosts'),
    knownHosts: [],
    sshConfig: [],
    connectTimeoutMs: timing.connectMs,
  });
}

function contextWith(connector: HostConnector, home: string, extra: ContextOptions): UseCaseContext {
  // Every request of every host listens to it, as in the app.
  if (extra.signal !== undefined) setMaxListeners(0, extra.signal);
  return {
    connector,
    journalDir: join(home, 'journal'),
    holder: 'tests',
    ...(extra.signal === undefined ? {} : { signal: extra.signal }),
    ...(extra.onEvent === undefined ? {} : { onEvent: (event) => extra.onEvent?.(event) }),
  };
}

/** A context of its own, with its own connections; close it when done. */
export function newContext(
  topology: Topology,
  extra: ContextOptions = {},
): UseCaseContext & { close(): Promise<void> } {
  const home = temporaryFolder('raftyard-test-');
  const connector = connectorFor(topology, home, extra.prompts);
  return { ...contextWith(connector, home, extra), close: () => connector.close() };
}

/**
 * Connections that all of a file's tests share, as the window's use cases do: a login costs both sides more than most
 * questions. One is dialled again when it was lost. The command line, which these tests run too, logs in each time.
 */
const shared = new Map<string, HostConnector>();
const sharedHome = temporaryFolder('raftyard-test-');
afterAll(async () => {
  await Promise.all([...shared.values()].map((connector) => connector.close()));
  shared.clear();
});

let loginEachTime = false;
let logins = 0;

/**
 * For files that change how their hosts let people in (sshd, users, shells): every use case logs in anew, so that what was
 * changed is what is met.
 */
export function withoutSharedConnections(): void {
  loginEachTime = true;
}

/** A context with shared connections: nothing to close. */
export function sharedContext(
  topology: Topology,
  extra: Omit<ContextOptions, 'prompts'> = {},
): UseCaseContext {
  const key = `${loginEachTime ? ++logins : ''} ${JSON.stringify(topology.hosts)}`;
  const connector = shared.get(key) ?? connectorFor(topology, sharedHome);
  shared.set(key, connector);
  return contextWith(connector, sharedHome, extra);
}

/** The range's ready topology, with changes to its text's values. */
export async function rangeDocument(
  change: Partial<Topology> = {},
  user: 'root' | 'op' | 'nodocker' = 'root',
): Promise<Topology> {
  const { topology, findings } = readTopology(await rangeTopology(range.name, { user }));
  if (topology === undefined)
    throw new Error(`the range's own topology is invalid: ${JSON.stringify(findings)}`);
  return { ...topology, ...change };
}

export interface Applied {
  readonly plan: Plan;
  readonly summary: ApplySummary;
  readonly events: readonly ProgressEvent[];
}

/** A store of secrets that lives as long as the test. */
export function memoryStore(): SecretStore & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    place: 'the store of this test',
    read: async (prefix) => Object.fromEntries([...kept].filter(([name]) => name.startsWith(prefix))),
    write: async (changes) => {
      for (const [name, value] of Object.entries(changes))
        if (value === null) kept.delete(name);
        else kept.set(name, value);
    },
  };
}

export async function planFor(
  topology: Topology,
  options: PlanOptions = {},
  secrets?: ClusterSecrets,
): Promise<Plan> {
  return planApply(topology, await preflight(topology, reading(sharedContext(topology), secrets)), options);
}

export async function applyTo(
  topology: Topology,
  given: Omit<PlanOptions, 'secrets'> &
    ApplyOptions & {
      readonly rotate?: boolean;
      readonly resetAcl?: boolean;
      readonly signal?: AbortSignal;
      onStep?(event: ProgressEvent): void;
    } = {},
): Promise<Applied> {
  const events: ProgressEvent[] = [];
  const { rotate, resetAcl, signal, onStep, secrets, ...options } = given;
  const context = sharedContext(topology, {
    onEvent: (event) => {
      events.push(event);
      onStep?.(event);
    },
    ...(signal === undefined ? {} : { signal }),
  });
  const known = secrets?.forPlan();
  const plan = planApply(topology, await preflight(topology, reading(context, secrets)), {
    ...options,
    ...(known === undefined
      ? {}
      : { secrets: { ...known, rotate: rotate ?? known.rotate, resetAcl: resetAcl === true } }),
  });
  // As the command line does: what is missing is made when the plan is known.
  await secrets?.make();
  const summary = await applyPlan(topology, plan, context, {
    ...options,
    ...(secrets === undefined ? {} : { secrets }),
  });
  return { plan, summary, events };
}

/** Applies until an event is what is waited for, and cancels there. */
export async function cancelledAt(
  topology: Topology,
  wanted: (event: ProgressEvent) => boolean,
): Promise<Applied> {
  const controller = new AbortController();
  const onStep = (event: ProgressEvent): void => {
    if (wanted(event)) controller.abort();
  };
  return await applyTo(topology, { signal: controller.signal, onStep });
}

export async function destroyAll(topology: Topology, keepData = false): Promise<ApplySummary> {
  const context = sharedContext(topology);
  const plan = planDestroy(topology, await preflight(topology, context), { keepData });
  return await applyPlan(topology, plan, context);
}

export async function statusOf(topology: Topology, secrets?: ClusterSecrets): Promise<ClusterStatus> {
  return await status(topology, reading(sharedContext(topology), secrets));
}

export async function changesLeft(topology: Topology, options: PlanOptions = {}): Promise<number> {
  return changeCount(await planFor(topology, options));
}

/** A connection to one host; for arranging and looking, as a person with ssh would. */
export async function onHost<T>(
  topology: Topology,
  name: string,
  use: (connection: HostConnection) => Promise<T>,
): Promise<T> {
  const host = topology.hosts.find((entry) => entry.name === name);
  if (host === undefined) throw new Error(`no host ${name}`);
  const lease = await sharedContext(topology).connector.connect(host);
  try {
    return await use(lease.connection);
  } finally {
    lease.release();
  }
}

/** stdout of a script run as root on a host; fails loudly. */
export async function rootScript(topology: Topology, name: string, text: string): Promise<string> {
  return await onHost(topology, name, async (connection) => {
    const result = await connection.script(text, [], { root: true, timeoutMs: 60_000 });
    if (result.code !== 0) throw new Error(`${name}: ${text}\n${result.stdout}${result.stderr}`);
    return result.stdout.trim();
  });
}

/** systemd counts starts, and does no more than five in ten seconds; what went before is not this test's. */
export const RESTART_SSH = 'systemctl reset-failed ssh; systemctl restart ssh';

/** systemd starts Docker three times a minute and no more; the tests do it more often than any person. */
export const RESTART_DOCKER = 'systemctl reset-failed docker; systemctl restart docker';

/** The zone of the practice hosts in firewalld, rules and ports, running and kept; each `firewall-cmd` would be slow. */
const ZONE_RULES = `${BUS_FUNCTIONS}
kept=$(bus_text "$(bus /config .config getZoneByName s public)")
kept=\${kept#/org/fedoraproject/FirewallD1}
zone_rules() {
  bus '' .zone getRichRules s public
  bus "$kept" .config.zone getRichRules
  bus '' .zone getPorts s public
  bus "$kept" .config.zone getPorts
}
`;

const WIPE = `
ids=$(docker ps -aq); [ -z "$ids" ] || docker rm -fv $ids >/dev/null
vols=$(docker volume ls -q); [ -z "$vols" ] || docker volume rm -f $vols >/dev/null
rm -rf /opt/consul /run/raftyard-*.lock
systemctl is-active -q firewalld || systemctl enable --now firewalld >/dev/null 2>&1
systemctl is-enabled -q firewalld || systemctl enable firewalld >/dev/null 2>&1
# An engine that was started while firewalld was off does not put its own rules back when firewalld starts.
iptables -t nat -S DOCKER >/dev/null 2>&1 || { ${RESTART_DOCKER}; }
${ZONE_RULES}
# The strings of an answer as arguments: busctl escapes them as double quotes of a shell do.
strings() { printf '%s\\n' "$1" | sed 's/^[^"]*//; s/[$\`]/\\\\&/g'; }
bare=$(printf 'as 0\\nas 0\\naas 0\\na(ss) 0')
if [ "$(zone_rules)" != "$bare" ]; then
  eval "set -- $(strings "$(bus '' .zone getRichRules s public)")"
  for rule; do bus '' .zone removeRichRule ss public "$rule" >/dev/null; done
  eval "set -- $(strings "$(bus "$kept" .config.zone getRichRules)")"
  for rule; do bus "$kept" .config.zone removeRichRule s "$rule"; done
fi
# Ports, and rules that cannot be removed one by one, are rare: firewalld begins anew.
if [ "$(zone_rules)" != "$bare" ]; then
  rm -f /etc/firewalld/zones/public.xml /etc/firewalld/zones/public.xml.old
  systemctl restart firewalld
  ${RESTART_DOCKER}
fi
firewalld_state
`;

/** Every host as it was when the range came up. */
export async function bareHosts(topology: Topology): Promise<void> {
  await Promise.all(topology.hosts.map((host) => rootScript(topology, host.name, WIPE)));
}

/** A cluster that several tests share, raised again where an earlier one has left it broken. */
export async function madeWhole(topology: Topology): Promise<void> {
  if ((await statusOf(topology)).healthy) return;
  await bareHosts(topology);
  const { summary } = await applyTo(topology);
  if (summary.result !== 'done')
    throw new Error(`the cluster cannot be raised again: ${JSON.stringify(summary)}`);
}

/** All that Raftyard could leave behind on a host, as text to compare before and after. */
export async function traces(topology: Topology, name: string): Promise<string> {
  return await rootScript(
    topology,
    name,
    `docker ps -a --format '{{.Names}}'; docker volume ls -q; ls -A /opt; ls /run | grep raftyard || true
     systemctl is-enabled firewalld
     ${ZONE_RULES}
     firewalld_state; zone_rules
     bus '' .zone getZoneSettings2 s public; bus "$kept" .config.zone getSettings2`,
  );
}

/** Runs the command line as a user would. */
export async function raftyard(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    const { stdout, stderr } = await run(process.execPath, ['bin/raftyard.js', ...args], { maxBuffer: 32e6 });
    return { code: 0, stdout, stderr };
  } catch (error) {
    const failed = error as { code?: number; stdout?: string; stderr?: string };
    return { code: failed.code ?? -1, stdout: failed.stdout ?? '', stderr: failed.stderr ?? '' };
  }
}

/**
 * For clusters of which a server is away for some seconds, in tests of something else: it stays a voter. Autopilot would
 * remove it, and let it vote again ten seconds after its return.
 * Source: https://developer.hashicorp.com/consul/commands/operator/autopilot
 */
export async function keepVoters(topology: Topology, name: string): Promise<void> {
  const command = 'consul operator autopilot set-config -cleanup-dead-servers=false';
  await rootScript(
    topology,
    name,
    `docker exec "$(docker ps -q --filter label=raftyard.cluster)" ${command}`,
  );
}

/** The engine in which the range's hosts live: to reboot or cut them. */
export const outer = new Docker({ socketPath: range.engine.socket });

export async function reboot(name: string): Promise<void> {
  const host = range.hosts.find((entry) => entry.name === name);
  if (host === undefined) throw new Error(`no range host ${name}`);
  await outer.getContainer(host.container).restart({ t: 20 });
}

/** Waits for a condition, asking again; never a fixed sleep. */
export async function until(what: string, ms: number, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + ms;
  let last: unknown;
  while (Date.now() < deadline) {
    try {
      if (await condition()) return;
    } catch (error) {
      last = error;
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`not within ${ms} ms: ${what}${last === undefined ? '' : ` (${String(last)})`}`);
}

export function passwordOfPw(): string {
  return readFileSync(range.passwordFile, 'utf8').trim();
}
