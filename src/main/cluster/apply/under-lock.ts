/** From the lock to the summary: what is run is what a look under the lock came to. */
import { RaftyardError } from '../../../shared/errors.js';
import type { Plan } from '../../../shared/plan/types.js';
import { allNodes } from '../../../shared/topology/index.js';
import type { Topology } from '../../../shared/topology/types.js';
import type { ApplyOptions, ApplySummary, UseCaseContext } from '../types.js';
import { applyPlan, changingHosts } from './index.js';
import { HostLocks } from './locks.js';

export interface LockedRun extends ApplyOptions {
  /** Looks at the hosts by the context that it is given, and plans. */
  readonly plan: (context: UseCaseContext) => Promise<Plan>;
  /**
   * What was shown and agreed to: the look under the lock has to come to this very plan. Absent where it was agreed to
   * beforehand: this look is then the only one.
   */
  readonly agreed?: Plan;
  /** Called with the plan before its first step; false: nothing is to be run after all. */
  readonly begin: (plan: Plan) => Promise<boolean>;
}

/**
 * Locks the hosts, looks at them, and applies the plan that comes of it. Locked is what the agreed plan changes, or else
 * every host with a node; each host before it is looked at. A host that cannot be reached or locked is a fact of that
 * host. The locks are given back whatever happens.
 *
 * @returns null where `begin` says no
 * @throws RaftyardError lock-held; plan-outdated where the look comes to another plan than the one that was agreed to;
 *   blocked, conflict
 */
export function applyUnderLock(
  topology: Topology,
  context: UseCaseContext,
  run: LockedRun & { readonly begin: (plan: Plan) => Promise<true> },
): Promise<ApplySummary>;
export function applyUnderLock(
  topology: Topology,
  context: UseCaseContext,
  run: LockedRun,
): Promise<ApplySummary | null>;
export async function applyUnderLock(
  topology: Topology,
  context: UseCaseContext,
  { plan: make, agreed, begin, ...options }: LockedRun,
): Promise<ApplySummary | null> {
  const locks = new HostLocks(topology, context, options);
  const hosts =
    agreed === undefined ? allNodes(topology).map(({ host }) => host.name) : changingHosts(agreed);
  try {
    const plan = await make(locks.first(hosts));
    locks.refuseHeld();
    context.signal?.throwIfAborted();
    if (agreed !== undefined && plan.id !== agreed.id)
      throw new RaftyardError('plan-outdated', 'the hosts have changed since the plan was made', {
        hint: 'Plan again, look at it, and apply that.',
      });
    if (!(await begin(plan))) return null;
    return await applyPlan(topology, plan, context, { ...options, locks });
  } finally {
    await locks.release();
  }
}
