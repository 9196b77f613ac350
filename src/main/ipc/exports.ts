/** Exports onto disk: always into a folder or file of their own, never over something that is there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { exportTopology } from '../../shared/export/index.js';
import { writeFileAtomic } from '../store/atomic.js';
import { fileError } from '../store/file-error.js';
import { writeFolder, zipOf } from '../store/folder.js';
import type { Dialogs } from './dialogs.js';
import type { Handlers } from './gateway.js';
import { topologyOf } from './topology-of.js';

/** A name that is one path segment everywhere. */
export function fileName(name: string): string {
  const safe = name
    .normalize('NFC')
    .replace(/[\u0000-\u001f<>:"/\\|?*]+/g, '-')
    .replace(/^[.\s-]+|[.\s-]+$/g, '')
    .slice(0, 80);
  return safe === '' ? 'cluster' : safe;
}

/** `shop-scripts`, or `shop-scripts-2` where that is taken. */
function freePath(folder: string, name: string): string {
  for (let n = 1; ; n++) {
    const path = join(folder, n === 1 ? name : `${name}-${n}`);
    if (!existsSync(path)) return path;
  }
}

export function exportHandlers(dialogs: Dialogs): Handlers {
  return {
    'export:save': async ({ text, format, style, zip }) => {
      const topology = topologyOf(text);
      const files = exportTopology(topology, format, style === undefined ? {} : { style });
      const name = `${fileName(topology.name)}-${format}`;
      if (zip) {
        const path = await dialogs.saveAs(`${name}.zip`, 'zip');
        if (path === null) return null;
        await writeFileAtomic(path, zipOf(name, files)).catch((error: unknown) => {
          throw fileError(`${path} cannot be written`, error);
        });
        return { path, files: files.length };
      }
      const parent = await dialogs.chooseFolder();
      if (parent === null) return null;
      const path = freePath(parent, name);
      await writeFolder(path, files, { force: false, zip: false });
      return { path, files: files.length };
    },
    'export:save-image': async ({ kind, name, data }) => {
      const path = await dialogs.saveAs(`${fileName(name)}.${kind}`, kind);
      if (path === null) return null;
      const content = kind === 'svg' ? data : Buffer.from(data, 'base64');
      await writeFileAtomic(path, content).catch((error: unknown) => {
        throw fileError(`${path} cannot be written`, error);
      });
      return { path };
    },
  };
}
