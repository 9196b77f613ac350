/** Collects findings: bounded in number, each with its place in the source text. */
import type { Finding, Severity } from './types.js';

export type Path = readonly (string | number)[];
export interface Place {
  readonly line: number;
  readonly column: number;
}
/** Where a path is in the text; `key` asks for the key of the last segment instead of its value. */
export type Locate = (path: Path, at: 'key' | 'value') => Place | undefined;

/** More than anyone reads; without a bound a hostile document would make as many as it has bytes. */
export const MAX_FINDINGS = 200;

export interface FindingOptions {
  readonly severity?: Severity;
  /** Point at the key instead of the value. */
  readonly at?: 'key' | 'value';
  /** The place itself, where the path cannot tell (syntax errors, duplicate keys). */
  readonly place?: Place | undefined;
}

export class Report {
  readonly #findings: Finding[] = [];
  #dropped = 0;
  #errors = 0;

  constructor(private readonly locate: Locate = () => undefined) {}

  /** `message` may be a function: costly suggestions are made only for findings that are kept. */
  add(code: string, path: Path, message: string | (() => string), options: FindingOptions = {}): void {
    const severity = options.severity ?? 'error';
    if (severity === 'error') this.#errors++;
    if (this.#findings.length >= MAX_FINDINGS) {
      this.#dropped++;
      return;
    }
    const place = options.place ?? this.locate(path, options.at ?? 'value');
    const text = typeof message === 'string' ? message : message();
    this.#findings.push({ code, severity, message: text, path: [...path], ...place });
  }

  warn(code: string, path: Path, message: string): void {
    this.add(code, path, message, { severity: 'warning' });
  }

  get hasErrors(): boolean {
    return this.#errors > 0;
  }

  /** In the order of the text; one more at the end where some were left out. */
  findings(): readonly Finding[] {
    const order = (f: Finding) => (f.line ?? 0) * 100_000 + (f.column ?? 0);
    const sorted = [...this.#findings].sort((a, b) => order(a) - order(b));
    if (this.#dropped === 0) return sorted;
    const message = `${this.#dropped} more findings are not shown`;
    const severity: Severity = this.hasErrors ? 'error' : 'warning';
    const last = sorted.at(-1);
    const place =
      last?.line === undefined || last.column === undefined ? {} : { line: last.line, column: last.column };
    return [...sorted, { code: 'too-many-findings', severity, message, path: [], ...place }];
  }
}
