/** What every test in the window needs once: a display, a runtime, and the practice range. */
import type { TestProject } from 'vitest/node';
import { display, hasDisplay } from '../../scripts/lib/display.mjs';
import { electronRuntime } from '../../scripts/lib/electron.mjs';
import { installElectronPackages } from '../../scripts/lib/electron-packages.mjs';
import rangeSetup from '../integration/setup.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** How windows are started: the runtime, and the display in the environment, one for each file that runs at a time. */
    window: { readonly executable: string; readonly screens: readonly Record<string, string>[] };
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await installElectronPackages({ display: !hasDisplay(), fonts: true });
  const runtime = await electronRuntime({ forTests: true });
  const screens: Awaited<ReturnType<typeof display>>[] = [];
  const screensOff = (): Promise<unknown> => Promise.all(screens.map((screen) => screen.stop()));
  try {
    for (let lane = 0; lane < project.config.maxWorkers; lane++) screens.push(await display());
    project.provide('window', { executable: runtime.executable, screens: screens.map(({ env }) => env) });
    const rangeDown = await rangeSetup(project);
    return async () => {
      await screensOff();
      await rangeDown();
    };
  } catch (error) {
    await screensOff();
    throw error;
  }
}
