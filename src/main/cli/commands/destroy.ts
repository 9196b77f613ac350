import { changeCount, planDestroy } from '../../../shared/plan/index.js';
import type { App } from '../app.js';
import { loadTopology } from '../documents.js';
import { EXIT } from '../exit.js';
import { agree, declined, type ExecuteOptions, execute, showPlan } from './execute.js';
import { lookAtHosts, stops } from './plan.js';

export interface DestroyCommandOptions extends ExecuteOptions {
  readonly keepData?: boolean;
}

/** `raftyard destroy FILE` */
export async function destroy(app: App, file: string, options: DestroyCommandOptions): Promise<number> {
  app.needAnswer(options.yes, 'destroy');
  const topology = await loadTopology(file);
  return await app.withHosts(topology.hosts, undefined, async (context) => {
    const facts = await lookAtHosts(app, topology, context);
    const plan = planDestroy(topology, facts, { keepData: options.keepData === true });
    const unreachable = plan.issues.some((issue) => issue.code === 'host-unreachable');
    if (changeCount(plan) === 0 && !unreachable && !stops(plan) && !app.json) {
      for (const line of ['Nothing of this cluster is on its hosts.']) app.out.line(line);
      return EXIT.good;
    }
    showPlan(app, plan, options.verbose === true);
    if (!stops(plan)) await agree(app, plan, options.yes, 'Remove all this from the hosts', declined());
    return await execute(app, topology, plan, context, options);
  });
}
