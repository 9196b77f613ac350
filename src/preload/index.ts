/** The bridge: the contract's channels and events by name, and nothing else of Electron. */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { CHANNEL_NAMES, EVENT_NAMES } from '../shared/ipc/names.js';

const channels: ReadonlySet<string> = new Set(CHANNEL_NAMES);
const events: ReadonlySet<string> = new Set(EVENT_NAMES);

contextBridge.exposeInMainWorld('raftyard', {
  invoke: (channel: string, request: unknown): Promise<unknown> =>
    channels.has(channel)
      ? ipcRenderer.invoke(channel, request)
      : Promise.reject(new Error('there is no such channel')),
  on: (event: string, listener: (payload: unknown) => void): (() => void) => {
    if (!events.has(event)) throw new Error('there is no such event');
    const inner = (_: unknown, payload: unknown): void => listener(payload);
    ipcRenderer.on(event, inner);
    return () => {
      ipcRenderer.removeListener(event, inner);
    };
  },
  pathOf: (file: unknown): string => {
    // The type File is the page's; what is no file has no path.
    try {
      return webUtils.getPathForFile(file as Parameters<typeof webUtils.getPathForFile>[0]);
    } catch {
      return '';
    }
  },
});
