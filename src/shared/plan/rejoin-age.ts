/**
 * Servers that were off for so long that Consul refuses to start them (from 1.15.3 on): an old one could bring back what the others
 * have removed. Where all were off together there is nothing newer than what they have, and the file by which Consul reckons may go,
 * as its documentation has it; where others run, the old one joins again with fresh data.
 * Source: https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file/general#server_rejoin_age_max
 */
import { has, imageFamily } from '../consul/index.js';
import type { DesiredNode } from '../desired/types.js';
import { commandLine } from '../shell/quote.js';
import type { Lane, PlanBuilder } from './builder.js';
import type { ContainerFacts, Facts } from './facts.js';
import { existingContainer } from './issues.js';
import type { PlanIssue } from './types.js';

/** In the data directory. */
export const SERVER_METADATA = 'server_metadata.json';
/** Consul's own, in hours. */
const DEFAULT_HOURS = 168;
/** Servers that were stopped together are seen last within the hour by which Consul writes it, and the time that it took to stop them. */
const TOGETHER_S = 24 * 3600;

const HOUR_S = 3600;

/** Hours of `720h`; Consul's own where the document says nothing. */
export const rejoinHours = (written: string | undefined): number =>
  written === undefined ? DEFAULT_HOURS : Number.parseInt(written, 10);

/** What is to be done with the servers of a datacenter that Consul would refuse to start. */
export interface Refused {
  readonly hours: number;
  /** Seconds that each was off, by the node's name. */
  readonly nodes: ReadonlyMap<string, number>;
  /** All of the datacenter's servers were off, at the same time. */
  readonly together: boolean;
}

/** `11 days`, from two days on; hours below. */
function howLong(seconds: number): string {
  const hours = Math.floor(seconds / HOUR_S);
  return hours < 48 ? `${hours} hours` : `${Math.floor(hours / 24)} days`;
}

/**
 * @param nodes of one datacenter
 * @param written the document's serverRejoinAgeMax
 */
export function refusedServers(
  nodes: readonly DesiredNode[],
  facts: Facts,
  written: string | undefined,
): Refused {
  const hours = rejoinHours(written);
  const refused = new Map<string, number>();
  const off: number[] = [];
  let together = true;
  for (const node of nodes.filter(({ role }) => role === 'server')) {
    const found = facts[node.host];
    if (found?.reachable !== true) {
      together = false;
      continue;
    }
    const existing = existingContainer(node, found);
    const offForS = existing === undefined ? found.volume?.offForS : existing.offForS;
    const tooLong = found.agent === undefined && offForS !== undefined && offForS > hours * HOUR_S;
    if (offForS !== undefined) off.push(offForS);
    // The file is there: whatever wrote it knows it. Only an older Consul would start all the same.
    if (tooLong && (node.version === undefined || has(node.version, 'key', 'server_rejoin_age_max')))
      refused.set(node.node, offForS);
    else if (found.agent !== undefined || existing?.running === true) together = false;
  }
  const [first = 0] = [...off].sort((a, b) => a - b);
  return {
    hours,
    nodes: refused,
    together: together && [...refused.values()].every((seconds) => seconds - first <= TOGETHER_S),
  };
}

/** Says that the document's setting is not sent, where the servers' Consul would not start with it. */
export function unsentAge(
  nodes: readonly DesiredNode[],
  written: string | undefined,
  builder: PlanBuilder,
): void {
  const server = nodes.find(
    ({ role, version }) => role === 'server' && !has(version, 'key', 'server_rejoin_age_max'),
  );
  if (written === undefined || server === undefined) return;
  builder.issue({
    severity: 'warning',
    code: 'option-unknown',
    message:
      server.version === undefined
        ? 'serverRejoinAgeMax is not sent: which Consul the image has is not known, and one before 1.15.3 would not start with it'
        : `serverRejoinAgeMax is not sent: Consul ${server.version} does not know it and would not start with it`,
  });
}

/** Stops the plan for a server that was off while others ran. */
export function refusedBlocker(node: DesiredNode, refused: Refused): PlanIssue[] {
  const seconds = refused.nodes.get(node.node);
  if (seconds === undefined || refused.together) return [];
  const data = node.volume === undefined ? '' : ` && docker volume rm ${node.volume.name}`;
  return [
    {
      severity: 'blocker',
      code: 'off-too-long',
      host: node.host,
      message: `${node.node} was off for ${howLong(seconds)}, and other servers were not, or are not known to have been: Consul refuses to start it after ${refused.hours} hours (server_rejoin_age_max), since its data are older than theirs`,
      hint: `Let it join with fresh data: docker rm -f -v ${node.container.name}${data} on its host, and apply again. Only where no other server has newer data: set serverRejoinAgeMax in the document to more than that.`,
    },
  ];
}

/** Says that a datacenter was off for so long, and asks. */
export function askToStart(builder: PlanBuilder, datacenter: string, refused: Refused): void {
  if (refused.nodes.size === 0 || !refused.together) return;
  const longest = Math.max(...refused.nodes.values());
  builder.issue({
    severity: 'confirm',
    code: 'off-too-long',
    message: `${datacenter} was off for ${howLong(longest)}, and Consul refuses to start a server that was off for more than ${refused.hours} hours (server_rejoin_age_max): ${[...refused.nodes.keys()].join(', ')}. They are started all the same, with the data that they have: confirm that no other server of this cluster runs anywhere, or was replaced meanwhile`,
  });
}

/** Adds the step after which Consul starts the server again. */
export function addRejoin(
  lane: Lane,
  node: DesiredNode,
  existing: ContainerFacts | undefined,
  refused: Refused,
): void {
  const seconds = refused.nodes.get(node.node);
  if (seconds === undefined || !refused.together) return;
  const volume = node.volume?.name ?? '';
  const mountedAt = imageFamily(existing?.image ?? node.container.image).dataDir;
  const name = existing?.name ?? node.container.name;
  const restart = existing?.running === true;
  const directory =
    existing === undefined
      ? `docker volume inspect -f '{{.Mountpoint}}' ${volume}`
      : `docker inspect -f '{{range .Mounts}}{{if eq .Destination "${mountedAt}"}}{{.Source}}{{end}}{{end}}' ${name}`;
  lane.add(
    {
      kind: 'rejoin',
      name,
      data: existing === undefined ? { volume } : { container: existing.id, mountedAt },
      restart,
    },
    {
      title: `Let ${node.node} start after ${howLong(seconds)}`,
      before: `Consul refuses: off for more than ${refused.hours} hours`,
      after: 'server_metadata.json is gone from its data; Consul writes it anew when it starts',
      risk: 'medium',
      note: 'Nothing else of the data is touched. It is safe where all servers were off at the same time.',
      needsRoot: true,
      commands: [
        `rm "$(${directory})/${SERVER_METADATA}"`,
        ...(restart ? [commandLine(['docker', 'restart', name])] : []),
      ],
    },
  );
}
