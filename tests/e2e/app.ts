/** The real app in a real window, started as a person starts it. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { inject } from 'vitest';
import { ownOf } from '../lane.js';
import { temporaryFolder } from '../temporary.js';

const root = resolve(fileURLToPath(new URL('../..', import.meta.url)));

export interface LaunchOptions {
  /** Raftyard's home; a new one by default, removed at the end. */
  readonly home?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The runtime, and the screen of this lane. */
function ownWindow(): { readonly executable: string; readonly env: Readonly<Record<string, string>> } {
  const { executable, screens } = inject('window');
  return { executable, env: ownOf(screens) };
}

export class RunningApp {
  private constructor(
    readonly electron: ElectronApplication,
    readonly page: Page,
    readonly home: string,
    private readonly ownHome: boolean,
    /**
     * Taken right after the start: once Playwright has seen the app end, `electron.process()` throws ("Cannot read
     * properties of undefined (reading '_object')", playwright-core 1.65), and an app that crashed could not be closed.
     */
    private readonly child: ChildProcess,
  ) {}

  /** @throws when no window has drawn its first screen within half a minute */
  static async launch(options: LaunchOptions = {}): Promise<RunningApp> {
    const home = options.home ?? temporaryFolder('raftyard-e2e-');
    const { executable, env } = ownWindow();
    const flags = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const electron = await _electron.launch({
      executablePath: executable,
      args: [...flags, root, ...(options.args ?? [])],
      env: { ...clean(process.env), ...env, RAFTYARD_HOME: home, LANG: 'en_US.UTF-8', ...options.env },
    });
    const child = electron.process();
    try {
      const page = await electron.firstWindow();
      await page.locator('main').first().waitFor({ timeout: 30_000 });
      return new RunningApp(electron, page, home, options.home === undefined, child);
    } catch (error) {
      // The test has no app to close then, and a second start with the same home would find this one there.
      child.kill('SIGKILL');
      await exitOf(child);
      throw error;
    }
  }

  /** Whatever ended it: a test, a person, a crash. */
  async ended(): Promise<void> {
    await exitOf(this.child);
  }

  /** A second start of the app with the same home, as a double click on a file makes it; gives its exit code. */
  async startAgain(args: readonly string[]): Promise<number | null> {
    const { executable, env } = ownWindow();
    const flags = process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
    const child = spawn(executable, [...flags, root, ...args], {
      env: { ...process.env, ...env, RAFTYARD_HOME: this.home },
      stdio: 'ignore',
    });
    return await new Promise((done) => child.once('exit', done));
  }

  /** The document as it is on the disk, once the app has saved it there. */
  async saved(path: string): Promise<string> {
    await this.menu('save');
    await this.page.getByText(/ · saved$/).waitFor();
    return readFileSync(path, 'utf8');
  }

  /** What the next system dialog for opening answers; no person is there to click it. */
  async answerOpenDialog(...paths: string[]): Promise<void> {
    await this.electron.evaluate(({ dialog }, filePaths) => {
      dialog.showOpenDialog = () => Promise.resolve({ canceled: filePaths.length === 0, filePaths });
    }, paths);
  }

  async answerSaveDialog(path: string): Promise<void> {
    await this.electron.evaluate(({ dialog }, filePath) => {
      dialog.showSaveDialog = () => Promise.resolve({ canceled: filePath === '', filePath });
    }, path);
  }

  /** Chooses a menu entry by its command, as clicking it does. */
  async menu(id: string): Promise<void> {
    await this.electron.evaluate(({ Menu }, wanted) => {
      const item = Menu.getApplicationMenu()?.getMenuItemById(wanted);
      if (item === null || item === undefined) throw new Error(`no menu item ${wanted}`);
      item.click();
    }, id);
  }

  async resize(width: number, height: number): Promise<void> {
    await this.electron.evaluate(
      ({ BrowserWindow }, size) => BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height),
      { width, height },
    );
    await this.page.waitForFunction(
      (size) => window.innerWidth === size.width && window.innerHeight === size.height,
      { width, height },
    );
  }

  /** Ends the app whatever is unsaved. */
  async close(): Promise<void> {
    await this.electron.evaluate(({ app }) => app.exit(0)).catch(() => undefined);
    await this.ended();
    if (this.ownHome) rmSync(this.home, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  /** Ends it as a crash does: at once, with nothing written on the way out. */
  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended();
  }
}

async function exitOf(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null)
    await new Promise((done) => child.once('exit', done));
}

const clean = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined));
