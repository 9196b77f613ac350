/** Secrets encrypted by the system's keyring, in a file of ours. */
import { z } from 'zod';
import { RaftyardError } from '../../../shared/errors.js';
import { writeFileAtomic } from '../atomic.js';
import { fileError } from '../file-error.js';
import { readJson } from '../json-file.js';
import type { SecretStore } from './types.js';

/** What encrypts with a key that the system keeps; Electron's safeStorage is one. */
export interface Encryption {
  encryptString(text: string): Buffer;
  decryptString(data: Buffer): string;
}

export class KeyringStore implements SecretStore {
  readonly place = 'the keyring of this computer';
  readonly #path: string;
  readonly #encryption: Encryption;

  constructor(path: string, encryption: Encryption) {
    this.#path = path;
    this.#encryption = encryption;
  }

  async read(prefix: string): Promise<Readonly<Record<string, string>>> {
    const named = Object.entries(this.#kept()).filter(([name]) => name.startsWith(prefix));
    return Object.fromEntries(named.map(([name, value]) => [name, this.#decrypt(value)]));
  }

  async write(changes: Readonly<Record<string, string | null>>): Promise<void> {
    const kept = new Map(Object.entries(this.#kept()));
    for (const [name, value] of Object.entries(changes))
      if (value === null) kept.delete(name);
      else kept.set(name, this.#encryption.encryptString(value).toString('base64'));
    try {
      await writeFileAtomic(this.#path, JSON.stringify(Object.fromEntries(kept)), 0o600);
    } catch (error) {
      throw fileError(`${this.#path} cannot be written`, error);
    }
  }

  #kept(): Record<string, string> {
    return readJson(this.#path, z.record(z.string(), z.string()), {});
  }

  /** A key that was made here is not dropped because it cannot be read today: the keyring may only be locked. */
  #decrypt(value: string): string {
    try {
      return this.#encryption.decryptString(Buffer.from(value, 'base64'));
    } catch (cause) {
      throw new RaftyardError('secrets-needed', 'the keyring of this computer does not open what it kept', {
        hint: 'Unlock the keyring; where it was made anew, restore the recovery kit of the cluster.',
        cause,
      });
    }
  }
}
