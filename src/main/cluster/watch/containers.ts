import type Docker from 'dockerode';
import { CLUSTER_LABEL, NODE_LABEL } from '../../../shared/desired/labels.js';
import { toEnvelope } from '../../../shared/errors.js';
import type { ContainerState } from '../../../shared/live/index.js';
import type { Node } from '../../../shared/topology/types.js';
import type { HostLink } from './link.js';
import { Poller } from './poller.js';

const POLL_MS = 2000;
const TIMEOUT_MS = 5000;
const LONGEST_BACKOFF_MS = 5000;

/** Docker's `created`, `removing` and `dead` are containers that do not run. */
export function containerState(docker: string): ContainerState {
  return docker === 'running' || docker === 'restarting' || docker === 'paused' ? docker : 'exited';
}

/** The node's own container: by our labels, else by the name that the document gives it. */
export function containerOf(
  listed: readonly Docker.ContainerInfo[],
  cluster: string,
  node: Node,
): Docker.ContainerInfo | undefined {
  const named = listed.find((entry) => entry.Names.includes(`/${node.container}`));
  return (
    named ??
    listed.find(
      (entry) => entry.Labels?.[CLUSTER_LABEL] === cluster && entry.Labels[NODE_LABEL] === node.name,
    )
  );
}

export interface ContainerHooks {
  states(host: string, states: Readonly<Record<string, ContainerState | null>>): void;
  problem(host: string, problem: string | null): void;
}

/** State of the containers of a host's nodes. */
export function containerPoller(
  link: HostLink,
  cluster: string,
  nodes: readonly Node[],
  hooks: ContainerHooks,
): Poller {
  const host = link.host.name;
  return new Poller(
    async (signal) => {
      const listed = await link.docker(TIMEOUT_MS, signal, (docker, abortSignal) =>
        docker.listContainers({ all: true, abortSignal }),
      );
      const states = nodes.map((node): [string, ContainerState] => {
        const found = containerOf(listed, cluster, node);
        return [node.name, found === undefined ? 'missing' : containerState(found.State)];
      });
      hooks.problem(host, null);
      hooks.states(host, Object.fromEntries(states));
      return POLL_MS;
    },
    {
      longestBackoffMs: LONGEST_BACKOFF_MS,
      onFailure: (error) => {
        hooks.problem(host, toEnvelope(error).message);
        hooks.states(host, Object.fromEntries(nodes.map((node) => [node.name, null])));
      },
    },
  );
}
