/** What must not be in a log: keys, passwords, tokens, wherever they come from. */

const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(-----END [A-Z ]*PRIVATE KEY-----|$)/g, '[private key]'],
  [
    /\b(password|passphrase|passwd|secret|token|encrypt)(["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;}]+)/gi,
    '$1$2[hidden]',
  ],
  [/\b(X-Consul-Token|Authorization)(["']?\s*[:=]\s*)[^\n,}]+/gi, '$1$2[hidden]'],
];

/** Shorter ones would hide every third word of a log, and protect nothing. */
const SHORTEST = 4;

/** Replaces what is secret. Secrets that were given in this run are known by their value. */
export class Redactor {
  readonly #known = new Set<string>();

  learn(secret: string): void {
    if (secret.length >= SHORTEST) this.#known.add(secret);
  }

  redact(text: string): string {
    let clean = text;
    for (const secret of this.#known) clean = clean.split(secret).join('[hidden]');
    for (const [pattern, by] of PATTERNS) clean = clean.replace(pattern, by);
    return clean;
  }
}
