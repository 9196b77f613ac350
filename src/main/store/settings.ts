/** What the person chose for the app, on this computer. */
import { join } from 'node:path';
import { z } from 'zod';
import type { Settings } from '../../shared/ipc/index.js';
import { writeFileAtomic } from './atomic.js';
import { readJson } from './json-file.js';

const schema = z.object({
  theme: z.enum(['system', 'light', 'dark']).catch('system'),
  language: z.enum(['system', 'en', 'zh']).catch('system'),
  lookForUpdates: z.boolean().catch(true),
});
const DEFAULTS: Settings = { theme: 'system', language: 'system', lookForUpdates: true };

export class SettingsStore {
  #current: Settings;
  readonly #path: string;

  /** @param folder the app's folder in Raftyard's home */
  constructor(folder: string) {
    this.#path = join(folder, 'settings.json');
    this.#current = readJson(this.#path, schema, DEFAULTS);
  }

  get current(): Settings {
    return this.#current;
  }

  async change(change: { [K in keyof Settings]?: Settings[K] | undefined }): Promise<Settings> {
    const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
    this.#current = { ...this.#current, ...given };
    await writeFileAtomic(this.#path, `${JSON.stringify(this.#current, null, 2)}\n`, 0o600);
    return this.#current;
  }
}
