/** What is sent to sshd must mean the same to every login shell: sh, bash, zsh, fish, csh. */

/** Printable ASCII without `'`, `\` and `!`: single quotes hold this literally in every shell, csh included. */
const EVERYWHERE = /^[ -&(-[\]-~]*$/;
const NOT_IN_DOUBLE_QUOTES = /["$`]/;

/**
 * A command line of POSIX sh as one line for whatever shell the user logs in with.
 *
 * fish reads backslashes inside single quotes, csh reads `!` and refuses line ends there; where one of these (or
 * anything outside ASCII, which depends on the locale) occurs, it travels as octal numbers that `printf %b` turns back.
 *
 * @param command one simple command, as `commandLine` makes it; it replaces the shell, so that signals reach it.
 * @param mark written to both outputs before the command runs, see {@link newMark}: what comes before it is the login
 *   shell's own.
 */
export function loginShellSafe(command: string, mark: string): string {
  const say = `printf ${mark}; printf ${mark} >&2;`;
  if (EVERYWHERE.test(command) && !command.includes('!')) return `exec sh -c '${say} exec ${command}'`;
  const encoded = Array.from(Buffer.from(`exec ${command}`, 'utf8'), (byte) => {
    const char = String.fromCharCode(byte);
    return byte < 128 && EVERYWHERE.test(char) && char !== '!' && !NOT_IN_DOUBLE_QUOTES.test(char)
      ? char
      : `\\0${byte.toString(8).padStart(3, '0')}`;
  }).join('');
  return `exec sh -c '${say} eval "$(printf %b "${encoded}")"'`;
}
