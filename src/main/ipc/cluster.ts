/** Checking, planning, applying, importing. The window names plans by id and never sends steps. */
import { RaftyardError } from '../../shared/errors.js';
import type { PlanView } from '../../shared/ipc/index.js';
import { checkHosts } from '../../shared/plan/checks.js';
import type { Facts } from '../../shared/plan/facts.js';
import { changeCount, type PlanOptions, planApply, planDestroy } from '../../shared/plan/index.js';
import type { Plan } from '../../shared/plan/types.js';
import { readTopology } from '../../shared/topology/index.js';
import type { Topology } from '../../shared/topology/types.js';
import { applyPlan, importCluster, preflight, status, type UseCaseContext } from '../cluster/index.js';
import type { Connections } from './connections.js';
import type { Dialogs } from './dialogs.js';
import type { Handlers } from './gateway.js';
import { hostOfInput } from './hosts.js';
import type { Tasks } from './tasks.js';

interface Held {
  readonly topology: Topology;
  readonly plan: Plan;
  readonly make: (facts: Facts) => Plan;
  readonly imageArchive: string | undefined;
}

/** Plans that the window may still name; older ones are outdated anyway. */
const HELD = 8;

/** @throws RaftyardError invalid-topology */
export function topologyOf(text: string): Topology {
  const { topology, findings } = readTopology(text);
  if (topology !== undefined) return topology;
  const first = findings.find((finding) => finding.severity === 'error');
  throw new RaftyardError('invalid-topology', first?.message ?? 'the topology is not valid', {
    hint: 'The problems panel says where.',
  });
}

export function clusterHandlers(connections: Connections, tasks: Tasks, dialogs: Dialogs): Handlers {
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
    make: (topology: Topology, facts: Facts) => Plan,
    imageArchive?: string,
  ): Promise<PlanView> =>
    tasks.run(task, async (signal) => {
      const topology = topologyOf(text);
      const facts = await connections.use(topology.hosts, signal, (context) => look(topology, context));
      const plan = make(topology, facts);
      held.set(plan.id, { topology, plan, make: (later) => make(topology, later), imageArchive });
      for (const id of [...held.keys()].slice(0, -HELD)) held.delete(id);
      return viewOf(topology, facts, plan);
    });
  return {
    'cluster:preflight': ({ task, text }) =>
      tasks.run(task, async (signal) => {
        const topology = topologyOf(text);
        const facts = await connections.use(topology.hosts, signal, (context) => look(topology, context));
        return { facts, checks: checkHosts(topology, facts) };
      }),
    'cluster:plan': ({ task, text, options }) => {
      const chosen: PlanOptions = {
        adopt: options.adopt === true,
        archive: options.imageArchive !== undefined,
      };
      return planWith(
        task,
        text,
        (topology, facts) => planApply(topology, facts, chosen),
        options.imageArchive,
      );
    },
    'cluster:plan-destroy': ({ task, text, keepData }) =>
      planWith(task, text, (topology, facts) => planDestroy(topology, facts, { keepData })),
    'cluster:apply': ({ task, plan: id, breakLock }) =>
      tasks.run(task, async (signal) => {
        const found = held.get(id);
        if (found === undefined) throw outdated('this plan is not held any more');
        const { topology, make, imageArchive } = found;
        return await connections.use(topology.hosts, signal, async (context) => {
          const plan = make(await look(topology, context));
          if (plan.id !== id) throw outdated('the hosts have changed since the plan was made');
          return await applyPlan(
            topology,
            plan,
            { ...context, onEvent: tasks.progress(task) },
            { breakLock: breakLock === true, ...(imageArchive === undefined ? {} : { imageArchive }) },
          );
        });
      }),
    'cluster:status': ({ task, text }) =>
      tasks.run(task, async (signal) => {
        const topology = topologyOf(text);
        return await connections.use(topology.hosts, signal, (context) => status(topology, context));
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
  };
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
