/** What the document itself chooses, and a plan says of it. Pure. */
import { capability, flagName, imageFamily, knowsFlag, listensOn, takesOption } from '../consul/index.js';
import { HTTPS_PORT } from '../desired/index.js';
import type { DesiredNode } from '../desired/types.js';
import type { Topology } from '../topology/types.js';
import type { PlanBuilder } from './builder.js';
import { unsentAge } from './rejoin-age.js';
import type { PlanIssue } from './types.js';

/** What an open API means depends on what guards it. */
function exposedIssue({ secure }: Topology, builder: PlanBuilder): void {
  const port = secure.tls ? HTTPS_PORT : 8500;
  const open = `Port ${port} is open to everyone who can reach the hosts`;
  const [severity, rest] = !secure.acl
    ? (['confirm', 'without ACLs they control the cluster'] as const)
    : secure.tls
      ? (['note', 'what they may do, their tokens say'] as const)
      : (['confirm', 'without TLS tokens cross the network readable'] as const);
  builder.issue({ severity, code: 'api-exposed', message: `${open}; ${rest}.` });
}

/** Ports that follow the API's address, and so are open with it where no firewall of ours keeps them shut. */
function exposedWithIt({ dns, firewall }: Topology, server: DesiredNode, builder: PlanBuilder): void {
  if (firewall === 'open') return;
  const ports = listensOn({ family: imageFamily(server.container.image, server.version), role: 'server' })
    .map(({ port }) => port)
    // The addresses that DNS answers on are the document's own, where it says something of them.
    .filter((port) => port === 8503 || (port === 8600 && dns === undefined));
  if (ports.length === 0) return;
  builder.issue({
    severity: 'note',
    code: 'api-exposed-ports',
    message: `The servers’ ${ports.join(' and ')} are open with the API, unless the hosts’ own firewalls keep them shut: DNS, and from Consul 1.14 on gRPC`,
  });
}

/** The risks that the document itself chooses: stated, and confirmed before anything runs. */
export function documentIssues(
  topology: Topology,
  nodes: readonly DesiredNode[],
  builder: PlanBuilder,
): void {
  const confirm = (code: string, message: string): void =>
    builder.issue({ severity: 'confirm', code, message });
  if (topology.api === 'exposed') {
    exposedIssue(topology, builder);
    const server = nodes.find(({ role }) => role === 'server');
    if (server !== undefined) exposedWithIt(topology, server, builder);
  }
  if (topology.firewall === 'disable')
    confirm(
      'firewall-disable',
      'The firewall of every host is stopped and disabled; no port is protected afterwards.',
    );
  if (topology.data === 'anonymous')
    confirm(
      'data-anonymous',
      'The Raft state lies on an anonymous volume and is lost when a container is re-created.',
    );
  for (const issue of optionIssues(topology, nodes)) builder.issue(issue);
  unsentAge(nodes, topology.serverRejoinAgeMax, builder);
}

/** Options that are not sent, since a node's Consul would not start with them: each once, however many nodes have it. */
function optionIssues({ agentOptions, datacenters }: Topology, nodes: readonly DesiredNode[]): PlanIssue[] {
  const own = new Map(
    datacenters.flatMap((datacenter) => datacenter.nodes.map((node) => [node.name, node.agentOptions])),
  );
  const issues = nodes.flatMap(({ node, version }) =>
    version === undefined
      ? []
      : [...agentOptions, ...(own.get(node) ?? [])]
          .filter((option) => !takesOption({ version }, option))
          .map((option) => optionIssue(version, option)),
  );
  return [...new Map(issues.map((issue) => [issue.message, issue])).values()];
}

function optionIssue(version: string, option: string): PlanIssue {
  const issue = { severity: 'warning', code: 'option-unknown' } as const;
  const name = flagName(option);
  const values = capability('flag', name)?.only?.values.join(', ');
  if (!knowsFlag(version, option) || values === undefined)
    return {
      ...issue,
      message: `-${name} is not sent: Consul ${version} does not know it and would not start with it`,
    };
  return {
    ...issue,
    code: 'option-value',
    message: `${option} is not sent: Consul ${version} takes no other value than ${values} and would not start with it`,
  };
}
