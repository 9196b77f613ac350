/** What is not as it should be, as codes: the words are the window's. */
import { isMaintenanceCheck } from './maintenance.js';
import type { ClusterSeen, PlannedCluster } from './observations.js';
import type {
  LiveDatacenter,
  LiveNode,
  LiveProblem,
  LiveProblemCode,
  LiveService,
  LiveWanLink,
} from './types.js';

function nodeProblems(datacenter: string, node: LiveNode): LiveProblem[] {
  const found: LiveProblem[] = [];
  const add = (code: LiveProblemCode, detail?: string): void => {
    found.push({ code, datacenter, node: node.name, ...(detail === undefined ? {} : { detail }) });
  };
  if (!node.inTopology) {
    if (node.status !== 'left') add('not-in-topology', node.address);
    return found;
  }
  if (node.container !== null && node.container !== 'running') add('container-not-running', node.container);
  if (node.status === 'failed') add('node-failed');
  else if (node.status === 'left' || node.status === 'leaving') add('node-left');
  else if (node.status === 'missing') add('node-missing');
  else if (node.status === 'unreachable') add('node-unreachable');
  else if (node.status === 'alive' && node.role === 'server' && node.voter === false) add('not-a-voter');
  if (node.security?.endsSoon === true) add('certificate-ends', node.security.certificateEnds);
  if (node.maintenance !== undefined) add('node-maintenance', node.maintenance);
  for (const check of node.nodeChecks)
    if (check.status === 'critical' && check.id !== 'serfHealth' && !isMaintenanceCheck(check.id))
      add('check-critical', check.name);
  return found;
}

function datacenterProblems(datacenter: LiveDatacenter, disputed: boolean): LiveProblem[] {
  const { name, staleSince, quorum } = datacenter;
  const found: LiveProblem[] = [];
  // What the servers say is old: only that is a problem of which we know.
  if (staleSince !== null) return [{ code: 'stale', datacenter: name, detail: staleSince }];
  if (datacenter.leader === null) found.push({ code: 'no-leader', datacenter: name });
  if (disputed) found.push({ code: 'leader-disputed', datacenter: name });
  if (quorum !== null && quorum.voters > 0) {
    if (quorum.alive < quorum.needed) found.push({ code: 'quorum-lost', datacenter: name });
    else if (quorum.tolerates === 0 && quorum.voters > 1)
      found.push({ code: 'quorum-at-risk', datacenter: name });
  }
  return [...found, ...datacenter.nodes.flatMap((node) => nodeProblems(name, node))];
}

/** @param disputed names of datacenters whose servers name different leaders. */
export function problemsOf(
  datacenters: readonly LiveDatacenter[],
  wan: readonly LiveWanLink[],
  services: readonly LiveService[],
  seen: ClusterSeen,
  disputed: readonly string[],
  planned: PlannedCluster,
): LiveProblem[] {
  const datacenterOf = (host: string): string =>
    planned.datacenters.find((entry) => entry.nodes.some((node) => node.host === host))?.name ?? '';
  return [
    ...datacenters.flatMap((entry) => datacenterProblems(entry, disputed.includes(entry.name))),
    ...wan
      .filter(({ state }) => state === 'cut')
      .map(({ a, b }): LiveProblem => ({ code: 'wan-cut', datacenter: a, detail: b })),
    ...seen.hosts.flatMap(({ name: host, problem, dockerProblem }): LiveProblem[] => {
      const datacenter = datacenterOf(host);
      if (problem !== null) return [{ code: 'host-unreachable', datacenter, host, detail: problem }];
      return dockerProblem === null
        ? []
        : [{ code: 'docker-unavailable', datacenter, host, detail: dockerProblem }];
    }),
    ...seen.datacenters
      .filter((entry) => entry.servers.some(({ locked, answering }) => locked && answering === true))
      .map((entry): LiveProblem => ({ code: 'token-needed', datacenter: entry.name })),
    ...seen.datacenters
      .filter((entry) => entry.servicesTruncated)
      .map((entry): LiveProblem => ({ code: 'services-truncated', datacenter: entry.name })),
    ...services.flatMap((service) =>
      service.instances.flatMap((instance) =>
        instance.checks
          .filter((check) => check.status === 'critical')
          .map((check): LiveProblem => {
            const paused = isMaintenanceCheck(check.id);
            return {
              code: paused ? 'service-maintenance' : 'check-critical',
              datacenter: service.datacenter,
              node: instance.node,
              service: service.name,
              detail: paused ? (instance.maintenance ?? '') : check.name,
            };
          }),
      ),
    ),
  ];
}
