/** What the window was started for. */
import type { Response } from '../../shared/ipc/index.js';
import { useRun } from '../stores/run.js';
import { useUi } from '../stores/ui.js';
import { show } from './files.js';

export async function firstScreen(start: Response<'app:ready'>): Promise<void> {
  if (start.open === null) return;
  show(start.open);
  if (!start.applyAtOnce) return;
  useUi.getState().show('plan');
  await useRun.getState().plan();
  const { view } = useRun.getState();
  if (view?.applicable === true) await useRun.getState().apply();
}
