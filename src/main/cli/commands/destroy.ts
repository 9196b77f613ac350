import { changeCount, planDestroy } from '../../../shared/plan/index.js';
import type { App } from '../app.js';
import { loadTopology } from '../documents.js';
import { carryOut, declined, type ExecuteOptions, showPlan } from './execute.js';
import { lookAtHosts, stops } from './plan.js';

export interface DestroyCommandOptions extends ExecuteOptions {
  readonly keepData?: boolean;
}

/** `raftyard destroy FILE` */
export async function destroy(app: App, file: string, options: DestroyCommandOptions): Promise<number> {
  app.needAnswer(options.yes, 'destroy');
  const topology = await loadTopology(file);
  return await app.withHosts(topology.hosts, undefined, (context) =>
    carryOut(app, topology, context, options, {
      plan: async (locked) =>
        planDestroy(topology, await lookAtHosts(app, topology, locked), {
          keepData: options.keepData === true,
        }),
      show: (plan) => {
        const unreachable = plan.issues.some((issue) => issue.code === 'host-unreachable');
        if (changeCount(plan) === 0 && !unreachable && !stops(plan) && !app.json) {
          app.out.line('Nothing of this cluster is on its hosts.');
          return false;
        }
        showPlan(app, plan, options.verbose === true);
        return true;
      },
      verb: 'Remove all this from the hosts',
      refusal: declined,
    }),
  );
}
