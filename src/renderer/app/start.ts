/** Everything that listens to main starts here, before the first screen is drawn. */

import { useApp } from '../stores/app.js';
import { listenToLive } from '../stores/live.js';
import { listenToQuestions } from '../stores/questions.js';
import { listenToRuns } from '../stores/run.js';
import { startAutosave } from './autosave.js';
import { listenToMenu } from './commands.js';
import { listenToDrops } from './drops.js';
import { startLivePolicy } from './live-policy.js';
import { listenToKeys } from './shortcuts.js';
import { listenToUpdates } from './updates.js';

export async function startApp(): Promise<void> {
  listenToUpdates();
  listenToQuestions();
  listenToRuns();
  listenToLive();
  listenToMenu();
  listenToKeys();
  listenToDrops();
  startAutosave();
  startLivePolicy();
  await useApp.getState().load();
}
