/**
 * A file of secrets under a passphrase: scrypt (memory-hard, RFC 7914) makes the key, AES-256-GCM encrypts and
 * authenticates, both of OpenSSL through Node. Names of secrets are encrypted as well.
 */
import { createCipheriv, createDecipheriv, randomBytes, scrypt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { RaftyardError } from '../../../shared/errors.js';
import { writeFileAtomic } from '../atomic.js';
import { fileError } from '../file-error.js';
import type { SecretStore } from './types.js';

/** 128 MB of memory and about half a second for each guess. */
const COST = { N: 2 ** 17, r: 8, p: 1 } as const;
/** What a file may ask for: one that was tampered with must not take all memory. */
const MOST = { N: 2 ** 20, r: 16, p: 4 } as const;
const KEY_BYTES = 32;
/** Of a new vault: short ones are guessed. */
export const LEAST_PASSPHRASE = 10;
const MAX_BYTES = 4 * 1024 * 1024;

const base64 = z.string().regex(/^[A-Za-z0-9+/]+={0,2}$/);
const vaultFile = z.strictObject({
  raftyardVault: z.literal(1),
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    N: z
      .int()
      .min(2 ** 14)
      .max(MOST.N),
    r: z.int().min(1).max(MOST.r),
    p: z.int().min(1).max(MOST.p),
    salt: base64,
  }),
  cipher: z.literal('aes-256-gcm'),
  nonce: base64,
  tag: base64,
  data: base64,
});
type VaultFile = z.infer<typeof vaultFile>;
type Kdf = VaultFile['kdf'];

const secrets = z.record(z.string(), z.string());
type Secrets = Readonly<Record<string, string>>;

function derive(passphrase: string, { N, r, p, salt }: Kdf): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    // The same letters typed on two systems may be other bytes: one form for both.
    scrypt(
      passphrase.normalize('NFKC'),
      Buffer.from(salt, 'base64'),
      KEY_BYTES,
      { N, r, p, maxmem: 256 * N * r * p + 1024 },
      (error, key) => (error === null ? resolve(key) : reject(error)),
    );
  });
}

/** What is authenticated besides the secrets: nobody can weaken the key derivation unseen. */
const header = (kdf: Kdf): Buffer =>
  Buffer.from(JSON.stringify(['raftyardVault', 1, kdf.name, kdf.N, kdf.r, kdf.p, kdf.salt, 'aes-256-gcm']));

function seal(key: Buffer, kdf: Kdf, content: Secrets): string {
  const nonce = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(header(kdf));
  const data = Buffer.concat([cipher.update(JSON.stringify(content), 'utf8'), cipher.final()]);
  const file: VaultFile = {
    raftyardVault: 1,
    kdf,
    cipher: 'aes-256-gcm',
    nonce: nonce.toString('base64'),
    tag: cipher.getAuthTag().toString('base64'),
    data: data.toString('base64'),
  };
  return `${JSON.stringify(file, null, 2)}\n`;
}

function unseal(path: string, key: Buffer, file: VaultFile): Secrets {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(file.nonce, 'base64'), {
      authTagLength: 16,
    });
    decipher.setAAD(header(file.kdf));
    decipher.setAuthTag(Buffer.from(file.tag, 'base64'));
    const text = Buffer.concat([decipher.update(Buffer.from(file.data, 'base64')), decipher.final()]);
    return secrets.parse(JSON.parse(text.toString('utf8')));
  } catch (cause) {
    throw new RaftyardError('secrets-needed', `${path} does not open with this passphrase`, {
      hint: 'Try again; where the passphrase is right, the file was changed, and a copy of it or a recovery kit is needed.',
      cause,
    });
  }
}

function readVault(path: string): VaultFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw fileError(`${path} cannot be read`, error);
  }
  try {
    if (text.length > MAX_BYTES) throw new Error('too large');
    return vaultFile.parse(JSON.parse(text));
  } catch (cause) {
    throw new RaftyardError('io', `${path} is no vault of Raftyard, or is damaged`, { cause });
  }
}

/** Why a passphrase does not do for a new vault; null where it does. */
export function passphraseProblem(passphrase: string): string | null {
  return [...passphrase].length < LEAST_PASSPHRASE
    ? `a passphrase has at least ${LEAST_PASSPHRASE} characters; a few words are easy to keep`
    : null;
}

export const vaultExists = (path: string): boolean => existsSync(path);

export class Vault implements SecretStore {
  readonly #key: Buffer;
  readonly #kdf: Kdf;

  private constructor(
    readonly place: string,
    key: Buffer,
    kdf: Kdf,
  ) {
    this.#key = key;
    this.#kdf = kdf;
  }

  /**
   * Opens a vault. Takes about half a second, on purpose.
   *
   * @throws RaftyardError secrets-needed for a wrong passphrase; io for a file that cannot be read or is no vault
   */
  static async open(path: string, passphrase: string): Promise<Vault> {
    const file = readVault(path);
    const key = await derive(passphrase, file.kdf);
    unseal(path, key, file);
    return new Vault(path, key, file.kdf);
  }

  /**
   * Makes a new vault, readable by its owner only, with the secrets given.
   *
   * @throws RaftyardError usage for a passphrase that is too short; io where the file is there already or cannot be written
   */
  static async create(path: string, passphrase: string, content: Secrets = {}): Promise<Vault> {
    const problem = passphraseProblem(passphrase);
    if (problem !== null) throw new RaftyardError('usage', problem);
    if (existsSync(path)) throw new RaftyardError('io', `${path} is there already; it is not written over`);
    const kdf: Kdf = { name: 'scrypt', ...COST, salt: randomBytes(16).toString('base64') };
    const key = await derive(passphrase, kdf);
    await save(path, seal(key, kdf, content));
    return new Vault(path, key, kdf);
  }

  async read(prefix: string): Promise<Secrets> {
    const all = unseal(this.place, this.#key, readVault(this.place));
    return Object.fromEntries(Object.entries(all).filter(([name]) => name.startsWith(prefix)));
  }

  async write(changes: Readonly<Record<string, string | null>>): Promise<void> {
    // Read anew: another Raftyard may have written since.
    const all = new Map(Object.entries(await this.read('')));
    for (const [name, value] of Object.entries(changes))
      if (value === null) all.delete(name);
      else all.set(name, value);
    await save(this.place, seal(this.#key, this.#kdf, Object.fromEntries(all)));
  }
}

async function save(path: string, text: string): Promise<void> {
  try {
    await writeFileAtomic(path, text, 0o600);
  } catch (error) {
    throw fileError(`${path} cannot be written`, error);
  }
}
