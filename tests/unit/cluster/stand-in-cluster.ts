/**
 * A cluster of stand-in agents that changes as the steps of a plan change it, and is looked at through the real readers.
 * What an agent has in force is what its files said when it was started; what it says of that, a real agent of its version
 * said (tests/fixtures/consul-answers), with the values of its settings put in wherever that one has them.
 */

import { agentFacts } from '../../../src/main/cluster/preflight/agent.js';
import { consulApi } from '../../../src/main/consul/client.js';
import type { HostConnection, HttpRequest } from '../../../src/main/host/types.js';
import { reaches } from '../../../src/shared/consul/index.js';
import { type DesiredNode, desiredNodes } from '../../../src/shared/desired/index.js';
import { sha256Hex } from '../../../src/shared/digest.js';
import type {
  ContainerFacts,
  Facts,
  FileFacts,
  HostState,
  ReachableFacts,
  RestartDue,
} from '../../../src/shared/plan/facts.js';
import type { PlanSecrets } from '../../../src/shared/plan/index.js';
import type { Plan, Step } from '../../../src/shared/plan/types.js';
import type { Topology } from '../../../src/shared/topology/types.js';
import { answer, type Form, jsonOf } from '../consul-client/stand-in.js';
import { bareFacts } from '../plan/fixture.js';

/** Every secret has a value. */
export const rendered = (template: string): string =>
  template.replace(/@@raftyard:([A-Za-z0-9._/-]+)@@/g, 'value of $1');
export const secretsKnown = (more: Partial<PlanSecrets> = {}): PlanSecrets => ({
  rotate: false,
  digest: (template) => sha256Hex(rendered(template)),
  ...more,
});

interface Settings {
  readonly encrypt?: string;
  readonly encrypt_verify_outgoing?: boolean;
  readonly encrypt_verify_incoming?: boolean;
  readonly acl?: { readonly enabled?: boolean; readonly default_policy?: string };
  readonly ca_file?: string;
  readonly verify_outgoing?: boolean;
  readonly verify_incoming_rpc?: boolean;
  readonly verify_server_hostname?: boolean;
  readonly tls?: {
    readonly defaults?: { readonly ca_file?: string; readonly verify_outgoing?: boolean };
    readonly internal_rpc?: {
      readonly verify_incoming?: boolean;
      readonly verify_server_hostname?: boolean;
    };
  };
}

type Tree = Record<string, unknown>;

/** Puts a value in wherever a key stands, whatever it is in. @returns how often */
function putIn(tree: Tree, key: string, value: unknown): number {
  let count = 0;
  for (const [name, below] of Object.entries(tree)) {
    if (name === key) {
      tree[name] = value;
      count += 1;
    } else if (typeof below === 'object' && below !== null && !Array.isArray(below))
      count += putIn(below as Tree, key, value);
  }
  return count;
}

/** From 1.15 on what is said after a reload is the file, of all settings. */
const SHOWS_FILES = '1.15';

interface Running {
  readonly info: ContainerFacts;
  readonly inForce: Settings;
  readonly shown: Settings;
}

class StandInHost {
  readonly files = new Map<string, { readonly mode: number; readonly content: string }>();
  container: Running | undefined;
  rules: readonly string[] = [];
  volume: ReachableFacts['volume'];
  state: HostState | undefined;
  due: RestartDue | undefined;
  hasImage = false;

  constructor(readonly node: DesiredNode) {}

  /** What its configuration says now. */
  get settings(): Settings {
    const found = [...this.files].find(([path]) => path.endsWith('/agent/secret.json'));
    return found === undefined ? {} : (JSON.parse(found[1].content) as Settings);
  }
}

export class StandInCluster {
  readonly #hosts = new Map<string, StandInHost>();
  #clock = 0;
  /** Autopilot's, in Raft. */
  minQuorum = 0;

  constructor(
    readonly version: string,
    topology: Topology,
  ) {
    for (const node of desiredNodes(topology)) this.#hosts.set(node.host, new StandInHost(node));
  }

  #at(name: string): StandInHost {
    const host = this.#hosts.get(name);
    if (host === undefined) throw new Error(`no host ${name}`);
    return host;
  }

  #start(host: StandInHost, info: Omit<ContainerFacts, 'startedAt'>): void {
    this.#clock += 1;
    const { settings } = host;
    host.container = {
      info: { ...info, startedAt: `start ${this.#clock}` },
      inForce: settings,
      shown: settings,
    };
  }

  /** An agent reads its files again: by a service, a certificate, a person. */
  reload(name: string): void {
    const host = this.#at(name);
    if (host.container !== undefined && reaches(this.version, SHOWS_FILES) === true)
      host.container = { ...host.container, shown: host.settings };
  }

  restart(name: string): void {
    const host = this.#at(name);
    if (host.container !== undefined) this.#start(host, host.container.info);
  }

  get hosts(): readonly string[] {
    return [...this.#hosts.keys()];
  }

  /** What is in force in each agent that runs. */
  get inForce(): readonly Settings[] {
    return [...this.#hosts.values()].flatMap(({ container }) =>
      container === undefined ? [] : [container.inForce],
    );
  }

  /** Does what a step does to a host; what only waits or looks does nothing. */
  run(plan: Plan, step: Step): void {
    const { action } = step;
    const host = this.#at(step.host);
    switch (action.kind) {
      case 'record':
        host.state = { ...action.state, since: 'then', updated: 'then', lastPlan: plan.id };
        break;
      case 'file':
        host.files.set(action.path, action);
        break;
      case 'secret-file': {
        const { container } = host;
        if (action.due !== undefined && container !== undefined)
          host.due = {
            container: container.info.id,
            startedAt: container.info.startedAt ?? '',
            inForce: action.due.inForce,
          };
        host.files.set(action.path, { mode: action.mode, content: rendered(action.template) });
        break;
      }
      case 'firewall-open':
        host.rules = action.rules;
        break;
      case 'volume-create':
        host.volume = { name: action.name, labels: action.labels };
        break;
      case 'image-pull':
        host.hasImage = true;
        break;
      case 'container-run':
      case 'container-replace': {
        const { name, image, labels, hostname, command, env, networkMode, restart, mounts } =
          action.container;
        this.#start(host, {
          id: `${name} of ${step.id} in ${plan.id}`,
          name,
          image,
          imageId: 'sha256:1',
          running: true,
          restarting: false,
          labels,
          hostname,
          command,
          env: [...env],
          networkMode,
          restart,
          mounts,
        });
        break;
      }
      case 'autopilot':
        this.minQuorum = action.minQuorum;
        break;
      case 'container-restart':
        this.restart(step.host);
        break;
      case 'agent-reload':
        this.reload(step.host);
        break;
      default:
        break;
    }
  }

  /**
   * What an agent answers to GET /v1/agent/self.
   * @param form that of the recorded cluster, which answers as it did then; undefined: with the values of this one
   */
  #self({ node, container }: StandInHost, form?: Form): string {
    const said = structuredClone(
      jsonOf(this.version, form ?? 'secured', node.role === 'server' ? 'self-server' : 'self-client'),
    ) as Record<string, Tree>;
    if (form !== undefined) return JSON.stringify(said);
    const { inForce = {}, shown = {} } = container ?? {};
    const put = (block: string, key: string, value: unknown): void => {
      if (putIn(said[block] ?? {}, key, value) === 0) throw new Error(`${this.version} says no ${key}`);
    };
    put('Config', 'NodeName', node.node);
    put('Config', 'Datacenter', node.datacenter);
    // Of Serf itself: no reload changes it.
    put('Stats', 'encrypted', String(inForce.encrypt !== undefined));
    put('DebugConfig', 'EncryptVerifyOutgoing', shown.encrypt_verify_outgoing ?? true);
    put('DebugConfig', 'EncryptVerifyIncoming', shown.encrypt_verify_incoming ?? true);
    put('DebugConfig', 'ACLsEnabled', shown.acl?.enabled ?? false);
    put('DebugConfig', 'ACLDefaultPolicy', shown.acl?.default_policy ?? 'allow');
    const { defaults, internal_rpc: rpc } = shown.tls ?? {};
    const tls = (said['DebugConfig'] as { TLS?: { InternalRPC: Tree } }).TLS?.InternalRPC;
    const flat = said['DebugConfig'] ?? {};
    if (tls === undefined)
      Object.assign(flat, {
        CAFile: shown.ca_file ?? '',
        VerifyOutgoing: shown.verify_outgoing ?? false,
        VerifyIncomingRPC: shown.verify_incoming_rpc ?? false,
        VerifyServerHostname: shown.verify_server_hostname ?? false,
      });
    else
      Object.assign(tls, {
        CAFile: defaults?.ca_file ?? '',
        VerifyOutgoing: defaults?.verify_outgoing ?? false,
        VerifyIncoming: rpc?.verify_incoming ?? false,
        VerifyServerHostname: rpc?.verify_server_hostname ?? false,
      });
    return JSON.stringify(said);
  }

  #connection(host: StandInHost, form?: Form): HostConnection {
    const { node } = host;
    const all = [...this.#hosts.values()].map((entry) => entry.node);
    const servers = all.filter(({ role }) => role === 'server').map(({ advertise }) => `${advertise}:8300`);
    const instead = {
      'GET /v1/agent/self': { body: this.#self(host, form) },
      'GET /v1/status/leader': { body: JSON.stringify(servers[0]) },
      'GET /v1/status/peers': { body: JSON.stringify(servers) },
      'GET /v1/operator/autopilot/configuration': {
        body: JSON.stringify({ MinQuorum: this.minQuorum, ModifyIndex: 4 }),
      },
      [`GET /v1/catalog/node/${node.node}`]: {
        body: JSON.stringify({ Node: { Node: node.node, Address: node.advertise }, Services: {} }),
      },
      [`GET /v1/health/node/${node.node}`]: { body: '[]' },
    };
    return {
      host: { name: node.host },
      http: (request: HttpRequest) =>
        Promise.resolve(
          answer(this.version, 'secured', request, {
            agent: node.role === 'server' ? 'server' : 'client',
            instead,
          }),
        ),
    } as unknown as HostConnection;
  }

  /**
   * What a look finds.
   * @param form agents say of themselves what those of a recorded cluster said, untouched
   */
  async look(topology: Topology, form?: Form): Promise<Facts> {
    const bare = bareFacts(topology);
    const entries = await Promise.all(
      [...this.#hosts.values()].map(async (host): Promise<[string, ReachableFacts]> => {
        const { node, container, state, due } = host;
        const found = bare[node.host];
        if (found === undefined) throw new Error(`the document has no ${node.host}`);
        const files = [...host.files].map(
          ([path, { mode, content }]): FileFacts => ({ path, mode, sha256: sha256Hex(content) }),
        );
        return [
          node.host,
          {
            ...found,
            image: { reference: topology.image, present: host.hasImage },
            containers: container === undefined ? [] : [container.info],
            ...(host.volume === undefined ? {} : { volume: host.volume }),
            firewall: { ...found.firewall, runtime: host.rules, permanent: host.rules },
            workdir: {
              exists: state !== undefined,
              files,
              ...(state === undefined ? {} : { state }),
              ...(due === undefined ? {} : { restartDue: due }),
            },
            ...(container === undefined
              ? {}
              : { agent: await agentFacts(consulApi(this.#connection(host, form)), node.advertise) }),
          },
        ];
      }),
    );
    return Object.fromEntries(entries);
  }
}

/** The steps in an order that they may be run in. */
export function inOrder(plan: Plan): Step[] {
  const done = new Set<string>();
  const ordered: Step[] = [];
  while (ordered.length < plan.steps.length) {
    const ready = plan.steps.find(
      ({ id, needs, startAfter = [] }) =>
        !done.has(id) && [...needs, ...startAfter].every((other) => done.has(other)),
    );
    if (ready === undefined) throw new Error('steps wait for each other');
    done.add(ready.id);
    ordered.push(ready);
  }
  return ordered;
}
