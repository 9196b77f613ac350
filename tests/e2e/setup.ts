/** What every test in the window needs once: a display, a runtime, and the practice range. */
import type { TestProject } from 'vitest/node';
import { display, hasDisplay } from '../../scripts/lib/display.mjs';
import { electronRuntime } from '../../scripts/lib/electron.mjs';
import { installElectronPackages } from '../../scripts/lib/electron-packages.mjs';
import rangeSetup from '../integration/setup.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** How the window is started: the runtime, and the display in its environment. */
    window: { readonly executable: string; readonly env: Record<string, string> };
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await installElectronPackages({ display: !hasDisplay(), fonts: true });
  const runtime = await electronRuntime({ forTests: true });
  const screen = await display();
  project.provide('window', { executable: runtime.executable, env: screen.env });
  try {
    const rangeDown = await rangeSetup(project);
    return async () => {
      await screen.stop();
      await rangeDown();
    };
  } catch (error) {
    await screen.stop();
    throw error;
  }
}
