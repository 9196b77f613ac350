/** Checking, planning, applying, importing. The window names plans by id and never sends steps. */
import { join } from 'node:path';
import { desiredImage } from '../../shared/desired/index.js';
import { RaftyardError } from '../../shared/errors.js';
import type { PlanView } from '../../shared/ipc/index.js';
import { checkHosts } from '../../shared/plan/checks.js';
import type { Facts } from '../../shared/plan/facts.js';
import {
  changeCount,
  type PlanOptions,
  type PlanSecrets,
  planApply,
  planDestroy,
} from '../../shared/plan/index.js';
import type { Plan } from '../../shared/plan/types.js';
import type { Topology } from '../../shared/topology/types.js';
import {
  ArchiveSource,
  applyUnderLock,
  type ClusterSecrets,
  fetchImage,
  imageFolder,
  imageVersions,
  importCluster,
  pinImage,
  preflight,
  reading,
  registryFor,
  status,
  type UseCaseContext,
} from '../cluster/index.js';
import { raftyardHome } from '../store/paths.js';
import type { Connections } from './connections.js';
import type { Dialogs } from './dialogs.js';
import type { Handlers } from './gateway.js';
import { hostOfInput } from './hosts.js';
import type { WindowSecrets } from './secrets.js';
import type { Tasks } from './tasks.js';
import { topologyOf } from './topology-of.js';

/** Makes a plan of facts, and of what is known of the secrets then. */
type Make = (topology: Topology, facts: Facts, secrets: PlanSecrets | undefined) => Plan;

interface Held {
  readonly topology: Topology;
  readonly plan: Plan;
  readonly make: Make;
  readonly imageArchive: string | undefined;
  /** The hosts', in Docker's names. */
  readonly architectures: readonly string[];
  /** Whether it uses the cluster's secrets, and how. */
  readonly secrets: 'none' | 'use' | 'rotate' | 'reset-acl';
}

/** What a plan is told where there is no store yet: everything is still to be made. */
const NOTHING_YET: PlanSecrets = { rotate: false, digest: () => undefined };

const forPlan = (
  secrets: ClusterSecrets | undefined | null,
  use: Held['secrets'],
): PlanSecrets | undefined => {
  if (secrets === undefined) return undefined;
  const known = secrets?.forPlan() ?? NOTHING_YET;
  if (use === 'reset-acl') return { ...known, resetAcl: true };
  return use === 'rotate' ? { ...known, rotate: true } : known;
};

/** Plans that the window may still name; older ones are outdated anyway. */
const HELD = 8;

export function clusterHandlers(
  connections: Connections,
  tasks: Tasks,
  dialogs: Dialogs,
  secretStore: WindowSecrets,
): Handlers {
  const held = new Map<string, Held>();
  const look = async (topology: Topology, context: UseCaseContext): Promise<Facts> => {
    const facts = await preflight(topology, context);
    // What was cut short looks like hosts that cannot be reached: nothing is concluded from it.
    context.signal?.throwIfAborted();
    return facts;
  };
  const planWith = (
    task: string,
    text: string,
    make: Make,
    use: Held['secrets'],
    imageArchive?: string,
  ): Promise<PlanView> =>
    tasks.run(task, async (signal) => {
      const topology = topologyOf(text);
      const secrets = use === 'none' ? undefined : await secretStore.of(topology, { create: false });
      const facts = await connections.use(topology.hosts, signal, (context) =>
        look(topology, reading(context, secrets)),
      );
      const plan = make(topology, facts, forPlan(secrets, use));
      held.set(plan.id, {
        topology,
        plan,
        make,
        imageArchive,
        secrets: use,
        architectures: architecturesOf(facts),
      });
      for (const id of [...held.keys()].slice(0, -HELD)) held.delete(id);
      return viewOf(topology, facts, plan);
    });
  return {
    'cluster:preflight': ({ task, text }) =>
      tasks.run(task, async (signal) => {
        const topology = topologyOf(text);
        // Without its token a cluster with ACLs says little of its agents; the hosts say the rest.
        const secrets = await secretStore.forAsking(topology).catch(() => null);
        signal.throwIfAborted();
        const facts = await connections.use(topology.hosts, signal, (context) =>
          look(topology, reading(context, secrets)),
        );
        return { facts, checks: checkHosts(topology, facts) };
      }),
    'cluster:plan': async ({ task, text, options }) => {
      const { imageArchive } = options;
      const chosen: PlanOptions = {
        adopt: options.adopt === true,
        minQuorum: options.minQuorum === true,
        archive: imageArchive !== undefined,
        ...(imageArchive === undefined
          ? {}
          : { archiveKnown: await new ArchiveSource(imageArchive, topologyOf(text)).known() }),
      };
      return await planWith(
        task,
        text,
        (topology, facts, secrets) =>
          planApply(topology, facts, { ...chosen, ...(secrets === undefined ? {} : { secrets }) }),
        options.resetAcl === true ? 'reset-acl' : options.rotate === true ? 'rotate' : 'use',
        imageArchive,
      );
    },
    'cluster:plan-destroy': ({ task, text, keepData }) =>
      planWith(task, text, (topology, facts) => planDestroy(topology, facts, { keepData }), 'none'),
    'cluster:apply': ({ task, plan: id, breakLock }) =>
      tasks.run(task, async (signal) => {
        const found = held.get(id);
        if (found === undefined) throw outdated('this plan is not held any more');
        const { topology, make, imageArchive, secrets: use } = found;
        // Without a place for its keys a secured cluster is not begun.
        const secrets = use === 'none' ? undefined : await secretStore.of(topology, { create: true });
        signal.throwIfAborted();
        return await connections.use(topology.hosts, signal, (context) =>
          applyUnderLock(
            topology,
            { ...context, onEvent: tasks.progress(task) },
            {
              plan: async (locked) =>
                make(topology, await look(topology, reading(locked, secrets)), forPlan(secrets, use)),
              agreed: found.plan,
              begin: async () => {
                // Not before: a key that waits makes every later apply go on with the change.
                if (use !== 'none') await secretStore.complete(secrets);
                if (use === 'rotate') await secrets?.makeNextKey();
                return true as const;
              },
              breakLock: breakLock === true,
              ...(imageArchive === undefined ? {} : { imageArchive }),
              ...(secrets === undefined || secrets === null ? {} : { secrets }),
            },
          ),
        );
      }),
    'cluster:status': ({ task, text }) =>
      tasks.run(task, async (signal) => {
        const topology = topologyOf(text);
        const secrets = await secretStore.forAsking(topology);
        return await connections.use(topology.hosts, signal, (context) =>
          status(topology, reading(context, secrets)),
        );
      }),
    'cluster:import': ({ task, hosts }) =>
      tasks.run(task, async (signal) => {
        const given = hosts.map(hostOfInput);
        return await connections.use(given, signal, (context) => importCluster(given, context));
      }),
    'cluster:choose-archive': async () => {
      const path = await dialogs.openArchive();
      return path === null ? null : { path };
    },
    'cluster:pin': ({ task, text }) =>
      tasks.run(task, async (signal) => {
        const topology = topologyOf(text);
        return await connections.use(topology.hosts, signal, (context) => pinImage(topology, context));
      }),
    'cluster:versions': ({ task, text, thorough }) =>
      tasks.run(task, async (signal) => {
        const topology = topologyOf(text);
        return await connections.use(topology.hosts, signal, (context) =>
          imageVersions(topology, { thorough: thorough === true }, context),
        );
      }),
    'cluster:fetch-image': ({ task, plan: id }) =>
      tasks.run(task, async (signal) => {
        const found = held.get(id);
        if (found === undefined) throw outdated('this plan is not held any more');
        const { topology } = found;
        const { image: reference } = topology;
        const architecture = oneOf(found.architectures);
        const target = await imageFolder(join(raftyardHome(), 'images'), reference);
        const { from } = desiredImage(topology);
        return await connections.use(topology.hosts, signal, async ({ connector }) => {
          const login = await registryFor(topology, connector).login();
          const onNote = tasks.note(task);
          return { path: await fetchImage({ reference, from, login, architecture, target, signal, onNote }) };
        });
      }),
  };
}

const architecturesOf = (facts: Facts): string[] => [
  ...new Set(Object.values(facts).flatMap((fact) => (fact.reachable ? [fact.os.architecture] : []))),
];

/** An archive holds an image for one architecture. @throws RaftyardError image-unavailable */
function oneOf(architectures: readonly string[]): string {
  const [one, ...others] = architectures;
  if (one !== undefined && others.length === 0) return one;
  throw new RaftyardError(
    'image-unavailable',
    `the hosts differ in architecture: ${architectures.join(', ')}`,
    {
      hint: 'Let each host pull the image itself, or load it on them by hand.',
    },
  );
}

const outdated = (message: string): RaftyardError =>
  new RaftyardError('plan-outdated', message, { hint: 'Plan again, look at it, and apply that.' });

function viewOf(topology: Topology, facts: Facts, plan: Plan): PlanView {
  return {
    plan,
    checks: checkHosts(topology, facts),
    changes: changeCount(plan),
    applicable: !plan.issues.some(({ severity }) => severity === 'blocker' || severity === 'conflict'),
    agents: Object.values(facts).some((fact) => fact.reachable && fact.agent !== undefined),
  };
}
