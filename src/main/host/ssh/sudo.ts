/** sudo without a terminal: its password never meets the command's own input. */
import { randomBytes } from 'node:crypto';

/** How root is reached on a host; found out once a connection. */
export type Elevation =
  | { readonly kind: 'root' }
  | { readonly kind: 'sudo' }
  | { readonly kind: 'password'; readonly password: string };

/** Printed by the elevated side before the command starts, on stderr; $0 is the text. */
const ANNOUNCE = `printf %s "$0" >&2; exec "$@"`;

/** What sudo says longer than this is cut. */
const MAX_SAID = 16_384;

/** Messages in English, whatever the host's locale: also PAM's prompt, which sudo replaces by ours only if it knows it. */
const ENGLISH = ['env', 'LC_ALL=C'];

const plain = (argv: readonly string[]): string[] => [...ENGLISH, ...argv];

/** The command to send where no password is needed. */
export function directArgv(argv: readonly string[], elevation: Elevation | null): string[] {
  return elevation?.kind === 'sudo' ? [...ENGLISH, 'sudo', '-n', '--', ...plain(argv)] : plain(argv);
}

export interface GateEvents {
  /** sudo asks for the password; the second time it did not like the first. */
  readonly onPrompt: (times: number) => void;
  /** The command runs now: its input may follow. */
  readonly onOpen: () => void;
}

/**
 * Watches stderr of a command that runs under sudo with a password. Two random marks tell the phases apart: sudo's
 * prompt, and the start of the command. Before the second nothing but the password may be written.
 */
export class SudoGate {
  readonly #prompt = `[raftyard-${randomBytes(12).toString('hex')}?]`;
  readonly #started = `[raftyard-${randomBytes(12).toString('hex')}!]`;
  #text = '';
  #asked = 0;
  #open = false;

  constructor(readonly events: GateEvents) {}

  argv(argv: readonly string[]): string[] {
    const sudo = ['sudo', '-k', '-S', '-p', this.#prompt, '--'];
    return [...ENGLISH, ...sudo, 'sh', '-c', ANNOUNCE, this.#started, ...plain(argv)];
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** sudo's own words, without its prompt: why it refused. */
  get said(): string {
    return this.#text.replaceAll(this.#prompt, '').trim();
  }

  /** Takes what came on stderr; gives what the command itself wrote. */
  take(chunk: Buffer): Buffer {
    if (this.#open) return chunk;
    this.#text += chunk.toString('latin1');
    const start = this.#text.indexOf(this.#started);
    if (start >= 0) {
      const rest = this.#text.slice(start + this.#started.length);
      this.#text = this.#text.slice(0, start);
      this.#open = true;
      this.events.onOpen();
      return Buffer.from(rest, 'latin1');
    }
    const asked = this.#text.split(this.#prompt).length - 1;
    while (this.#asked < asked) {
      this.#asked += 1;
      this.events.onPrompt(this.#asked);
    }
    if (this.#text.length > MAX_SAID && asked === 0) this.#text = this.#text.slice(-MAX_SAID);
    return Buffer.alloc(0);
  }
}
