/** Services of a document that may have faults elsewhere: what the cross-checks, cards and forms go by. */
import { fields, list, text } from './loose.js';
import type { Path } from './report.js';

export interface DraftCheck {
  readonly path: Path;
  /** Keys that are written, also unknown ones. */
  readonly keys: readonly string[];
  readonly interval: string | undefined;
  readonly timeout: string | undefined;
  readonly ttl: string | undefined;
}

export interface DraftService {
  readonly path: Path;
  readonly name: string | undefined;
  readonly id: string | undefined;
  readonly tags: readonly (string | undefined)[];
  readonly hasMeta: boolean;
  readonly checks: readonly DraftCheck[];
}

function draftCheck(value: unknown, path: Path): DraftCheck {
  const written = fields(value);
  return {
    path,
    keys: Object.keys(written),
    interval: text(written['interval']),
    timeout: text(written['timeout']),
    ttl: text(written['ttl']),
  };
}

export function draftServices(value: unknown, path: Path): DraftService[] {
  return list(value).map((entry, index) => {
    const written = fields(entry);
    const name = text(written['name']);
    const at: Path = [...path, index];
    return {
      path: at,
      name,
      id: text(written['id']) ?? name,
      tags: list(written['tags']).map(text),
      hasMeta: Object.keys(fields(written['meta'])).length > 0,
      checks: list(written['checks']).map((check, i) => draftCheck(check, [...at, 'checks', i])),
    };
  });
}
