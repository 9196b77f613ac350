/** An SSH agent of whose keys only some are shown to the server. */
import { readFile } from 'node:fs/promises';
import ssh2, {
  type IdentityCallback,
  type ParsedKey,
  type PublicKeyEntry,
  type SignCallback,
  type SigningRequestOptions,
} from 'ssh2';

const blobOf = (key: ParsedKey): string => key.getPublicSSH().toString('base64');

/** ssh2's clients give parsed keys; its types allow an entry around them. */
const isWanted = (key: ParsedKey | PublicKeyEntry, wanted: ReadonlySet<string>): boolean =>
  'getPublicSSH' in key && wanted.has(blobOf(key));

/** The public part of a key file: beside it in `.pub`, or of itself where it is not encrypted. */
async function publicBlob(path: string): Promise<string | null> {
  for (const file of [`${path}.pub`, path]) {
    const parsed = ssh2.utils.parseKey(await readFile(file).catch(() => ''));
    if (!(parsed instanceof Error)) return blobOf(parsed);
  }
  return null;
}

class OnlyThese extends ssh2.BaseAgent<ParsedKey> {
  readonly #inner: ssh2.BaseAgent<ParsedKey>;

  constructor(
    socket: string,
    readonly wanted: ReadonlySet<string>,
  ) {
    super();
    this.#inner = ssh2.createAgent(socket) as ssh2.BaseAgent<ParsedKey>;
  }

  override getIdentities(done: IdentityCallback<ParsedKey>): void {
    this.#inner.getIdentities((error, keys) => {
      if (error !== undefined && error !== null) done(error);
      else
        done(
          undefined,
          (keys ?? []).filter((key) => isWanted(key, this.wanted)),
        );
    });
  }

  override sign(
    key: ParsedKey,
    data: Buffer,
    options: SigningRequestOptions | SignCallback,
    done?: SignCallback,
  ): void {
    if (typeof options === 'function') this.#inner.sign(key, data, options);
    else this.#inner.sign(key, data, options, done);
  }
}

/**
 * The agent behind a socket, as ssh2 takes it.
 * @param only key files whose keys alone are shown (IdentitiesOnly); undefined: all that the agent holds
 */
export async function chosenAgent(
  socket: string,
  only: readonly string[] | undefined,
): Promise<string | ssh2.BaseAgent<ParsedKey>> {
  if (only === undefined) return socket;
  const blobs = await Promise.all(only.map((path) => publicBlob(path)));
  return new OnlyThese(socket, new Set(blobs.filter((blob) => blob !== null)));
}
