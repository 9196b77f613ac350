/** Nothing unsaved is lost and no run is cut short by closing a window. */
import { type BrowserWindow, dialog } from 'electron';
import type { Texts } from './texts.js';

/** A page that does not answer within this time is taken for stuck. */
const ANSWER_MS = 5000;

export interface CloseGuard {
  /** The window's word on the last request. */
  answer(answer: 'close' | 'stay'): void;
}

export function guardClosing(
  window: BrowserWindow,
  deps: {
    readonly mustAsk: () => boolean;
    readonly ask: () => void;
    readonly texts: () => Texts;
    readonly closing: () => void;
  },
): CloseGuard {
  let agreed = false;
  let timer: NodeJS.Timeout | undefined;
  const close = (): void => {
    agreed = true;
    clearTimeout(timer);
    deps.closing();
    window.close();
  };
  const silent = async (): Promise<void> => {
    const { closeAnyway, stay, silent: message } = deps.texts();
    const { response } = await dialog.showMessageBox(window, {
      type: 'warning',
      message,
      buttons: [stay, closeAnyway],
      cancelId: 0,
    });
    if (response === 1) close();
  };
  let asked = false;
  window.on('close', (event) => {
    if (agreed || window.webContents.isCrashed() || !deps.mustAsk()) {
      deps.closing();
      return;
    }
    event.preventDefault();
    asked = false;
    clearTimeout(timer);
    // The page says at once that it shows its dialog; only a stuck one says nothing.
    window.webContents.executeJavaScript('0').then(
      () => {
        asked = true;
      },
      () => undefined,
    );
    timer = setTimeout(() => {
      if (!asked) void silent();
    }, ANSWER_MS);
    deps.ask();
  });
  return {
    answer: (answer) => {
      clearTimeout(timer);
      if (answer === 'close') close();
    },
  };
}
