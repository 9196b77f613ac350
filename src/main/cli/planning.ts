/** plan, apply and destroy: three ways into the same two use cases. */
import { readFileSync } from 'node:fs';
import { RaftyardError } from '../../shared/errors.js';
import { checkHosts } from '../../shared/plan/checks.js';
import type { Facts } from '../../shared/plan/facts.js';
import { changeCount, planApply, planDestroy } from '../../shared/plan/index.js';
import type { Plan } from '../../shared/plan/types.js';
import { readTopology } from '../../shared/topology/index.js';
import type { Topology } from '../../shared/topology/types.js';
import { applyPlan, Journal, preflight, type UseCaseContext } from '../cluster/index.js';
import type { ApplySummary } from '../cluster/types.js';
import { writeFileAtomic } from '../store/atomic.js';
import { EXIT } from './exit.js';
import { printPlan, printSummary, progressPrinter } from './print.js';
import { type GlobalOptions, load, withContext } from './session.js';
import { clean, confirmed, paint, type Terminal } from './terminal.js';

export interface PlanCommand extends GlobalOptions {
  readonly adopt?: boolean;
  readonly imageArchive?: string;
  readonly detailedExitcode?: boolean;
  readonly out?: string;
}

export interface ApplyCommand extends PlanCommand {
  readonly yes?: boolean;
  readonly breakLock?: boolean;
}

export interface DestroyCommand extends GlobalOptions {
  readonly yes?: boolean;
  readonly keepData?: boolean;
  readonly breakLock?: boolean;
}

/** A plan on disk: the document's text with it, so that it can be applied without the file it came from. */
interface PlanFile {
  readonly raftyardPlan: 1;
  readonly text: string;
  readonly plan: Plan;
}

function printChecks(terminal: Terminal, topology: Topology, facts: Facts): void {
  for (const row of checkHosts(topology, facts)) {
    if (row.severity !== 'warning') continue;
    terminal.out(clean(`${paint(terminal, 'yellow', 'warning')} ${row.host}: ${row.message}`));
    if (row.hint !== undefined) terminal.out(paint(terminal, 'dim', clean(`  → ${row.hint}`)));
  }
}

const options = (command: PlanCommand): { adopt: boolean; archive: boolean } => ({
  adopt: command.adopt === true,
  archive: command.imageArchive !== undefined,
});

const stops = (plan: Plan): boolean =>
  plan.issues.some((issue) => issue.severity === 'blocker' || issue.severity === 'conflict');

export async function planCommand(terminal: Terminal, file: string, command: PlanCommand): Promise<number> {
  const { topology, text } = await load(terminal, file, command.json === true);
  return await withContext(terminal, topology.hosts, command, async (context) => {
    const facts = await preflight(topology, context);
    const plan = planApply(topology, facts, options(command));
    if (command.json === true) terminal.out(JSON.stringify(plan));
    else {
      printChecks(terminal, topology, facts);
      printPlan(terminal, plan);
    }
    if (command.out !== undefined) {
      const content: PlanFile = { raftyardPlan: 1, text, plan };
      await writeFileAtomic(command.out, `${JSON.stringify(content, null, 2)}\n`, 0o600);
    }
    if (stops(plan)) return EXIT.failed;
    return command.detailedExitcode === true && changeCount(plan) > 0 ? EXIT.changes : EXIT.good;
  });
}

/** The plan in a file written by `plan --out`, or null when the file is something else. */
function readPlanFile(file: string): PlanFile | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return null;
  }
  if (!text.trimStart().startsWith('{')) return null;
  try {
    const value = JSON.parse(text) as Partial<PlanFile>;
    if (value.raftyardPlan !== 1 || typeof value.text !== 'string' || typeof value.plan?.id !== 'string')
      return null;
    return value as PlanFile;
  } catch {
    throw new RaftyardError('io', `${file} is not a whole plan file`, {
      hint: 'Write it again with plan --out.',
    });
  }
}

export async function applyCommand(terminal: Terminal, file: string, command: ApplyCommand): Promise<number> {
  const saved = readPlanFile(file);
  const topology =
    saved === null ? (await load(terminal, file, command.json === true)).topology : fromPlan(saved);
  if (command.yes !== true && !terminal.interactive) await confirmed(terminal, false, '');
  return await run(terminal, topology, command, async (context) => {
    const facts = await preflight(topology, context);
    const plan = planApply(topology, facts, options(command));
    const outdated = saved !== null && saved.plan.id !== plan.id;
    if (command.json !== true) {
      printChecks(terminal, topology, facts);
      printPlan(terminal, plan);
      if (outdated)
        terminal.out(
          paint(
            terminal,
            'yellow',
            'The hosts or the document changed since that plan was made; this is the new one.',
          ),
        );
    }
    if (outdated && command.yes !== true && !terminal.interactive) throw outdatedError();
    const risky = plan.issues.some((issue) => issue.severity === 'confirm');
    if (!stops(plan) && (changeCount(plan) > 0 || risky))
      await confirmed(terminal, command.yes === true, 'Apply this plan?');
    return plan;
  });
}

function outdatedError(): RaftyardError {
  return new RaftyardError('plan-outdated', 'the hosts or the document changed since the plan was made', {
    hint: 'Plan again.',
  });
}

function fromPlan(saved: PlanFile): Topology {
  const { topology } = readTopology(saved.text);
  if (topology === undefined)
    throw new RaftyardError('invalid-topology', 'the document in the plan file is invalid');
  return topology;
}

export async function destroyCommand(
  terminal: Terminal,
  file: string,
  command: DestroyCommand,
): Promise<number> {
  const { topology } = await load(terminal, file, true);
  if (command.yes !== true && !terminal.interactive) await confirmed(terminal, false, '');
  return await run(terminal, topology, command, async (context) => {
    const plan = planDestroy(topology, await preflight(topology, context), {
      keepData: command.keepData === true,
    });
    if (command.json !== true) printPlan(terminal, plan);
    if (plan.steps.length > 0)
      await confirmed(terminal, command.yes === true, `Take ${topology.name} off these hosts?`);
    return plan;
  });
}

async function run(
  terminal: Terminal,
  topology: Topology,
  command: ApplyCommand,
  makePlan: (context: UseCaseContext) => Promise<Plan>,
): Promise<number> {
  const print =
    command.json === true
      ? (event: unknown) => terminal.out(JSON.stringify(event))
      : progressPrinter(terminal);
  return await withContext(
    terminal,
    topology.hosts,
    command,
    async (context) => {
      const open = new Journal(context.journalDir, topology.id).interrupted();
      if (open !== null && command.json !== true)
        terminal.out(
          `An apply of ${open.startedAt} was interrupted after ${open.done} steps; what it did is kept, the rest is planned now.`,
        );
      const plan = await makePlan(context);
      const summary = await applyPlan(topology, plan, context, {
        breakLock: command.breakLock === true,
        ...(command.imageArchive === undefined ? {} : { imageArchive: command.imageArchive }),
      });
      if (command.json !== true) printSummary(terminal, summary);
      return exitOf(summary);
    },
    print,
  );
}

function exitOf(summary: ApplySummary): number {
  if (summary.result === 'done') return EXIT.good;
  return summary.result === 'cancelled' ? EXIT.cancelled : EXIT.failed;
}
