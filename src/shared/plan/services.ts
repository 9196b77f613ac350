/** Services in a plan: the file that says them, the agent that reads it anew, and the catalog that tells whether it did. */
import { type DesiredNode, DOCKER_SOCKET, servicesAmiss } from '../desired/index.js';
import { commandLine } from '../shell/quote.js';
import type { Lane, PlanBuilder } from './builder.js';
import type { ContainerFacts, ReachableFacts } from './facts.js';
import { fileNeeds, type HostInput } from './host-steps.js';
import { addSecretFile, type PlanSecrets } from './secrets.js';
import type { NodeWork, ServicesNeed } from './work.js';

/** Where nothing has to happen. */
export const NO_SERVICES: ServicesNeed = { unwanted: [], gone: [], reload: false };

/** What has to happen with a node's services. */
export function servicesNeed(input: HostInput, secrets: PlanSecrets | undefined): ServicesNeed {
  const { node, facts, adopted } = input;
  const { services } = node;
  if (services === undefined || adopted) return NO_SERVICES;
  const { state, files } = facts.workdir;
  const ours = (path: string): boolean =>
    state?.files.some((file) => file.path === path) === true || state?.secretFiles?.includes(path) === true;
  const empty = services.registered.length === 0;
  const unwanted = [services.otherPath, ...(empty ? [services.path] : [])].flatMap((path) => {
    const have = files.find((file) => file.path === path);
    return have === undefined || !ours(path) ? [] : [{ path, sha256: have.sha256 }];
  });
  const { secret } = services;
  const have = files.find((file) => file.path === secret?.path);
  const lacks =
    secret !== undefined &&
    secrets !== undefined &&
    (have?.sha256 !== secrets.digest(secret.template) || (have?.mode ?? 0) % 0o1000 !== node.secret?.mode);
  const written = lacks || fileNeeds(input).some(({ file }) => file === services.file);
  const gone = (state?.services ?? []).filter((id) => !services.registered.some((entry) => entry.id === id));
  const told = facts.agent?.services;
  const { missing, left } =
    told === undefined ? { missing: [], left: [] } : servicesAmiss(services.registered, gone, told);
  return {
    ...(lacks ? { secret } : {}),
    unwanted,
    gone,
    reload: written || unwanted.length > 0 || missing.length > 0 || left.length > 0,
  };
}

/** Adds the steps that write and remove the files that hold a token, or that are no longer wanted. */
export function addServiceFiles(lane: Lane, { secret, unwanted }: ServicesNeed): void {
  for (const { path, sha256 } of unwanted)
    lane.add(
      { kind: 'file-remove', path, sha256, directory: false },
      {
        title: `Remove ${path}`,
        before: 'a file of ours',
        after: 'absent',
        needsRoot: true,
        commands: [commandLine(['rm', '-f', path])],
      },
    );
  if (secret !== undefined && lane.node.secret !== undefined)
    addSecretFile(lane, lane.node.secret, secret, {
      after: 'names the services of this node, and holds the agent’s token to register them with',
    });
}

function addReload({ lane, node }: NodeWork, needs: readonly string[]): void {
  lane.add(
    { kind: 'agent-reload' },
    {
      title: `Let ${node.node} read its services again`,
      before: 'the former services are registered',
      after: 'those of the document are; nothing is restarted',
      needs,
      commands: [commandLine(['docker', 'exec', node.container.name, 'consul', 'reload'])],
    },
  );
}

function addCheck({ lane, node, services: { gone } }: NodeWork, needs: readonly string[]): void {
  const registered = node.services?.registered ?? [];
  lane.add(
    { kind: 'services', registered, gone },
    {
      title: `Look for the services of ${node.node} in the catalog`,
      before: 'asked of Consul itself',
      after:
        registered.length === 0
          ? `no longer there: ${gone.join(', ')}`
          : `registered: ${registered.map(({ id }) => id).join(', ')}`,
      risk: 'none',
      needs,
      commands: [`curl http://127.0.0.1:8500/v1/catalog/node/${node.node}`],
    },
  );
}

export interface Registering {
  /** ACLs are being turned on: the files wait until every agent has its token. */
  readonly late: boolean;
  /** Ids of the steps after which tokens are good; undefined where none are made anyway. */
  readonly tokens: readonly string[] | undefined;
  /** What proves that agents which were started are there. */
  readonly proven: readonly string[];
  readonly makeTokens: (needs: readonly string[]) => readonly string[];
}

/**
 * Adds what makes services known: policies where ACLs ask for them, then a reload of every agent that goes on running,
 * then a look into the catalog. An edit of services waits for no quorum: it must work while a server is down.
 */
export function addServices(works: readonly NodeWork[], acl: boolean, options: Registering): void {
  const starts = ({ need }: NodeWork): boolean => need !== 'none' && need !== 'later';
  const concerned = works.filter(
    (work) => work.services.reload || (starts(work) && (work.node.services?.registered.length ?? 0) > 0),
  );
  if (concerned.length === 0) return;
  const started = works.some(starts) ? options.proven : [];
  const gate = acl ? (options.tokens ?? options.makeTokens(started)) : [];
  for (const work of concerned) {
    if (options.late) addServiceFiles(work.lane, work.services);
    const needs = [...gate, ...(starts(work) ? options.proven : [])];
    // An agent that was started before its token could do anything tries again at once when it reads its files.
    if (options.late || !starts(work) || (acl && work.node.role === 'server')) addReload(work, needs);
    addCheck(work, needs);
  }
}

/** What a person should know before services are planned on a host. */
export function serviceIssues(
  node: DesiredNode,
  facts: ReachableFacts,
  existing: ContainerFacts | undefined,
  adopted: boolean,
  builder: PlanBuilder,
): void {
  const { host, services, container } = node;
  if (adopted && (services?.registered.length ?? 0) > 0)
    builder.issue({
      severity: 'warning',
      code: 'services-adopted',
      host,
      message: `${node.node} runs in an adopted container, which stays as it is: its services are not registered`,
      hint: 'Remove the container and let Raftyard make its own, or take the services out of the document.',
    });
  const socket = ({ mounts }: Pick<ContainerFacts, 'mounts'>): boolean =>
    mounts.some(({ source }) => source === DOCKER_SOCKET);
  if (adopted || !socket(container)) return;
  if (existing === undefined || !socket(existing))
    builder.issue({
      severity: 'confirm',
      code: 'docker-socket',
      host,
      message: `The Docker socket is mounted into ${container.name} for a docker check: whoever controls Consul there is root on the host.`,
    });
  if (facts.selinux === 'enforcing')
    builder.issue({
      severity: 'warning',
      code: 'docker-socket-selinux',
      host,
      message: `SELinux keeps containers from the Docker socket: the docker checks of ${node.node} will stay critical`,
      hint: 'Use an http, tcp or ttl check on this host.',
    });
}
