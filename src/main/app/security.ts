/** What no page of the app may do, wherever it comes from. */
import { app, session, type WebContents } from 'electron';
import { write } from './log.js';
import { ORIGIN } from './page.js';

/** Denies permissions in a session; asked for by every page that shows what others wrote. */
export function denyPermissions(target: Electron.Session): void {
  target.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  target.setPermissionCheckHandler(() => false);
  target.setDevicePermissionHandler(() => false);
}

/** Holds our own page where it is. Views of others have rules of their own. */
function holdPage(contents: WebContents): void {
  const refuse = (event: { preventDefault(): void }, url: string): void => {
    if (url === ORIGIN || url.startsWith(`${ORIGIN}/`)) return;
    event.preventDefault();
    write('warn', `navigation refused: ${url.slice(0, 200)}`);
  };
  contents.on('will-navigate', (event) => refuse(event, event.url));
  contents.on('will-frame-navigate', (event) => refuse(event, event.url));
  contents.on('will-redirect', (event) => refuse(event, event.url));
}

/** Before the app is ready. */
export function setupSecurity(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    // No page of ours speaks WebRTC: without this, one could send UDP past the rules for requests.
    contents.setWebRTCIPHandlingPolicy('disable_non_proxied_udp');
  });
  app.on('ready', () => denyPermissions(session.defaultSession));
}

export { holdPage };
