/** Packaging for the tests: two `dir` builds of the app, without a network. */
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Arch, build, type Configuration, Platform } from 'electron-builder';

export const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));

/** A packaged app on disk. */
export interface PackagedApp {
  /** Absolute path of the program that a person starts. */
  readonly executable: string;
  /** Absolute path of the folder that holds `app.asar`. */
  readonly resources: string;
}

/** The runtime to package, as scripts/lib/electron.mjs finds it. */
export interface Runtime {
  readonly dist: string;
  readonly version: string | undefined;
}

/** What the shipped fuses are changed by; nothing, for the app exactly as shipped. */
export type FuseChanges = NonNullable<Configuration['electronFuses']>;

function places(out: string): PackagedApp {
  if (process.platform === 'darwin') {
    const contents = join(out, process.arch === 'arm64' ? 'mac-arm64' : 'mac', 'Raftyard.app', 'Contents');
    return { executable: join(contents, 'MacOS', 'Raftyard'), resources: join(contents, 'Resources') };
  }
  const suffix = process.arch === 'x64' ? '' : `-${process.arch}`;
  const windows = process.platform === 'win32';
  const folder = join(out, `${windows ? 'win' : 'linux'}${suffix}-unpacked`);
  return {
    executable: join(folder, windows ? 'Raftyard.exe' : 'raftyard'),
    resources: join(folder, 'resources'),
  };
}

/**
 * Builds the `dir` target of this computer's platform with electron-builder.yml as it is, except for
 * where the runtime comes from and, where asked for, fuses.
 * @throws what electron-builder throws; a missing dist/ among it
 */
export async function packageApp(
  out: string,
  { dist, version }: Runtime,
  fuses?: FuseChanges,
): Promise<PackagedApp> {
  const config: Configuration = {
    extends: join(root, 'electron-builder.yml'),
    directories: { output: out },
    electronDist: dist,
    ...(version === undefined ? {} : { electronVersion: version }),
    ...(fuses === undefined ? {} : { electronFuses: fuses }),
    // electron-builder removes these from a runtime that it downloads, not from one that it is given.
    afterExtract: async ({ appOutDir }) => {
      await rm(join(appOutDir, 'resources', 'default_app.asar'), { force: true });
      await rm(join(appOutDir, 'version'), { force: true });
    },
  };
  const arch = process.arch === 'arm64' ? Arch.arm64 : Arch.x64;
  const targets = Platform.current().createTarget('dir', arch);
  await build({ targets, projectDir: root, publish: 'never', config });
  return places(out);
}

/** What the app is started with here: root has no Chromium sandbox, and everything it keeps goes to `home`. */
export function start(
  home: string,
  display: Record<string, string>,
): { args: string[]; env: NodeJS.ProcessEnv } {
  const args = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  const env: NodeJS.ProcessEnv = { ...process.env, ...display, RAFTYARD_HOME: home };
  // Vitest's own settings must not reach the app: it would take them for a development run.
  for (const name of ['NODE_ENV', 'NODE_OPTIONS', 'VITEST', 'ELECTRON_RUN_AS_NODE']) delete env[name];
  return { args: [...args, `--user-data-dir=${join(home, 'user-data')}`], env };
}
