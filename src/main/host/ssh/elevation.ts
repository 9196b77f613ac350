/** How a command becomes root's: as it is, by sudo, by sudo with a password, and each where sudo wants a terminal. */
import type { RootAccess } from '../../../shared/plan/facts.js';
import { commandLine } from '../../../shared/shell/quote.js';

/** How root is reached on this host; found out once a connection. */
export type Elevation =
  | { readonly kind: 'root' }
  | { readonly kind: 'sudo'; readonly terminal?: boolean }
  | { readonly kind: 'password'; readonly password: string; readonly terminal?: boolean };

/** How a command ran, for the facts of a host. */
export function accessBy(elevation: Elevation | null): RootAccess {
  if (elevation === null) return 'none';
  return elevation.kind === 'password' ? 'sudo-password' : elevation.kind;
}

/**
 * Finds out how root is reached and runs the command that way, all in one channel: the first line of the output says
 * the way (`root`, `sudo`) or why there is none yet (`denied` and sudo's words). The command's input is left alone.
 */
const FIND = `if [ "$(id -u)" = 0 ]; then echo root; exec "$@"; fi
said=$(sudo -n -- env LC_ALL=C true 2>&1 >/dev/null </dev/null) && { echo sudo; exec sudo -n -- "$@"; }
printf 'denied %s\\n' "$(printf %s "$said" | tr '\\n' ' ')"`;

export function findingRoot(argv: readonly string[]): string[] {
  return ['sh', '-c', FIND, 'raftyard', 'env', 'LC_ALL=C', ...argv];
}

/** Takes the line of {@link findingRoot} off the front of an output; all that follows it passes. */
export class RootLine {
  #held = '';
  #said = false;

  /** @param onLine called once, with the line */
  constructor(readonly onLine: (line: string) => void) {}

  pass(text: string): string {
    if (this.#said) return text;
    this.#held += text;
    const at = this.#held.indexOf('\n');
    if (at < 0) return '';
    this.#said = true;
    this.onLine(this.#held.slice(0, at));
    return this.#held.slice(at + 1);
  }
}

/** sudo's own words (`Defaults requiretty`). */
export const wantsTerminal = (stderr: string): boolean =>
  /must have a tty|requires? a (tty|terminal)/i.test(stderr);

/**
 * `script` gives sudo a terminal, as its controlling one; input and outputs stay those of the channel, so that nothing
 * is echoed, and no byte is changed on the way. The terminal itself says nothing that anyone reads.
 */
const WITH_TERMINAL =
  'exec 3<&0 4>&1 5>&2; SHELL=/bin/sh; export SHELL; exec script -qec "$1 <&3 >&4 2>&5 3<&- 4>&- 5>&-" /dev/null </dev/null >/dev/null 2>&1';

/**
 * The command line that runs a program as root.
 *
 * @param prompt What sudo asks the password with, on standard error; the answer is the first line of the input.
 */
export function elevated(argv: readonly string[], elevation: Elevation | null, prompt: string): string {
  if (elevation === null || elevation.kind === 'root') return commandLine(argv);
  const how = elevation.kind === 'sudo' ? ['-n'] : ['-k', '-S', '-p', prompt];
  // sudo's own words in English too: they are looked at.
  const command = commandLine(['env', 'LC_ALL=C', 'sudo', ...how, '--', ...argv]);
  return elevation.terminal === true
    ? commandLine(['sh', '-c', WITH_TERMINAL, 'raftyard', command])
    : command;
}
