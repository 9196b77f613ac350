import { desiredNodes, provenPath } from '../desired/index.js';
import { CLUSTER_LABEL } from '../desired/labels.js';
import type { DesiredNode } from '../desired/types.js';
import { closing, enableCommands, isManaged, isOpenable, ruleTarget } from '../shell/firewall.js';
import { commandLine } from '../shell/quote.js';
import type { Topology } from '../topology/types.js';
import { Lane, PlanBuilder } from './builder.js';
import { addRemoval } from './cluster-steps.js';
import { addDnsRules, addEngineUndo, addResolverUndo } from './dns.js';
import { restartIssue } from './dns-issues.js';
import type { Facts, ReachableFacts } from './facts.js';
import { RESTORE_CHAINS, uploadPath } from './host-steps.js';
import { finishPlan } from './plan.js';
import { restartDuePath } from './restart-due.js';
import type { Plan } from './types.js';

export interface DestroyOptions {
  /** Leave the data volumes on the hosts. */
  readonly keepData?: boolean;
}

/**
 * The steps that take a cluster away again: only what is marked or recorded as ours. Firewalls go back to what was
 * there before only where they still are as we left them. Adopted containers stay.
 */
export function planDestroy(topology: Topology, facts: Facts, options: DestroyOptions = {}): Plan {
  const builder = new PlanBuilder();
  for (const node of desiredNodes(topology)) {
    const found = facts[node.host];
    if (found?.reachable !== true) {
      builder.issue({
        severity: 'confirm',
        code: 'host-unreachable',
        host: node.host,
        message: `${node.host} cannot be reached: ${found?.error.message ?? 'no facts'}; what is there stays`,
        hint: 'Run destroy again when the host is back.',
      });
      continue;
    }
    destroyNode(node, found, options, builder);
  }
  return finishPlan('destroy', topology, facts, builder);
}

function destroyNode(
  node: DesiredNode,
  facts: ReachableFacts,
  options: DestroyOptions,
  builder: PlanBuilder,
): void {
  const lane = new Lane(builder, node);
  for (const container of facts.containers) {
    if (container.labels[CLUSTER_LABEL] !== node.clusterId) continue;
    addRemoval(lane, container, { risk: 'high' });
  }
  const { volume } = facts;
  if (volume !== undefined && volume.labels[CLUSTER_LABEL] === node.clusterId) {
    if (options.keepData === true)
      builder.issue({
        severity: 'note',
        code: 'data-kept',
        host: node.host,
        message: `The data volume ${volume.name} stays`,
      });
    else
      lane.add(
        { kind: 'volume-remove', name: volume.name },
        {
          title: `Remove the data volume ${volume.name}`,
          before: 'holds the Raft state, the KV store and the catalog',
          after: 'gone for good',
          risk: 'high',
          commands: [commandLine(['docker', 'volume', 'rm', volume.name])],
        },
      );
  }
  if (facts.workdir.state?.clusterId === node.clusterId) {
    undoFirewall(node, facts, lane);
    undoDns(node, facts, lane);
    removeFiles(node, facts, lane);
  }
}

function undoFirewall(node: DesiredNode, facts: ReachableFacts, lane: Lane): void {
  const { state } = facts.workdir;
  const { kind, active, enabledAtBoot } = facts.firewall;
  if (state === undefined) return;
  if (state.rules.length > 0 && isOpenable(kind)) {
    const at = ruleTarget(facts.firewall, state.rules);
    lane.add(
      { kind: 'firewall-close', firewall: kind, ...at, rules: state.rules },
      {
        title: `Remove ${state.rules.length} rules of ours from ${kind}`,
        before: state.rules.join('\n'),
        after: 'as before Raftyard',
        risk: 'low',
        needsRoot: true,
        commands: closing(kind, state.rules, at),
      },
    );
  }
  const before = state.firewallBefore;
  if (!state.firewallDisabled || before === undefined || !isManaged(before.kind)) return;
  const asWeLeftIt = !active && !enabledAtBoot;
  if (!asWeLeftIt) {
    lane.builder.issue({
      severity: 'note',
      code: 'firewall-changed',
      host: node.host,
      message: `${before.kind} was changed by someone since Raftyard stopped it; it is left as it is`,
    });
    return;
  }
  lane.add(
    { kind: 'firewall-enable', firewall: before.kind, start: before.active, boot: before.enabledAtBoot },
    {
      title: `Start ${before.kind} again`,
      before: 'stopped and disabled by Raftyard',
      after: `${before.active ? 'running' : 'stopped'}, ${before.enabledAtBoot ? 'starts' : 'does not start'} at boot, as before`,
      risk: 'medium',
      needsRoot: true,
      commands: enableCommands(before.kind, { start: before.active, boot: before.enabledAtBoot }).map(
        commandLine,
      ),
    },
  );
  if (before.kind !== 'firewalld') return;
  const containers = (facts.docker?.publishing ?? []).map((entry) => entry.container);
  lane.add(
    { kind: 'docker-chains', containers },
    {
      title: "Check Docker's firewall chains, and restore them where they were flushed",
      before: "starting firewalld can flush Docker's chains",
      after:
        containers.length === 0
          ? 'no container publishes ports here'
          : `published ports work again for ${containers.join(', ')}`,
      risk: containers.length === 0 ? 'low' : 'medium',
      needsRoot: true,
      commands: RESTORE_CHAINS,
    },
  );
}

/** What containers and the host asked of Consul, they ask of others again. */
function undoDns(node: DesiredNode, facts: ReachableFacts, lane: Lane): void {
  const recorded = facts.workdir.state?.dns;
  if (recorded === undefined) return;
  const { engine, resolver, rules } = recorded;
  addDnsRules(lane, facts, { open: [], close: rules });
  if (resolver !== undefined) addResolverUndo({ node, lane }, resolver);
  if (engine === undefined) return;
  for (const issue of restartIssue(node, facts, { rules: { open: [], close: [] }, engineUndo: engine }))
    lane.builder.issue(issue);
  addEngineUndo({ node, facts, lane }, engine, []);
}

function removeFiles(node: DesiredNode, facts: ReachableFacts, lane: Lane): void {
  const { state } = facts.workdir;
  if (state === undefined) return;
  const remove = (path: string, directory: boolean, sha256?: string): void => {
    lane.add(
      { kind: 'file-remove', path, directory, ...(sha256 === undefined ? {} : { sha256 }) },
      {
        title: `Remove ${path}`,
        before: directory ? 'a directory of ours' : 'a file of ours',
        after: directory ? 'absent, where nothing else is in it' : 'absent',
        needsRoot: true,
        commands: [commandLine(directory ? ['rmdir', path] : ['rm', '-f', path])],
      },
    );
  };
  for (const file of state.files) {
    const have = facts.workdir.files.find((entry) => entry.path === file.path);
    if (have !== undefined && have.sha256 !== file.sha256) {
      lane.builder.issue({
        severity: 'note',
        code: 'edited-file',
        host: node.host,
        message: `${file.path} was edited by hand since Raftyard wrote it; it stays`,
      });
      continue;
    }
    remove(file.path, false, file.sha256);
  }
  const secretDirectories = new Set<string>();
  for (const path of state.secretFiles ?? []) {
    remove(path, false);
    const directory = path.slice(0, path.lastIndexOf('/'));
    secretDirectories.add(directory);
    secretDirectories.add(directory.slice(0, directory.lastIndexOf('/')));
  }
  for (const directory of secretDirectories) remove(directory, true);
  // Left by an upload whose connection did not come back.
  const upload = uploadPath(node.workdir);
  if (facts.workdir.files.some((file) => file.path === upload)) remove(upload, false);
  const proven = provenPath(node.workdir);
  if (facts.workdir.proven !== undefined) remove(proven, false);
  if (facts.workdir.restartDue !== undefined) remove(restartDuePath(node.workdir), false);
  remove(`${node.workdir}/.raftyard/state.json`, false);
  remove(`${node.workdir}/.raftyard`, true);
  const directories = new Set(state.files.map((file) => file.path.slice(0, file.path.lastIndexOf('/'))));
  directories.delete(node.workdir);
  for (const directory of directories) remove(directory, true);
  if (state.madeWorkdir) remove(node.workdir, true);
}
