/** Updates of the app itself: looked for, shown, and put in place where the package can replace itself. */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { UpdateState } from '../../shared/ipc/index.js';

/** `self`: the package replaces itself; `notice`: the person does; `off`: no feed is in the package. */
export type UpdateWay = 'self' | 'notice' | 'off';

export interface Surroundings {
  readonly packaged: boolean;
  readonly platform: NodeJS.Platform;
  readonly env: NodeJS.ProcessEnv;
  /** Folder that holds `app-update.yml` where a feed was named for this package. */
  readonly resources: string;
  /** The running program. */
  readonly executable: string;
}

/** macOS lets no unsigned app replace itself; an ad-hoc signature has no team. */
async function isSigned(executable: string): Promise<boolean> {
  const { stderr } = await promisify(execFile)('/usr/bin/codesign', ['-dv', executable]).catch(() => ({
    stderr: '',
  }));
  return /^TeamIdentifier=(?!not set)/m.test(stderr);
}

/**
 * How this package can be updated: an AppImage and an nsis installation replace themselves, and a signed macOS app;
 * what a package manager installed is its to replace, and a portable program does not know where it is kept.
 */
export async function updateWay(here: Surroundings): Promise<UpdateWay> {
  if (!here.packaged || !existsSync(join(here.resources, 'app-update.yml'))) return 'off';
  if (here.platform === 'darwin') return (await isSigned(here.executable)) ? 'self' : 'notice';
  if (here.platform === 'win32') return here.env['PORTABLE_EXECUTABLE_DIR'] === undefined ? 'self' : 'notice';
  return here.env['APPIMAGE'] === undefined ? 'notice' : 'self';
}

/** What of electron-updater's AppUpdater is used. */
export interface Updater {
  autoDownload: boolean;
  autoInstallOnAppQuit: boolean;
  logger: unknown;
  isUpdaterActive(): boolean;
  checkForUpdates(): Promise<{
    readonly isUpdateAvailable: boolean;
    readonly updateInfo: { readonly version: string };
  } | null>;
  downloadUpdate(): Promise<unknown>;
  quitAndInstall(): void;
  on(event: 'download-progress', listener: (progress: { readonly percent: number }) => void): unknown;
}

export interface UpdatesDeps {
  readonly way: () => Promise<UpdateWay>;
  readonly updater: () => Promise<Updater>;
  readonly onState: (state: UpdateState) => void;
  readonly log: (level: 'info' | 'warn', text: string) => void;
}

export class Updates {
  readonly #deps: UpdatesDeps;
  #state: UpdateState = { kind: 'off' };
  #updater: Updater | null = null;

  constructor(deps: UpdatesDeps) {
    this.#deps = deps;
  }

  get state(): UpdateState {
    return this.#state;
  }

  /** Asks the feed. A feed that cannot be reached is a state, never an error: many sit behind closed networks. */
  async check(): Promise<UpdateState> {
    if (this.#state.kind === 'checking' || this.#state.kind === 'downloading' || this.#state.kind === 'ready')
      return this.#state;
    const way = await this.#deps.way();
    if (way === 'off') return this.#set({ kind: 'off' });
    this.#set({ kind: 'checking' });
    try {
      const updater = await this.#prepare();
      // It only looks where it could replace the package; a notice is wanted elsewhere as well.
      if (way === 'notice') updater.isUpdaterActive = () => true;
      const found = await updater.checkForUpdates();
      if (found?.isUpdateAvailable !== true) return this.#set({ kind: 'current' });
      return this.#set({ kind: 'available', version: found.updateInfo.version, self: way === 'self' });
    } catch (error) {
      return this.#failed(error);
    }
  }

  /** Downloads what was found; put in place when the app ends, or by {@link install}. */
  async download(): Promise<UpdateState> {
    if (this.#state.kind !== 'available' || !this.#state.self) return this.#state;
    const { version } = this.#state;
    this.#set({ kind: 'downloading', version, percent: 0 });
    try {
      const updater = await this.#prepare();
      await updater.downloadUpdate();
      return this.#set({ kind: 'ready', version });
    } catch (error) {
      return this.#failed(error);
    }
  }

  /** Ends the app, puts the update in place and starts it. */
  async install(): Promise<void> {
    if (this.#state.kind === 'ready') (await this.#prepare()).quitAndInstall();
  }

  async #prepare(): Promise<Updater> {
    if (this.#updater !== null) return this.#updater;
    const updater = await this.#deps.updater();
    // Nothing is fetched before the person says so.
    updater.autoDownload = false;
    updater.autoInstallOnAppQuit = true;
    updater.logger = null;
    updater.on('download-progress', ({ percent }) => {
      if (this.#state.kind === 'downloading') this.#set({ ...this.#state, percent: Math.floor(percent) });
    });
    this.#updater = updater;
    return updater;
  }

  #failed(error: unknown): UpdateState {
    const reason = error instanceof Error ? error.message : String(error);
    this.#deps.log('warn', `update: ${reason}`);
    return this.#set({ kind: 'failed', reason: (reason.split('\n', 1)[0] ?? '').slice(0, 200) });
  }

  #set(state: UpdateState): UpdateState {
    this.#state = state;
    this.#deps.onState(state);
    return state;
  }
}
