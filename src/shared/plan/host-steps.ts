/** Steps that prepare one host: record, firewall, directory, files, image, volume. */
import type { DesiredFile, DesiredNode } from '../desired/types.js';
import { digestOf, sha256Hex } from '../digest.js';
import {
  disableCommands,
  enableCommands,
  firewallRules,
  hasRule,
  isManaged,
  isOpenable,
  opening,
  ruleTarget,
} from '../shell/firewall.js';
import { fileOf, isPacketFilter } from '../shell/packet-filter.js';
import { commandLine } from '../shell/quote.js';
import type { SecurePart } from '../topology/index.js';
import type { Lane } from './builder.js';
import type { DnsNeed } from './dns-need.js';
import type { Facts, HostState, ReachableFacts } from './facts.js';
import type { RecordedState } from './types.js';

export interface HostInput {
  readonly node: DesiredNode;
  readonly facts: ReachableFacts;
  readonly all: Facts;
  readonly lane: Lane;
  readonly adopted: boolean;
  /** An image archive on this computer is at hand. */
  readonly archive: boolean;
  /** What is to be done for names; absent where nothing. */
  readonly dns?: DnsNeed;
  /** MinQuorum of its datacenter follows the number of servers. */
  readonly minQuorum?: boolean;
}

export function statePath(workdir: string): string {
  return `${workdir}/.raftyard/state.json`;
}

/** Where an image archive lies on a host until it is loaded. */
export function uploadPath(workdir: string): string {
  return `${workdir}/.raftyard/image.tar`;
}

const octal = (mode: number): string => mode.toString(8).padStart(3, '0');

/** Advertise addresses of the others, and the addresses that they really come from. */
export function peerSources(node: DesiredNode, all: Facts): string[] {
  const measured = Object.values(all).flatMap((facts) => {
    if (!facts.reachable || facts.host === node.host) return [];
    const source = facts.sourceTowards[node.host];
    return source === undefined || source.startsWith('127.') ? [] : [source];
  });
  return [...new Set([...node.firewall.sources, ...measured])].sort();
}

export interface FirewallNeed {
  readonly missing: readonly string[];
  readonly disable: boolean;
  readonly enable: boolean;
  /** Rules that are or will be ours. */
  readonly ours: readonly string[];
}

/** What the firewall of a host lacks. */
export function firewallNeed({ node, facts, all, adopted }: HostInput): FirewallNeed {
  const { firewall } = facts;
  const { kind } = firewall;
  const recorded = facts.workdir.state?.rules ?? [];
  const none = { missing: [], disable: false, enable: false, ours: recorded };
  if (!isOpenable(kind)) return none;
  if (node.firewall.mode === 'disable') {
    // Stopping iptables or nftables takes every rule of the host away, Docker's and those of others too.
    if (!isManaged(kind)) return none;
    return { ...none, disable: firewall.active || firewall.enabledAtBoot };
  }
  if (node.firewall.mode === 'leave') return none;
  const before = facts.workdir.state?.firewallBefore;
  const enable =
    facts.workdir.state?.firewallDisabled === true && before?.active === true && !firewall.active;
  if (!firewall.active && !enable) return none;
  const wanted = firewallRules(
    kind,
    node.firewall.rules,
    peerSources(node, all),
    `raftyard-${node.clusterId.slice(0, 8)}`,
    firewall.chains,
  );
  const kept = (rule: string): boolean =>
    (isPacketFilter(kind) && fileOf(kind, rule, firewall.keptIn ?? {}) === undefined) ||
    hasRule(kind, firewall.permanent, rule);
  const missing = wanted.filter((rule) => !kept(rule) || !(enable || hasRule(kind, firewall.runtime, rule)));
  // A rule that was there before us and is not recorded stays the owner's: destroy will not remove it.
  const ours = wanted.filter((rule) => recorded.includes(rule) || missing.includes(rule));
  return { missing: adopted ? [] : missing, disable: false, enable, ours: adopted ? recorded : ours };
}

/** A file that has to be written, with whether someone else made or changed what is there. */
export interface FileNeed {
  readonly file: DesiredFile;
  readonly state: 'new' | 'ours' | 'edited' | 'foreign';
}

export function fileNeeds(input: HostInput): FileNeed[] {
  if (input.adopted) return [];
  const { facts, node } = input;
  return node.files.flatMap((file): FileNeed[] => {
    const have = facts.workdir.files.find((entry) => entry.path === file.path);
    const wanted = sha256Hex(file.content);
    if (have !== undefined && have.sha256 === wanted && (have.mode & 0o777) === file.mode) return [];
    if (have === undefined) return [{ file, state: 'new' }];
    const ours = facts.workdir.state?.files.find((entry) => entry.path === file.path);
    if (ours === undefined) return [{ file, state: have.sha256 === wanted ? 'ours' : 'foreign' }];
    const known = have.sha256 === ours.sha256 || have.sha256 === wanted;
    return [{ file, state: known ? ('ours' as const) : ('edited' as const) }];
  });
}

/** The parts of `secure` that a host's state tells of. */
export const securedParts = (state: HostState | undefined): readonly SecurePart[] =>
  state?.secured ?? ((state?.secretFiles ?? []).length > 0 ? ['gossip'] : []);

/** A services file that is to go is ours until it is gone. */
function formerServices({ node, facts }: HostInput): HostState['files'] {
  const { state, files } = facts.workdir;
  return (state?.files ?? []).filter(
    ({ path }) =>
      (path === node.services?.path || path === node.services?.otherPath) &&
      !node.files.some((file) => file.path === path) &&
      files.some((file) => file.path === path),
  );
}

/** Ids of services of ours: those of the document, and those that are to go and may still be there. */
function recordedServices({ node, facts, adopted }: HostInput): Pick<HostState, 'services'> {
  const before = facts.workdir.state?.services ?? [];
  const wanted = adopted ? [] : (node.services?.registered ?? []).map(({ id }) => id);
  const told = facts.agent?.services;
  const left = before.filter((id) => told === undefined || told.some((service) => service.id === id));
  const services = [...new Set([...wanted, ...left])];
  return services.length === 0 ? {} : { services };
}

/** The state that the record step writes: what was there before the first step, and what is ours from now on. */
export function recordedState(input: HostInput, need: FirewallNeed): RecordedState {
  const { node, facts, adopted } = input;
  const previous = facts.workdir.state;
  const { kind, active, enabledAtBoot } = facts.firewall;
  return {
    version: 1,
    clusterId: node.clusterId,
    clusterName: node.clusterName,
    node: node.node,
    firewallBefore: previous?.firewallBefore ?? { kind, active, enabledAtBoot },
    rules: need.ours,
    firewallDisabled: need.disable || (previous?.firewallDisabled === true && !need.enable),
    files: adopted
      ? (previous?.files ?? [])
      : [
          ...node.files.map((file) => ({ path: file.path, sha256: sha256Hex(file.content) })),
          ...formerServices(input),
        ],
    ...(node.secret === undefined || adopted
      ? previous?.secretFiles === undefined
        ? {}
        : { secretFiles: previous.secretFiles, secured: securedParts(previous) }
      : {
          // Of an earlier role, too: a client that was a server has its certificate still.
          secretFiles: [
            ...new Set([
              node.secret.path,
              ...node.secret.files.map((file) => file.path),
              ...(node.services?.secret === undefined ? [] : [node.services.secret.path]),
              ...(previous?.secretFiles ?? []),
            ]),
          ],
          secured: node.secret.parts.map(({ part }) => part),
        }),
    ...recordedServices(input),
    ...(input.dns?.record === undefined ? {} : { dns: input.dns.record }),
    madeWorkdir: previous?.madeWorkdir ?? !facts.workdir.exists,
    ...(adopted ? { adopted: true } : {}),
    ...(input.minQuorum === true && node.role === 'server' ? { minQuorum: true } : {}),
  };
}

/** The same while the files of an agent are still those of before: see turn.ts. */
function stateBeforeTurn(input: HostInput, need: FirewallNeed): RecordedState {
  const {
    files: _files,
    secretFiles: _secretFiles,
    secured: _secured,
    services: _services,
    ...rest
  } = recordedState(input, need);
  const previous = input.facts.workdir.state;
  const { secretFiles, services } = previous ?? {};
  return {
    ...rest,
    files: previous?.files ?? [],
    ...(secretFiles === undefined ? {} : { secretFiles, secured: securedParts(previous) }),
    ...(services === undefined ? {} : { services }),
  };
}

/** Adds the record step of a host whose files are written later; none where it would say what is recorded already. */
export function addRecordBeforeTurn(input: HostInput, need: FirewallNeed): void {
  const { since: _since, updated: _updated, lastPlan: _lastPlan, ...said } = input.facts.workdir.state ?? {};
  const state = stateBeforeTurn(input, need);
  if (digestOf(said) !== digestOf(state)) addRecord(input, state);
}

/** Adds the record step; first on every host that changes, so that destroy always knows what was before. */
export function addRecord(input: HostInput, state: RecordedState): void {
  const path = statePath(input.node.workdir);
  input.lane.add(
    { kind: 'record', statePath: path, state },
    {
      title: 'Record what is there now',
      before: input.facts.workdir.state === undefined ? 'nothing recorded' : 'recorded earlier',
      after: `${path} says what was there before and what Raftyard makes`,
      needsRoot: true,
      risk: 'none',
      commands: [`mkdir -p ${commandLine([`${input.node.workdir}/.raftyard`])}`, `write ${path}`],
      undo: 'destroy removes it',
    },
  );
}

export function addFirewall({ lane, facts }: HostInput, need: FirewallNeed): void {
  const { kind, keptIn } = facts.firewall;
  if (!isOpenable(kind)) return;
  const at = ruleTarget(facts.firewall, need.missing);
  if (need.enable && isManaged(kind)) {
    lane.add(
      { kind: 'firewall-enable', firewall: kind, start: true, boot: true },
      {
        title: `Start ${kind} again`,
        before: `${kind} stopped by an earlier apply`,
        after: `${kind} running and started at boot`,
        risk: 'medium',
        needsRoot: true,
        commands: enableCommands(kind, { start: true, boot: true }).map(commandLine),
      },
    );
    addChains(lane, facts);
  }
  if (need.missing.length > 0) {
    const unkept =
      isPacketFilter(kind) && need.missing.some((rule) => fileOf(kind, rule, keptIn ?? {}) === undefined);
    lane.add(
      { kind: 'firewall-open', firewall: kind, ...at, rules: need.missing },
      {
        title: `Open ${need.missing.length} ${need.missing.length === 1 ? 'rule' : 'rules'} in ${kind}`,
        before: 'the ports are closed',
        after: need.missing.join('\n'),
        risk: 'low',
        needsRoot: true,
        ...(unkept
          ? { note: 'Nothing loads rules at boot here: after a restart of the host, apply again.' }
          : {}),
        commands: opening(kind, need.missing, at),
        undo: 'destroy removes exactly these rules',
      },
    );
  }
  if (need.disable && isManaged(kind)) {
    lane.add(
      { kind: 'firewall-disable', firewall: kind },
      {
        title: `Stop and disable ${kind}`,
        before: facts.firewall.active ? `${kind} is running` : `${kind} starts at boot`,
        after: `${kind} stopped; every port of this host is reachable from its networks`,
        risk: 'high',
        note: 'No port of this host is protected afterwards; opening only the needed ports is safer.',
        needsRoot: true,
        commands: disableCommands(kind).map(commandLine),
        undo: `destroy starts ${kind} again`,
      },
    );
    addChains(lane, facts);
  }
}

/** What the repair of Docker's chains may come to, where they cannot be put back one by one. */
export const RESTORE_CHAINS: readonly string[] = [
  'iptables -t nat -S DOCKER',
  'systemctl restart docker   # only where the chains are gone',
  'systemctl reset-failed docker   # only where systemd refuses, because it was started often: then again',
];

/** Stopping or starting firewalld flushes Docker's own chains (moby #28476): repaired, and said, never silently. */
function addChains(lane: Lane, facts: ReachableFacts): void {
  if (facts.firewall.kind !== 'firewalld') return;
  const containers = (facts.docker?.publishing ?? []).map((entry) => entry.container);
  lane.add(
    { kind: 'docker-chains', containers },
    {
      title: "Check Docker's firewall chains, and restore them where they were flushed",
      before: "starting or stopping firewalld can flush Docker's chains",
      after:
        containers.length === 0
          ? 'no container publishes ports here'
          : `published ports work again for ${containers.join(', ')}`,
      risk: containers.length === 0 ? 'low' : 'medium',
      note:
        containers.length === 0
          ? 'Where they are gone, the Docker engine is restarted; its containers come back by their restart policy.'
          : `Where they are gone, the Docker engine is restarted, and with it ${containers.join(', ')}.`,
      needsRoot: true,
      commands: RESTORE_CHAINS,
    },
  );
}

export function addFiles(input: HostInput): void {
  const { lane, facts, node } = input;
  const needs = fileNeeds(input);
  if (needs.length > 0 && !facts.workdir.exists) {
    lane.add(
      { kind: 'directory', path: node.workdir, mode: 0o755 },
      {
        title: `Make the working directory ${node.workdir}`,
        before: 'absent',
        after: node.workdir,
        needsRoot: true,
        commands: [commandLine(['mkdir', '-p', node.workdir])],
        undo: 'destroy removes it when it is empty',
      },
    );
  }
  for (const { file, state } of needs) {
    lane.add(
      { kind: 'file', path: file.path, mode: file.mode, content: file.content },
      {
        title: `Write ${file.path}`,
        before:
          state === 'new' ? 'absent' : state === 'edited' ? 'edited by hand since' : 'an earlier version',
        after: `${file.path}, mode ${octal(file.mode)}`,
        risk: state === 'edited' ? 'medium' : 'low',
        needsRoot: true,
        commands: [
          `install -D -m ${octal(file.mode)} /dev/stdin ${commandLine([file.path])}   # content: see the file`,
        ],
        undo: 'destroy removes it',
      },
    );
  }
}

export function addVolume({ lane, facts, node }: HostInput): void {
  if (node.volume === undefined || facts.volume !== undefined) return;
  const labels = Object.entries(node.volume.labels).flatMap(([key, value]) => ['--label', `${key}=${value}`]);
  lane.add(
    { kind: 'volume-create', name: node.volume.name, labels: node.volume.labels },
    {
      title: `Create the data volume ${node.volume.name}`,
      before: 'absent',
      after: node.volume.name,
      commands: [commandLine(['docker', 'volume', 'create', ...labels, node.volume.name])],
      undo: 'destroy removes it, unless the data is kept',
    },
  );
}
