/** How a command becomes root's: as it is, by sudo, by sudo with a password, and each where sudo wants a terminal. */
import { commandLine } from '../../../shared/shell/quote.js';

/** How root is reached on this host; found out once a connection. */
export type Elevation =
  | { readonly kind: 'root' }
  | { readonly kind: 'sudo'; readonly terminal?: boolean }
  | { readonly kind: 'password'; readonly password: string; readonly terminal?: boolean };

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
