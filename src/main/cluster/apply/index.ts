import { setMaxListeners } from 'node:events';
import { RETRY_INTERVAL_SECONDS } from '../../../shared/consul/index.js';
import { RaftyardError, toEnvelope } from '../../../shared/errors.js';
import { CHANGING, type Plan } from '../../../shared/plan/types.js';
import { allNodes } from '../../../shared/topology/index.js';
import type { Topology } from '../../../shared/topology/types.js';
import type { HostConnection, HostLease } from '../../host/types.js';
import { ArchiveSource } from '../archive-source.js';
import { registryFor } from '../registry.js';
import { managing } from '../tokens.js';
import type { ApplyOptions, ApplySummary, ProgressEvent, UseCaseContext } from '../types.js';
import { type ApplyClock, laterThan } from './context.js';
import { executeStep } from './executor.js';
import { Journal } from './journal.js';
import { HostLocks } from './locks.js';
import { runSteps, type StepOutcome } from './scheduler.js';

/** Connections of one apply: each host dialled once, released together. */
class Leases {
  readonly #leases = new Map<string, Promise<HostLease>>();

  constructor(
    readonly topology: Topology,
    readonly context: UseCaseContext,
  ) {}

  async of(name: string): Promise<HostConnection> {
    let lease = this.#leases.get(name);
    if (lease === undefined) {
      const host = this.topology.hosts.find((entry) => entry.name === name);
      if (host === undefined) throw new RaftyardError('internal', `no host ${name} in the document`);
      lease = this.context.connector.connect(host, this.context.signal);
      // A failed dial may succeed later: what failed is not kept.
      lease.catch(() => this.#leases.delete(name));
      this.#leases.set(name, lease);
    }
    return (await lease).connection;
  }

  async release(): Promise<void> {
    const settled = await Promise.allSettled(this.#leases.values());
    for (const result of settled) if (result.status === 'fulfilled') result.value.release();
  }
}

/** Blockers and conflicts of a plan stop it before any step. @throws RaftyardError blocked, conflict */
function refuseBlocked(plan: Plan): void {
  const stopping = plan.issues.filter(
    (issue) => issue.severity === 'blocker' || issue.severity === 'conflict',
  );
  const first = stopping[0];
  if (first === undefined) return;
  const more = stopping.length > 1 ? ` (and ${stopping.length - 1} more)` : '';
  throw new RaftyardError(first.severity === 'conflict' ? 'conflict' : 'blocked', `${first.message}${more}`, {
    host: first.host,
    hint: first.hint,
  });
}

function describeHosts(
  plan: Plan,
  outcomes: readonly StepOutcome[],
  extra: ReadonlyMap<string, string>,
): Record<string, string> {
  const hosts: Record<string, string> = Object.fromEntries(extra);
  for (const host of new Set(plan.steps.map((step) => step.host))) {
    if (hosts[host] !== undefined) continue;
    const mine = outcomes.filter((outcome) => outcome.step.host === host);
    const failed = mine.filter((outcome) => outcome.state === 'failed');
    const cancelled = mine.filter((outcome) => outcome.state === 'cancelled');
    const done = mine.filter((outcome) => outcome.state === 'done' && CHANGING.has(outcome.step.action.kind));
    if (failed[0] !== undefined) hosts[host] = `failed at “${failed[0].step.title}”`;
    else if (cancelled[0] !== undefined) hosts[host] = `stopped before “${cancelled[0].step.title}”`;
    else hosts[host] = done.length === 0 ? 'nothing to change' : `${done.length} changes made`;
  }
  return hosts;
}

function summarise(
  plan: Plan,
  outcomes: readonly StepOutcome[],
  clock: ApplyClock,
  aborted: boolean,
  locked: ReadonlyMap<string, RaftyardError>,
): ApplySummary {
  const failed = outcomes
    .filter(
      (outcome) =>
        outcome.state === 'failed' || (outcome.state === 'cancelled' && outcome.error !== undefined),
    )
    .filter((outcome) => !(aborted && outcome.state === 'cancelled'))
    .map(({ step, error }) => ({
      step: step.id,
      host: step.host,
      error: error?.toEnvelope() ?? toEnvelope(new Error('failed'), step.host),
    }));
  const changed = outcomes.filter(
    (outcome) => outcome.state === 'done' && CHANGING.has(outcome.step.action.kind),
  ).length;
  const unreachable = plan.issues.filter((issue) => issue.code === 'host-unreachable');
  const bad = failed.length > 0 || locked.size > 0 || unreachable.length > 0;
  const quorumMs: Record<string, number> = {};
  const leader: Record<string, string> = {};
  for (const [datacenter, { at, leader: name }] of clock.quorum) {
    leader[datacenter] = name;
    const first = clock.firstCreate.get(datacenter);
    if (first !== undefined) quorumMs[datacenter] = Math.round(at - first);
  }
  const extra = new Map<string, string>();
  for (const issue of unreachable)
    if (issue.host !== undefined) extra.set(issue.host, 'unreachable; nothing was done there');
  for (const [host, error] of locked) extra.set(host, `not touched: ${error.message}`);
  return {
    result: aborted ? 'cancelled' : !bad ? 'done' : changed > 0 ? 'partial' : 'failed',
    changed,
    skipped: outcomes.filter((outcome) => outcome.state === 'skipped').length,
    failed: [
      ...failed,
      ...[...locked].map(([host, error]) => ({ step: 'lock', host, error: error.toEnvelope() })),
    ],
    hosts: describeHosts(plan, outcomes, extra),
    ...(Object.keys(quorumMs).length > 0 ? { quorumMs } : {}),
    ...(Object.keys(leader).length > 0 ? { leader } : {}),
  };
}

/** Steps that bring an agent up. */
const BRINGS_UP: ReadonlySet<string> = new Set(['container-run', 'container-start', 'container-replace']);

const NOT_UP: ReadonlySet<string> = new Set(['failed', 'cancelled']);

/** Passes events on, save for progress that says what the same step said last. */
export function onlyNews(emit: (event: ProgressEvent) => void): (event: ProgressEvent) => void {
  const last = new Map<string, string>();
  return (event) => {
    if (event.type === 'step') {
      const said = JSON.stringify(event);
      if (event.state === 'running' && last.get(event.step) === said) return;
      last.set(event.step, said);
    }
    emit(event);
  };
}

/** Hosts that a plan changes. */
export const changingHosts = (plan: Plan): string[] => [
  ...new Set(plan.steps.filter((step) => CHANGING.has(step.action.kind)).map((step) => step.host)),
];

/**
 * Applies exactly the steps of a plan. Every host that changes is locked first; progress and the journal are written as it goes;
 * a step that fails stops only what depends on it. Ends with a summary, also when cancelled.
 * @param options.locks what is locked already; whoever took them gives them back. See {@link applyUnderLock}.
 * @throws RaftyardError blocked or conflict when the plan has such issues, before anything is touched; lock-held.
 */
export async function applyPlan(
  topology: Topology,
  plan: Plan,
  context: UseCaseContext,
  options: ApplyOptions & { readonly locks?: HostLocks } = {},
): Promise<ApplySummary> {
  refuseBlocked(plan);
  const signal = context.signal ?? new AbortController().signal;
  // Every running command of every host listens to it.
  setMaxListeners(0, signal);
  const cutOff = laterThan(signal);
  const journal = new Journal(context.journalDir, plan.clusterId);
  const emit = onlyNews((event) => {
    journal.write(event);
    context.onEvent?.(event);
  });
  const leases = new Leases(topology, managing(context, options.secrets));
  const places = allNodes(topology).map(({ datacenter, node, host }) => ({
    datacenter: datacenter.name,
    name: node.name,
    host: host.name,
    address: host.advertise,
    container: node.container,
    role: node.role,
  }));
  const datacenters = new Map(places.map((place) => [place.name, place.datacenter]));
  const clock: ApplyClock = {
    absent: new Set(),
    away: new Map(
      plan.issues.flatMap(({ code, host, message }) =>
        code === 'host-unreachable' && host !== undefined ? [[host, message] as const] : [],
      ),
    ),
    firstCreate: new Map(),
    quorum: new Map(),
    former: new Map(),
    datacenterOf: (node) => datacenters.get(node) ?? '',
    retryIntervalMs: RETRY_INTERVAL_SECONDS[topology.bootstrap] * 1_000,
  };
  const nodes = new Map(places.map((place) => [place.name, place]));
  emit({ type: 'plan', plan: plan.id, steps: plan.steps.length });

  const archive =
    options.imageArchive === undefined ? undefined : new ArchiveSource(options.imageArchive, topology);
  const registry = registryFor(topology, context.connector);
  const locks = options.locks ?? new HostLocks(topology, context, options);
  try {
    const changing = changingHosts(plan);
    await locks.take(changing);
    const refused = locks.refusedOn(changing);
    const steps = plan.steps.filter((step) => !refused.has(step.host));
    const starting = new Map(
      plan.steps.flatMap(({ id, node, action }) =>
        node !== undefined && BRINGS_UP.has(action.kind) ? [[id, node] as const] : [],
      ),
    );
    for (const step of plan.steps.filter(({ host }) => refused.has(host))) {
      const node = starting.get(step.id);
      if (node !== undefined) clock.absent.add(node);
    }
    const outcomes = await runSteps(dropMissing(steps), {
      signal,
      emit: (event) => {
        const node = event.type === 'step' ? starting.get(event.step) : undefined;
        if (node !== undefined && event.type === 'step' && NOT_UP.has(event.state)) clock.absent.add(node);
        emit(event);
      },
      run: async (step) =>
        await executeStep({
          connection: await leases.of(step.host),
          connectionOf: (host) => leases.of(host),
          step,
          signal,
          cutOff,
          planId: plan.id,
          archive,
          registry,
          secrets: options.secrets,
          progress: (fraction, message) =>
            emit({
              type: 'step',
              step: step.id,
              host: step.host,
              title: step.title,
              state: 'running',
              ...(fraction === undefined ? {} : { progress: Math.min(1, fraction) }),
              ...(message === undefined ? {} : { message }),
            }),
          output: (text) => emit({ type: 'output', step: step.id, host: step.host, text }),
          apply: clock,
          nodes,
        }),
    });
    const summary = summarise(plan, outcomes, clock, signal.aborted, refused);
    emit({ type: 'summary', summary });
    return summary;
  } finally {
    await Promise.allSettled([options.locks === undefined ? locks.release() : undefined, archive?.dispose()]);
    await leases.release();
  }
}

/** Steps of hosts that could not be locked are gone; what remains must not wait for them. */
function dropMissing(steps: readonly Plan['steps'][number][]): Plan['steps'] {
  const ids = new Set(steps.map((step) => step.id));
  return steps.map((step) => ({
    ...step,
    needs: step.needs.filter((id) => ids.has(id)),
    startAfter: (step.startAfter ?? []).filter((id) => ids.has(id)),
  }));
}
