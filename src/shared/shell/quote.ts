/** The one way in which values get into a command line. */

/** Needs no quotes in any POSIX shell, wherever an argument may stand. */
const PLAIN = /^[A-Za-z0-9_@%+:,./-][A-Za-z0-9_@%+=:,./-]*$/;

/**
 * One argument as a POSIX shell takes it literally: as it is when it holds only harmless characters, otherwise in
 * single quotes. Newlines, `$(…)`, quotes and any Unicode are carried through unchanged.
 *
 * @throws TypeError for a NUL character, which no argument of a program can hold.
 */
export function quote(argument: string): string {
  return PLAIN.test(argument) ? argument : inQuotes(argument);
}

function inQuotes(argument: string): string {
  if (argument.includes('\0')) throw new TypeError('an argument cannot hold a NUL character');
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}

/** Words that a shell reads as its own where a command begins. */
const RESERVED = new Set(
  'case do done elif else esac fi for function if in select then time until while'.split(' '),
);

/**
 * A program and its arguments as one command line, each quoted by {@link quote}.
 *
 * @throws TypeError for an empty list or a NUL character.
 */
export function commandLine(argv: readonly string[]): string {
  const [program, ...rest] = argv;
  if (program === undefined) throw new TypeError('a command line needs a program');
  // `NAME=value` in the first place would be an assignment, and `if` a keyword, not a program.
  const first = program.includes('=') || RESERVED.has(program) ? inQuotes(program) : quote(program);
  return [first, ...rest.map(quote)].join(' ');
}
