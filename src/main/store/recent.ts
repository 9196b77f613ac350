/** Files that were open lately, newest first. */
import { basename, join } from 'node:path';
import { z } from 'zod';
import type { RecentFile } from '../../shared/ipc/index.js';
import { writeFileAtomic } from './atomic.js';
import { readJson } from './json-file.js';

const schema = z.array(z.object({ path: z.string(), name: z.string(), openedAt: z.string() }));
const LIMIT = 20;

export class RecentStore {
  #files: readonly RecentFile[];
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, 'recent.json');
    this.#files = readJson(this.#path, schema, []);
  }

  get files(): readonly RecentFile[] {
    return this.#files;
  }

  async add(path: string): Promise<void> {
    const entry = { path, name: basename(path), openedAt: new Date().toISOString() };
    await this.#write([entry, ...this.#files.filter((file) => file.path !== path)].slice(0, LIMIT));
  }

  /** Without a path: all of them. */
  async forget(path?: string): Promise<readonly RecentFile[]> {
    await this.#write(path === undefined ? [] : this.#files.filter((file) => file.path !== path));
    return this.#files;
  }

  async #write(files: readonly RecentFile[]): Promise<void> {
    this.#files = files;
    await writeFileAtomic(this.#path, `${JSON.stringify(files, null, 2)}\n`, 0o600);
  }
}
