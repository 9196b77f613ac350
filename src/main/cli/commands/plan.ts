import { checkHosts } from '../../../shared/plan/checks.js';
import type { Facts } from '../../../shared/plan/facts.js';
import { changeCount, type PlanOptions, planApply, stoppers } from '../../../shared/plan/index.js';
import type { Plan } from '../../../shared/plan/types.js';
import type { Topology } from '../../../shared/topology/types.js';
import { reading } from '../../cluster/tokens.js';
import type { UseCaseContext } from '../../cluster/types.js';
import { writeFileAtomic } from '../../store/atomic.js';
import type { App } from '../app.js';
import { parseTopology, readText, savedPlan } from '../documents.js';
import { EXIT } from '../exit.js';
import { clean, toJson } from '../print/clean.js';
import { checkLines, type Detail, planLines } from '../print/plan.js';
import { count } from '../print/style.js';
import { openSecrets, type VaultOptions, withSecrets } from '../vault.js';

export interface PlanCommandOptions extends VaultOptions {
  readonly out?: string;
  readonly detailedExitcode?: boolean;
  readonly adopt?: boolean;
  readonly imageArchive?: string;
  readonly verbose?: boolean;
}

/** Looks at all hosts, with a word on the screen meanwhile. @throws RaftyardError cancelled */
export async function lookAtHosts(app: App, topology: Topology, context: UseCaseContext): Promise<Facts> {
  const { preflight } = await app.services.cluster();
  app.err.setLive(app.json ? [] : [`Looking at ${count(topology.hosts.length, 'host')} …`]);
  const facts = await preflight(topology, context).finally(() => app.err.setLive([]));
  // What was cut short looks like hosts that cannot be reached: no plan is made of it.
  app.signal.throwIfAborted();
  return facts;
}

/** What a plan has to know of the archive that was given. */
export async function archiveKnown(
  app: App,
  topology: Topology,
  path: string | undefined,
): Promise<Pick<PlanOptions, 'archiveKnown'>> {
  if (path === undefined) return {};
  const { ArchiveSource } = await app.services.cluster();
  return { archiveKnown: await new ArchiveSource(path, topology).known() };
}

/** Commands are cut to a terminal's width, and left whole for whoever reads a file or a pipe. */
export function detailOf(app: App, verbose: boolean): Detail {
  const { isTTY, columns } = app.io.stdout;
  return { verbose, columns: isTTY ? Math.max(60, columns) : Number.POSITIVE_INFINITY };
}

export function stops(plan: Plan): boolean {
  return stoppers(plan).length > 0;
}

/** `raftyard plan FILE` */
export async function plan(app: App, file: string, options: PlanCommandOptions): Promise<number> {
  const text = await readText(file);
  const topology = parseTopology(file, text);
  const chosen = { adopt: options.adopt === true, archive: options.imageArchive !== undefined };
  const archive = await archiveKnown(app, topology, options.imageArchive);
  const opened = await openSecrets(app, topology, options, { create: false });
  const facts = await app.withHosts(topology.hosts, undefined, (context) =>
    lookAtHosts(app, topology, reading(context, opened.secrets)),
  );
  const made = planApply(topology, facts, { ...chosen, ...archive, ...withSecrets(opened) });
  const checks = checkHosts(topology, facts);
  const changes = changeCount(made);
  if (app.json) {
    app.result({ changes, applicable: !stops(made), checks, plan: made });
  } else {
    for (const line of checkLines(checks, app.style, options.verbose === true)) app.out.line(line);
    app.out.line();
    for (const line of planLines(made, app.style, detailOf(app, options.verbose === true)))
      app.out.line(line);
  }
  if (options.out !== undefined) {
    await writeFileAtomic(options.out, `${toJson(savedPlan(file, text, chosen, made), 2)}\n`, 0o600);
    app.tell(`The plan is in ${clean(options.out)}; apply it with: raftyard apply ${clean(options.out)}`);
  }
  if (stops(made)) return EXIT.failed;
  return options.detailedExitcode === true && changes > 0 ? EXIT.changes : EXIT.good;
}
