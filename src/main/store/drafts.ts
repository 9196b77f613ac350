/** Drafts: what was typed and not saved yet, and where cards lie on the canvas. */
import { readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Layout, OpenedDocument, Recoverable } from '../../shared/ipc/index.js';
import { readModel } from '../../shared/topology/index.js';
import { writeFileAtomic } from './atomic.js';
import { clusterIdOf } from './copies.js';
import { readJson } from './json-file.js';

const layoutSchema = z.record(z.string(), z.object({ x: z.number(), y: z.number() }));
const draftSchema = z.object({
  path: z.string().nullable(),
  text: z.string(),
  layout: layoutSchema,
  savedAt: z.string(),
});
type Draft = z.infer<typeof draftSchema>;
const KEY = /^[\w-]{1,64}$/;
const NO_DRAFT: Draft = { path: null, text: '', layout: {}, savedAt: '' };

export class DraftStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = join(folder, 'drafts');
  }

  #file(key: string): string {
    if (!KEY.test(key)) throw new Error('no name of a draft');
    return join(this.#folder, `${key}.json`);
  }

  async write(key: string, draft: Omit<Draft, 'savedAt'>): Promise<void> {
    const content = JSON.stringify({ ...draft, savedAt: new Date().toISOString() });
    await writeFileAtomic(this.#file(key), content, 0o600);
  }

  async discard(key: string): Promise<void> {
    await rm(this.#file(key), { force: true });
  }

  /** Drafts that are there, newest first. */
  list(): Recoverable[] {
    return this.#keys()
      .map((key) => ({ key, draft: this.#read(key) }))
      .filter(({ draft }) => draft.text !== '')
      .map(({ key, draft }) => ({ key, name: nameOf(draft), path: draft.path, savedAt: draft.savedAt }))
      .sort((a, b) => b.savedAt.localeCompare(a.savedAt));
  }

  /** null when there is no such draft. The draft goes once its document was saved or discarded under a new key. */
  take(key: string): OpenedDocument | null {
    const { path, text, layout, savedAt } = this.#read(key);
    return savedAt === '' ? null : { path, text, layout, recovered: true };
  }

  #read(key: string): Draft {
    return readJson(this.#file(key), draftSchema, NO_DRAFT);
  }

  #keys(): string[] {
    try {
      return readdirSync(this.#folder).flatMap((name) => {
        const key = name.replace(/\.json$/, '');
        return key !== name && KEY.test(key) ? [key] : [];
      });
    } catch {
      return [];
    }
  }
}

function nameOf({ path, text }: Draft): string {
  const name: unknown = readModel(text).value['name'];
  return typeof name === 'string' && name !== '' ? name : (path?.split(/[\\/]/).at(-1) ?? '?');
}

/** Layouts by the cluster's id: the same cluster looks the same, wherever its file lies. */
export class LayoutStore {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = join(folder, 'layouts');
  }

  #file(text: string): string | null {
    const id = clusterIdOf(text);
    return id === null ? null : join(this.#folder, `${id}.json`);
  }

  read(text: string): Layout {
    const file = this.#file(text);
    return file === null ? {} : readJson(file, layoutSchema, {});
  }

  async write(text: string, layout: Layout): Promise<void> {
    const file = this.#file(text);
    if (file !== null && Object.keys(layout).length > 0)
      await writeFileAtomic(file, JSON.stringify(layout), 0o600);
  }
}
