/** The system's dialogs over the window. */
import { type BrowserWindow, dialog } from 'electron';
import type { Dialogs } from '../ipc/dialogs.js';
import type { Texts } from './texts.js';

export function systemDialogs(window: () => BrowserWindow, texts: () => Texts): Dialogs {
  const first = async (options: Electron.OpenDialogOptions): Promise<string | null> => {
    const { canceled, filePaths } = await dialog.showOpenDialog(window(), options);
    return canceled ? null : (filePaths[0] ?? null);
  };
  const topologies = () => ({ name: texts().topologies, extensions: ['raftyard', 'yaml', 'yml'] });
  const save = async (options: Electron.SaveDialogOptions): Promise<string | null> => {
    const { canceled, filePath } = await dialog.showSaveDialog(window(), options);
    return canceled || filePath === '' ? null : filePath;
  };
  return {
    openTopology: () => first({ properties: ['openFile'], filters: [topologies()] }),
    openIdentity: () => first({ properties: ['openFile', 'showHiddenFiles'] }),
    openArchive: () =>
      first({
        properties: ['openFile'],
        filters: [{ name: texts().archives, extensions: ['tar', 'tar.gz', 'tgz'] }],
      }),
    openKit: () =>
      first({ properties: ['openFile'], filters: [{ name: texts().kits, extensions: ['json'] }] }),
    openConsul: async () => {
      // A program for Linux has no extension by which it could be told.
      const { canceled, filePaths } = await dialog.showOpenDialog(window(), {
        properties: ['openFile', 'multiSelections'],
      });
      return canceled || filePaths.length === 0 ? null : filePaths;
    },
    openCa: async () => {
      const { canceled, filePaths } = await dialog.showOpenDialog(window(), {
        properties: ['openFile', 'multiSelections', 'showHiddenFiles'],
        title: texts().chooseCa,
        message: texts().chooseCa,
        filters: [{ name: texts().certificates, extensions: ['pem', 'crt', 'cer', 'key'] }],
      });
      return canceled || filePaths.length === 0 ? null : filePaths;
    },
    chooseFolder: () => first({ properties: ['openDirectory', 'createDirectory'] }),
    saveTopology: (defaultPath) => save({ defaultPath, filters: [topologies()] }),
    saveAs: (defaultPath, extension) =>
      save({ defaultPath, filters: [{ name: extension.toUpperCase(), extensions: [extension] }] }),
  };
}
