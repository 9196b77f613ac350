import { fileURLToPath } from 'node:url';
import { BrowserWindow, nativeTheme, screen } from 'electron';
import { write } from './log.js';
import { ORIGIN } from './page.js';
import { holdPage } from './security.js';
import { fit, SMALLEST, type WindowStateStore } from './window-state.js';

const PRELOAD = fileURLToPath(new URL('../../preload/index.cjs', import.meta.url));
const ICON = fileURLToPath(new URL('../../../assets/icons/icon.png', import.meta.url));
/** The page's own background, so that opening does not flash. */
const background = (): string => (nativeTheme.shouldUseDarkColors ? '#0e1418' : '#f4f6f7');
const WRITE_MS = 500;

/** The one window, where it was last time. */
export function openWindow(states: WindowStateStore): BrowserWindow {
  const state = states.read();
  const window = new BrowserWindow({
    ...fit(
      state.bounds,
      screen.getAllDisplays().map((display) => display.workArea),
    ),
    minWidth: SMALLEST.width,
    minHeight: SMALLEST.height,
    show: false,
    title: 'Raftyard',
    backgroundColor: background(),
    ...(process.platform === 'linux' ? { icon: ICON } : {}),
    webPreferences: {
      preload: PRELOAD,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
      webviewTag: false,
      spellcheck: false,
    },
  });
  if (state.maximised) window.maximize();
  window.once('ready-to-show', () => window.show());
  nativeTheme.on('updated', () => {
    if (!window.isDestroyed()) window.setBackgroundColor(background());
  });
  rememberState(window, states);
  holdPage(window.webContents);
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    write('error', `the window's page ended: ${reason}`);
    // What was typed is in a draft; the welcome screen offers it.
    if (reason !== 'clean-exit' && !window.isDestroyed()) window.webContents.reload();
  });
  void window.loadURL(`${ORIGIN}/`);
  return window;
}

function rememberState(window: BrowserWindow, states: WindowStateStore): void {
  let timer: NodeJS.Timeout | undefined;
  const save = (): void => {
    if (window.isDestroyed()) return;
    const state = { bounds: window.getNormalBounds(), maximised: window.isMaximized() };
    states.write(state).catch((error: unknown) => write('warn', `window state: ${String(error)}`));
  };
  const later = (): void => {
    clearTimeout(timer);
    timer = setTimeout(save, WRITE_MS);
  };
  for (const event of ['resize', 'move', 'maximize', 'unmaximize'] as const)
    window.on(event as 'resize', later);
  window.on('close', save);
}
