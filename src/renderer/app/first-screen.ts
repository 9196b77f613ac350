/** What the window was started for. */
import type { Response } from '../../shared/ipc/index.js';
import { unconfirmed, useRun } from '../stores/run.js';
import { useUi } from '../stores/ui.js';
import { show } from './files.js';

export async function firstScreen(start: Response<'app:ready'>): Promise<void> {
  if (start.open === null) return;
  show(start.open);
  if (!start.applyAtOnce) return;
  useUi.getState().show('plan');
  await useRun.getState().plan();
  // What wants a yes of its own waits for it in the plan that is shown.
  const run = useRun.getState();
  if (run.view?.applicable === true && unconfirmed(run).length === 0) await run.apply();
}
