/** Where secrets that Raftyard makes are kept beyond this run: a system's keyring, or a vault file. */
export interface SecretStore {
  /** For messages: `the keyring of this computer`, a path. */
  readonly place: string;
  /** Secrets whose names begin with a prefix, by name. */
  read(prefix: string): Promise<Readonly<Record<string, string>>>;
  /** Sets secrets, and takes out those that are null: all of them, or none. */
  write(changes: Readonly<Record<string, string | null>>): Promise<void>;
}
