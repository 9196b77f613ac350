/** Answers of D-Bus as `busctl call` prints them: a signature, then numbers and words as they are, strings in quotes. */

const SIMPLE: Readonly<Record<string, number>> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 };

/** A string in the escapes of C, its bytes above 127 in octal, as systemd's `cescape` writes it. */
function unescaped(text: string): string {
  const bytes: Buffer[] = [];
  for (const [, octal, simple, plain] of text.matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gs)) {
    if (octal !== undefined) bytes.push(Buffer.from([Number.parseInt(octal, 8) & 0xff]));
    else if (simple !== undefined) bytes.push(Buffer.from([SIMPLE[simple] ?? simple.charCodeAt(0)]));
    else bytes.push(Buffer.from(plain ?? ''));
  }
  return Buffer.concat(bytes).toString('utf8');
}

/** Words of an answer, strings told from numbers. */
function words(answer: string): { readonly text: string; readonly string: boolean }[] {
  return [...answer.matchAll(/"((?:[^"\\]|\\.)*)"|[^\s"]+/gs)].map(([word, string]) => ({
    text: string === undefined ? word : unescaped(string),
    string: string !== undefined,
  }));
}

/** Every string of an answer: `as 2 "a" "b"` → `a`, `b`. */
export function busStrings(answer: string): string[] {
  return words(answer).flatMap(({ text, string }) => (string ? [text] : []));
}

/** Strings two by two: `aas 1 2 "53" "udp"` and `a(ss) 1 "53" "udp"` → `['53', 'udp']`. */
export function busPairs(answer: string): [string, string][] {
  const strings = busStrings(answer);
  return strings.flatMap((text, index): [string, string][] =>
    index % 2 === 0 ? [[text, strings[index + 1] ?? '']] : [],
  );
}

/** A value of a dictionary that is a string: `a{sv} 1 "target" s "ACCEPT"`, `target` → `ACCEPT`. */
export function busSetting(answer: string, key: string): string | undefined {
  const all = words(answer);
  const at = all.findIndex(
    ({ text, string }, index) =>
      string && text === key && all[index + 1]?.string === false && all[index + 1]?.text === 's',
  );
  return at === -1 ? undefined : all[at + 2]?.text;
}
