/** What Consul says, as a table. */
import type { ClusterStatus, NodeStatus } from '../../cluster/types.js';
import { cleaned } from './clean.js';
import { type Style, table } from './style.js';

const GOOD = new Set<NodeStatus['status']>(['alive']);

function voter(node: NodeStatus): string {
  if (node.role === 'client') return '';
  return node.voter === null ? 'voter?' : node.voter ? 'voter' : 'no voter';
}

/** What protects its traffic: `gossip+TLS until 2027-11-23`, `clear`. */
function security({ security: has }: NodeStatus): string {
  if (has === undefined) return '';
  const parts = [...(has.gossip ? ['gossip'] : []), ...(has.tls ? ['TLS'] : [])];
  const until = has.certificateEnds === undefined ? '' : ` until ${has.certificateEnds.slice(0, 10)}`;
  return parts.length === 0 ? 'clear' : `${parts.join('+')} encrypted${until}`;
}

/** `in maintenance: disk change` */
const pause = (reason: string): string => `in maintenance${reason === '' ? '' : `: ${reason}`}`;

/** Where no server answers, nobody knows whether there is a leader. */
function leaderOf({ leader, nodes }: ClusterStatus['datacenters'][number], style: Style): string {
  if (leader !== null) return `leader ${style('bold', leader)}`;
  const silent = nodes
    .filter(({ role }) => role === 'server')
    .every(({ status }) => status === 'unreachable');
  return style('red', silent ? 'leader not known' : 'no leader');
}

export function statusLines(raw: ClusterStatus, style: Style): string[] {
  const status = cleaned(raw);
  const lines = [
    `${status.cluster}: ${status.healthy ? style('green', 'healthy') : style('red', 'not healthy')}`,
  ];
  for (const datacenter of status.datacenters) {
    lines.push('', `${style('cyan', datacenter.name)}  ${leaderOf(datacenter, style)}`);
    const rows = datacenter.nodes.map((node) => [
      `  ${node.name}`,
      node.role,
      node.address,
      node.status,
      voter(node),
      node.leader ? 'leader' : '',
      node.version,
      security(node),
      node.maintenance === undefined ? '' : pause(node.maintenance),
    ]);
    table(rows).forEach((row, index) => {
      const node = datacenter.nodes[index];
      lines.push(node !== undefined && GOOD.has(node.status) ? row : style('red', row));
    });
  }
  const paused = status.datacenters.flatMap(({ maintenance }) => maintenance);
  if (paused.length > 0)
    lines.push(
      '',
      ...paused.map(
        ({ node, service, id, reason }) =>
          `${style('yellow', 'service:')} ${service}${id === service ? '' : ` (${id})`} on ${node} is ${pause(reason)}`,
      ),
    );
  if (status.problems.length > 0)
    lines.push('', ...status.problems.map((problem) => `${style('red', 'problem:')} ${problem}`));
  return lines;
}
