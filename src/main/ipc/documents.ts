/** Files, drafts, recent files. */
import { RaftyardError } from '../../shared/errors.js';
import type { OpenedDocument } from '../../shared/ipc/index.js';
import { originalOf } from '../store/copies.js';
import type { DraftStore, LayoutStore } from '../store/drafts.js';
import type { RecentStore } from '../store/recent.js';
import { isTopologyFile, readTopologyFile, writeTopologyFile } from '../store/topology-file.js';
import type { Dialogs } from './dialogs.js';
import type { Handlers } from './gateway.js';

export interface DocumentDeps {
  readonly dialogs: Dialogs;
  readonly recent: RecentStore;
  readonly drafts: DraftStore;
  readonly layouts: LayoutStore;
  /** Told when something becomes or ceases to be unsaved, and which file is open. */
  readonly onState: (state: { readonly dirty: boolean; readonly path: string | null }) => void;
  readonly onRecent: () => void;
}

/** Reads a document with its layout, and remembers it as recent. */
export async function openDocument(
  deps: Pick<DocumentDeps, 'recent' | 'layouts' | 'onRecent'>,
  path: string,
): Promise<OpenedDocument> {
  try {
    const text = await readTopologyFile(path);
    const copy = await copyNote(deps.recent, path, text);
    await deps.recent.add(path);
    deps.onRecent();
    return { path, text, layout: deps.layouts.read(text), ...copy };
  } catch (error) {
    await deps.recent.forget(path);
    deps.onRecent();
    throw error;
  }
}

async function copyNote(
  recent: RecentStore,
  path: string,
  text: string,
): Promise<{ readonly copyOf?: string }> {
  const known = recent.files.map((file) => file.path);
  // Asked once: a copy that was kept as the same cluster on purpose is known from then on.
  if (known.includes(path)) return {};
  const original = await originalOf(path, text, known);
  return original === null ? {} : { copyOf: original };
}

export function documentHandlers(deps: DocumentDeps): Handlers {
  const { dialogs, recent, drafts, layouts } = deps;
  return {
    'document:open': async ({ path }) => {
      const chosen = path ?? (await dialogs.openTopology());
      return chosen === null ? null : await openDocument(deps, chosen);
    },
    'document:save': async ({ path, suggestedName, text, layout }) => {
      const chosen = path ?? (await dialogs.saveTopology(suggestedName ?? 'cluster.raftyard'));
      if (chosen === null) return null;
      if (!isTopologyFile(chosen))
        throw new RaftyardError('usage', `${chosen} is not named .raftyard, .yaml or .yml`);
      // Only a file of another name can be a copy; saving again asks nothing.
      const copy = path === undefined ? await copyNote(recent, chosen, text) : {};
      await writeTopologyFile(chosen, text);
      await layouts.write(text, layout);
      await recent.add(chosen);
      deps.onRecent();
      return { path: chosen, ...copy };
    },
    'document:recent': () => recent.files,
    'document:forget-recent': async ({ path }) => {
      const files = await recent.forget(path);
      deps.onRecent();
      return files;
    },
    'document:draft': async ({ key, path, text, layout, dirty }) => {
      deps.onState({ dirty, path });
      if (text === null) await drafts.discard(key);
      else await drafts.write(key, { path, text, layout });
      if (text !== null) await layouts.write(text, layout);
      return undefined;
    },
    'document:recoverable': () => drafts.list(),
    'document:recover': async ({ key, discard }) => {
      const found = discard === true ? null : drafts.take(key);
      await drafts.discard(key);
      return found;
    },
  };
}
