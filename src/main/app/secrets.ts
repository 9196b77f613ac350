/** Secrets that the person allowed to be kept: encrypted by the system's keyring, or for this run only. */
import { join } from 'node:path';
import { safeStorage } from 'electron';
import { z } from 'zod';
import type { SecretKeeper } from '../ipc/questions.js';
import { writeFileAtomic } from '../store/atomic.js';
import { readJson } from '../store/json-file.js';
import { write } from './log.js';

/** Whether there is a keyring behind safeStorage: on Linux it may be a plain constant in the program. */
export function hasKeyring(): boolean {
  if (!safeStorage.isEncryptionAvailable()) return false;
  return process.platform !== 'linux' || safeStorage.getSelectedStorageBackend() !== 'basic_text';
}

export class KeyringSecrets implements SecretKeeper {
  readonly durable = hasKeyring();
  readonly #path: string;
  #kept: Readonly<Record<string, string>>;

  constructor(folder: string) {
    this.#path = join(folder, 'secrets.json');
    this.#kept = this.durable ? readJson(this.#path, z.record(z.string(), z.string()), {}) : {};
  }

  get(name: string): string | null {
    const kept = this.#kept[name];
    if (kept === undefined) return null;
    try {
      return safeStorage.decryptString(Buffer.from(kept, 'base64'));
    } catch {
      // The keyring was renewed: what it encrypted before is lost, and asked for again.
      this.forget(name);
      return null;
    }
  }

  set(name: string, secret: string): void {
    this.#write({ ...this.#kept, [name]: safeStorage.encryptString(secret).toString('base64') });
  }

  forget(prefix = ''): void {
    this.#write(Object.fromEntries(Object.entries(this.#kept).filter(([name]) => !name.startsWith(prefix))));
  }

  #write(kept: Readonly<Record<string, string>>): void {
    this.#kept = kept;
    if (!this.durable) return;
    writeFileAtomic(this.#path, JSON.stringify(kept), 0o600).catch((error: unknown) =>
      write('error', `secrets cannot be kept: ${String(error)}`),
    );
  }
}
