/** Who answers for a name right now, by DNS and by HTTP, and why another instance does not. */
import { RaftyardError, toEnvelope } from '../../shared/errors.js';
import {
  type DnsReply,
  type DnsSettings,
  dnsName,
  explain,
  type Hop,
  instanceKey,
  isMaintenanceCheck,
  type LiveCheck,
  type LookupNote,
  type LookupQuestion,
  type LookupResult,
  limitNotes,
  lookupCommands,
  NAME_PROBLEMS,
  parseLookup,
  placeText,
  RECORD_TYPES,
  type RegisteredInstance,
  requestPath,
  SERF,
} from '../../shared/live/index.js';
import { allNodes } from '../../shared/topology/index.js';
import type { Topology } from '../../shared/topology/types.js';
import { Unreadable } from '../consul/client.js';
import { askDns } from '../consul/dns.js';
import { type HealthEntry, nodePath, queryPath, serviceHealthPath } from '../consul/lookup.js';
import { type Asked, askAgent, elsewhere, leaderName, type Whom } from './ask.js';
import type { NodeContext } from './node-ops/container.js';
import { toCheck } from './watch/reader.js';

export interface LookupOptions extends Whom {
  /** The datacenter to look in where the name says none; that of the agent by default. */
  readonly about?: string | undefined;
}

/** What every Consul of the last years does, for an agent that does not tell its settings. */
const USUAL: DnsSettings = {
  domain: 'consul',
  address: '127.0.0.1',
  port: 8600,
  onlyPassing: false,
  recordLimit: 0,
  udpLimit: 3,
  allowStale: true,
};

/** @throws RaftyardError usage */
function questionOf(name: string, domain: string, about: string | undefined): LookupQuestion {
  const parsed = parseLookup(name, domain);
  if (parsed.problem === undefined) {
    const { question } = parsed;
    return about === undefined || question.datacenter !== null
      ? question
      : { ...question, datacenter: about };
  }
  throw new RaftyardError('usage', NAME_PROBLEMS[parsed.problem], {
    hint: 'Write a service (web, web.service.consul, v1.web.service.east.consul, _web._tcp.service.consul) or a node (node2.node.consul).',
  });
}

const registered = ({ node, id, address, port, ports, tags, checks }: HealthEntry): RegisteredInstance => {
  const all = checks.map(toCheck);
  return {
    node,
    id,
    address,
    port,
    ...(ports === undefined ? {} : { ports }),
    tags,
    nodeChecks: all.filter(({ serviceId }) => serviceId === ''),
    checks: all.filter(({ serviceId }) => serviceId !== ''),
  };
};

interface OverHttp {
  readonly path: string;
  readonly answers: readonly string[];
  readonly problem?: string;
  /** Instances in the answer, as keys; null where there was none. */
  readonly passing: ReadonlySet<string> | null;
  readonly instances: readonly RegisteredInstance[];
  readonly notes: readonly LookupNote[];
}

/** Nobody could be asked, or the answer was no. */
const unanswered = (path: string, problem: string, notes: readonly LookupNote[] = []): OverHttp => ({
  path,
  answers: [],
  passing: null,
  problem,
  instances: [],
  notes,
});

async function service(
  { api, ...asked }: Asked,
  { service: name, tag }: Extract<LookupQuestion, { kind: 'service' }>,
  datacenter: string,
): Promise<OverHttp> {
  const place = elsewhere(asked, datacenter) ?? {};
  const query = { ...place, ...(tag === null ? {} : { tag }), passing: true };
  const path = serviceHealthPath(name, query);
  const [answer, all] = await Promise.allSettled([
    api.serviceHealth(name, query),
    // Who is registered is known to any server, also while there is no leader.
    api.serviceHealth(name, place).catch(() => api.serviceHealth(name, { ...place, stale: true })),
  ]);
  const instances = all.status === 'fulfilled' ? all.value.map(registered) : [];
  const none = all.status === 'fulfilled' && instances.length === 0;
  return {
    path,
    ...(answer.status === 'fulfilled'
      ? {
          answers: answer.value.map(placeText),
          passing: new Set(answer.value.map(instanceKey)),
        }
      : { answers: [], passing: null, problem: toEnvelope(answer.reason).message }),
    instances,
    notes: none ? [{ code: 'none-registered', service: name, datacenter }] : [],
  };
}

async function node({ api, ...asked }: Asked, name: string, datacenter: string): Promise<OverHttp> {
  const place = elsewhere(asked, datacenter)?.datacenter;
  const path = nodePath(name, place);
  try {
    const found = await api.catalogNode(name, place);
    if (found === null)
      return {
        path,
        answers: [],
        passing: new Set(),
        instances: [],
        notes: [{ code: 'no-such-node', node: name, datacenter }],
      };
    const instance = { ...found, id: '', port: 0, tags: [], nodeChecks: [], checks: [] };
    return {
      path,
      answers: [found.address],
      passing: new Set([instanceKey(instance)]),
      instances: [instance],
      notes: [{ code: 'node-any-health', node: found.node }],
    };
  } catch (error) {
    return unanswered(path, toEnvelope(error).message);
  }
}

async function prepared({ api, ...asked }: Asked, name: string, datacenter: string): Promise<OverHttp> {
  const place = elsewhere(asked, datacenter)?.datacenter;
  const path = queryPath(name, place);
  const notes: LookupNote[] = [{ code: 'query-own-rules' }];
  try {
    const found = await api.executeQuery(name, place);
    if (found === null) return unanswered(path, `there is no prepared query ${name}`, notes);
    return {
      path,
      answers: found.entries.map(placeText),
      passing: new Set(found.entries.map(instanceKey)),
      instances: found.entries.map(registered),
      notes,
    };
  } catch (error) {
    return unanswered(path, toEnvelope(error).message, notes);
  }
}

function overHttp(asked: Asked, question: LookupQuestion, datacenter: string): Promise<OverHttp> {
  if (question.kind === 'service') return service(asked, question, datacenter);
  if (question.kind === 'node') return node(asked, question.node, datacenter);
  return prepared(asked, question.query, datacenter);
}

const OUTPUT_WITHIN_MS = 3000;

/**
 * The outputs of failing checks, from the agents that run them: the servers are told of an output alone only every five
 * minutes (`check_update_interval`), and so for a check that has failed from its first run they have none.
 */
async function withOutputs(
  topology: Topology,
  instances: readonly RegisteredInstance[],
  context: NodeContext,
): Promise<RegisteredInstance[]> {
  const silent = ({ id, status, output }: LiveCheck): boolean =>
    status !== 'passing' && output === '' && !isMaintenanceCheck(id);
  const nodes = new Set(
    instances
      .filter(({ checks, nodeChecks }) => [...checks, ...nodeChecks].some(silent))
      .filter(({ nodeChecks }) => !nodeChecks.some(({ id, status }) => id === SERF && status === 'critical'))
      .map((entry) => entry.node)
      .filter((name) => allNodes(topology).some((place) => place.node.name === name)),
  );
  const known = new Map<string, string>();
  const signal = AbortSignal.any([
    AbortSignal.timeout(OUTPUT_WITHIN_MS),
    ...(context.signal === undefined ? [] : [context.signal]),
  ]);
  await Promise.all(
    [...nodes].map(async (name) => {
      try {
        const own = await askAgent(topology, { node: name }, { ...context, signal }, ({ api }) =>
          api.agentChecks(),
        );
        for (const check of own.map(toCheck)) known.set(JSON.stringify([name, check.id]), check.output);
      } catch {
        // What the servers know has to do.
      }
    }),
  );
  const told =
    (name: string) =>
    (check: LiveCheck): LiveCheck =>
      silent(check) ? { ...check, output: known.get(JSON.stringify([name, check.id])) ?? '' } : check;
  return instances.map((entry) => ({
    ...entry,
    checks: entry.checks.map(told(entry.node)),
    nodeChecks: entry.nodeChecks.map(told(entry.node)),
  }));
}

async function overDns(
  { connection }: Asked,
  settings: DnsSettings,
  name: string,
  { kind }: LookupQuestion,
  signal: AbortSignal | undefined,
): Promise<{ readonly replies: readonly DnsReply[]; readonly problem?: string }> {
  const types = RECORD_TYPES.filter((type) => type !== 'SRV' || kind !== 'node');
  try {
    const replies = await Promise.all(types.map((type) => askDns(connection, settings, name, type, signal)));
    return { replies };
  } catch (error) {
    const { message, hint } = toEnvelope(error);
    return { replies: [], problem: hint === undefined ? message : `${message}. ${hint}` };
  }
}

/**
 * Asks one agent for a name, by its DNS and by its HTTP API, and explains for every instance that is registered whether it
 * is in the answers. Nothing is changed.
 * @param name `web`, `v1.web.service.east.consul`, `_web._tcp.service.consul`, `node2.node.consul`, `nearest.query.consul`
 * @throws RaftyardError usage, consul-api, and what connecting throws
 */
export async function lookUp(
  topology: Topology,
  name: string,
  { about, ...whom }: LookupOptions,
  context: NodeContext,
): Promise<LookupResult> {
  const early = parseLookup(name);
  // What is no name is none in any domain, and no host need be asked.
  if (early.problem !== undefined && early.problem !== 'no-kind') questionOf(name, 'consul', about);
  return await askAgent(topology, whom, context, async (asked) => {
    const settings = await asked.api.dnsSettings().catch((error: unknown) => {
      // Nobody may ask, or nobody answered; what cannot be read is another matter.
      if (error instanceof Unreadable) throw error;
      return USUAL;
    });
    const other = about === undefined || about === asked.datacenter ? undefined : about;
    const question = questionOf(name, settings.domain, other);
    const datacenter = question.datacenter ?? asked.datacenter;
    const whole = dnsName(question, settings.domain);
    const [dns, http, leader] = await Promise.all([
      overDns(asked, settings, whole, question, context.signal),
      overHttp(asked, question, datacenter),
      leaderName(topology, asked, datacenter),
    ]);
    if (context.signal?.aborted === true) throw new RaftyardError('cancelled', 'cancelled');
    const { acl } = topology.secure;
    const { node: askedNode, role, datacenter: own, host } = asked;
    const path = (stale: boolean): Hop[] =>
      requestPath({ asked: { node: askedNode, role, datacenter: own }, datacenter, leader, stale });
    const url = `http://127.0.0.1:8500${http.path}`;
    return {
      name: whole,
      question,
      datacenter,
      asked: { node: askedNode, host, datacenter: own },
      settings,
      dns: { ...dns, path: path(settings.allowStale) },
      http: {
        url,
        answers: http.answers,
        ...(http.problem === undefined ? {} : { problem: http.problem }),
        path: path(false),
      },
      commands: lookupCommands(whole, question, settings, url, acl),
      instances: explain(await withOutputs(topology, http.instances, context), {
        tag: question.kind === 'service' ? question.tag : null,
        settings,
        replies: dns.replies,
        passing: http.passing,
        acl,
      }),
      notes: [...http.notes, ...limitNotes(settings, dns.replies)],
      at: new Date().toISOString(),
    };
  });
}
