/** The app: every concern has a file of its own, and they meet here. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  app,
  type BrowserWindow,
  clipboard,
  ipcMain,
  Menu,
  nativeTheme,
  protocol,
  safeStorage,
  session,
  shell,
} from 'electron';
import type { EventName, Events, OpenedDocument } from '../../shared/ipc/index.js';
import { clusterHandlers } from '../ipc/cluster.js';
import { Connections } from '../ipc/connections.js';
import { documentHandlers, openDocument } from '../ipc/documents.js';
import { exportHandlers } from '../ipc/exports.js';
import { drawable, openGateway } from '../ipc/gateway.js';
import { hostHandlers } from '../ipc/hosts.js';
import { LiveSession } from '../ipc/live.js';
import { Questions } from '../ipc/questions.js';
import { rangeHandlers } from '../ipc/range.js';
import { secretHandlers, WindowSecrets } from '../ipc/secrets.js';
import { Tasks } from '../ipc/tasks.js';
import { DraftStore, LayoutStore } from '../store/drafts.js';
import { raftyardHome } from '../store/paths.js';
import { RecentStore } from '../store/recent.js';
import { KeyringStore } from '../store/secrets/keyring.js';
import { SettingsStore } from '../store/settings.js';
import { isTopologyFile } from '../store/topology-file.js';
import { parseArguments } from './arguments.js';
import { type CloseGuard, guardClosing } from './close-guard.js';
import { CONSUL_SCHEME, ConsulUi, consulUiHandlers } from './consul-ui/index.js';
import { systemDialogs } from './dialogs.js';
import { setupLog, write } from './log.js';
import { buildMenu, type MenuState } from './menu.js';
import { ORIGIN, SCHEME, servePage } from './page.js';
import { PAGES } from './pages.js';
import { Redactor } from './redact.js';
import { hasKeyring, KeyringSecrets } from './secrets.js';
import { setupSecurity } from './security.js';
import { textsFor } from './texts.js';
import { Updates, updateWay } from './updates.js';
import { openWindow } from './window.js';
import { WindowStateStore } from './window-state.js';

const folder = join(raftyardHome(), 'app');
mkdirSync(folder, { recursive: true, mode: 0o700 });
if (!app.commandLine.hasSwitch('user-data-dir')) app.setPath('userData', join(folder, 'electron'));
const redactor = new Redactor();
const logs = join(raftyardHome(), 'logs');
setupLog(logs, redactor);
setupSecurity();
const privileges = { standard: true, secure: true, supportFetchAPI: true, stream: true };
protocol.registerSchemesAsPrivileged([
  { scheme: SCHEME, privileges },
  { scheme: CONSUL_SCHEME, privileges: { ...privileges, corsEnabled: true } },
]);

let window: BrowserWindow | null = null;
let guard: CloseGuard | null = null;
let menuState: MenuState = { document: false, canUndo: false, canRedo: false, selection: false };
let documentState = { dirty: false, path: null as string | null };
/** Asked for before the window could show it. */
let waiting: string | null = parseArguments(process.argv, app.isPackaged, process.cwd()).file;
let applyAtOnce = parseArguments(process.argv, app.isPackaged, process.cwd()).apply;
let pageReady = false;

const outbox = {
  send<E extends EventName>(event: E, payload: Events[E]): void {
    if (window !== null && !window.isDestroyed()) window.webContents.send(event, drawable(event, payload));
  },
};
const theWindow = (): BrowserWindow => {
  if (window === null) throw new Error('there is no window');
  return window;
};

/** Shows a file in the window that is there, or in the one that opens. */
function openPath(path: string, open: (path: string) => Promise<OpenedDocument>): void {
  if (!isTopologyFile(path)) return;
  if (!pageReady) {
    waiting = path;
    return;
  }
  open(path).then(
    (document) => outbox.send('document:open-requested', document),
    (error: unknown) => write('warn', `cannot open ${path}: ${String(error)}`),
  );
}

function start(): void {
  const settings = new SettingsStore(folder);
  nativeTheme.themeSource = settings.current.theme;
  const texts = () => textsFor(settings.current.language, app.getLocale());
  const recent = new RecentStore(folder);
  const layouts = new LayoutStore(folder);
  const drafts = new DraftStore(folder);
  const secrets = new KeyringSecrets(folder);
  const dialogs = systemDialogs(theWindow, texts);
  const tasks = new Tasks(outbox);
  const questions = new Questions(outbox, secrets, (secret) => redactor.learn(secret));
  const clusterSecrets = new WindowSecrets(
    hasKeyring() ? new KeyringStore(join(folder, 'cluster-secrets.json'), safeStorage) : null,
    questions,
    (secret) => redactor.learn(secret),
  );
  const connections = new Connections(questions);
  const live = new LiveSession(connections, tasks, outbox, clusterSecrets);
  const revealLogs = (): void => {
    mkdirSync(logs, { recursive: true });
    void shell.openPath(logs);
  };
  const renewMenu = (): void => {
    const deps = {
      command: (command: Events['menu:command']['command']) => outbox.send('menu:command', { command }),
      openRecent: (path: string) => openPath(path, open),
      clearRecent: () => void recent.forget().then(renewMenu),
      openGuide: () => void shell.openExternal(PAGES.guide),
      revealLogs,
    };
    Menu.setApplicationMenu(buildMenu(texts(), menuState, recent.files, deps));
  };
  const open = (path: string) => openDocument({ recent, layouts, onRecent: renewMenu }, path);
  const consulUi = new ConsulUi({ window: theWindow, connections, outbox, texts, secrets: clusterSecrets });

  const updates = new Updates({
    way: () =>
      updateWay({
        packaged: app.isPackaged,
        platform: process.platform,
        env: process.env,
        resources: process.resourcesPath,
        executable: process.execPath,
      }),
    // Loaded when it is needed: most starts need none of it.
    updater: async () => (await import('electron-updater')).default.autoUpdater,
    onState: (state) => outbox.send('app:update-state', state),
    log: write,
  });

  openGateway(
    { ipc: ipcMain, origin: ORIGIN, log: write },
    {
      'app:info': () => ({
        version: app.getVersion(),
        electron: process.versions.electron,
        platform: process.platform === 'darwin' || process.platform === 'win32' ? process.platform : 'linux',
        locale: app.getLocale(),
        settings: settings.current,
        secrets: secrets.durable ? 'keyring' : 'session',
        update: updates.state,
      }),
      'app:set-settings': async (change) => {
        const now = await settings.change(change);
        nativeTheme.themeSource = now.theme;
        renewMenu();
        return now;
      },
      'app:reveal-logs': () => {
        revealLogs();
        return undefined;
      },
      'app:open-page': async (page) => {
        await shell.openExternal(PAGES[page]);
        return undefined;
      },
      'app:ready': async () => {
        pageReady = true;
        const path = waiting;
        const apply = applyAtOnce;
        waiting = null;
        applyAtOnce = false;
        return { open: path === null ? null : await open(path), applyAtOnce: apply };
      },
      'app:update': async (step) => {
        if (step === 'check') return await updates.check();
        if (step === 'download') return await updates.download();
        await updates.install();
        return updates.state;
      },
      'app:set-menu-state': (state) => {
        menuState = state;
        renewMenu();
        return undefined;
      },
      'app:close': (answer) => {
        guard?.answer(answer);
        return undefined;
      },
      'app:write-clipboard': (text) => {
        clipboard.writeText(text);
        return undefined;
      },
      'task:cancel': ({ task }) => {
        tasks.cancel(task);
        return undefined;
      },
      'question:answer': ({ id, answer }) => {
        questions.answer(id, answer);
        return undefined;
      },
      ...documentHandlers({
        dialogs,
        recent,
        drafts,
        layouts,
        onState: (state) => {
          documentState = state;
          window?.setDocumentEdited(state.dirty);
          window?.setRepresentedFilename(state.path ?? '');
        },
        onRecent: renewMenu,
      }),
      ...hostHandlers(connections, tasks, questions, dialogs),
      ...clusterHandlers(connections, tasks, dialogs, clusterSecrets),
      ...secretHandlers(clusterSecrets, dialogs),
      ...rangeHandlers(tasks, dialogs),
      ...live.handlers(() => null),
      ...consulUiHandlers(consulUi),
      ...exportHandlers(dialogs),
    },
  );

  /** What ran for a page does not outlive it. */
  const endPage = (): void => {
    pageReady = false;
    tasks.cancelAll();
    questions.withdrawAll();
    consulUi.dispose();
    void live.end();
  };
  const openMain = (): void => {
    const opened = openWindow(new WindowStateStore(folder));
    window = opened;
    documentState = { dirty: false, path: null };
    guard = guardClosing(opened, {
      mustAsk: () => pageReady && (documentState.dirty || tasks.running),
      ask: () => outbox.send('app:close-requested', { running: tasks.running }),
      texts,
      closing: endPage,
    });
    opened.webContents.on('did-start-loading', endPage);
    for (const event of ['hide', 'minimize'] as const) opened.on(event as 'hide', () => live.setHidden(true));
    for (const event of ['show', 'restore'] as const) opened.on(event as 'show', () => live.setHidden(false));
    opened.on('closed', () => {
      window = null;
    });
  };

  renewMenu();
  openMain();
  if (settings.current.lookForUpdates) void updates.check();
  app.on('activate', () => {
    if (window === null) openMain();
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    openPath(path, open);
  });
  app.on('second-instance', (_event, argv, cwd) => {
    if (window !== null) {
      if (window.isMinimized()) window.restore();
      window.focus();
    }
    const { file } = parseArguments(argv, app.isPackaged, cwd);
    if (file !== null) openPath(file, open);
  });
  nativeTheme.on('updated', () => outbox.send('app:theme', { dark: nativeTheme.shouldUseDarkColors }));
  app.on('will-quit', () => void connections.close());
}

// A second start hands its file to the first and ends.
if (app.requestSingleInstanceLock()) {
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.whenReady().then(
    () => {
      session.defaultSession.protocol.handle(SCHEME, servePage);
      start();
    },
    (error: unknown) => write('error', String(error)),
  );
} else app.quit();
