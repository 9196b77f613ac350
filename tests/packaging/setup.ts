import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { display, hasDisplay } from '../../scripts/lib/display.mjs';
import { electronRuntime } from '../../scripts/lib/electron.mjs';
import { installElectronPackages } from '../../scripts/lib/electron-packages.mjs';
import { temporaryFolder } from '../temporary.js';
import { type PackagedApp, packageApp } from './support.js';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The app exactly as it is shipped. */
    shipped: PackagedApp;
    /** The same with only the inspect fuse on, which Playwright needs to attach. */
    inspectable: PackagedApp;
    /** Added to the app's environment: its display. */
    display: Record<string, string>;
  }
}

/** Packages the app twice, once for all files of tests; needs a build in dist/. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await installElectronPackages({ display: !hasDisplay() });
  const runtime = await electronRuntime({ forTests: true });
  const out = temporaryFolder('raftyard-packaging-');
  const screen = await display();
  const end = async (): Promise<void> => {
    await screen.stop();
    await rm(out, { recursive: true, force: true });
  };
  try {
    project.provide('shipped', await packageApp(join(out, 'shipped'), runtime));
    const inspect = { enableNodeCliInspectArguments: true };
    project.provide('inspectable', await packageApp(join(out, 'inspectable'), runtime, inspect));
    project.provide('display', screen.env);
  } catch (error) {
    await end();
    throw error;
  }
  return end;
}
