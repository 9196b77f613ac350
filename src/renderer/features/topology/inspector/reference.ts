/** Where a secret is found: the document holds this, and never the secret. Pure. */
export const REFERENCE_KINDS = ['none', 'prompt', 'env', 'file'] as const;
export type ReferenceKind = (typeof REFERENCE_KINDS)[number];

export interface Reference {
  /** `unclear`: something is written that is no reference; its text is not kept here, since it may be a secret. */
  readonly kind: ReferenceKind | 'unclear';
  /** Name of the variable, or path of the file. */
  readonly target: string;
}

export function parseReference(written: unknown): Reference {
  if (written === undefined || written === null || written === '') return { kind: 'none', target: '' };
  if (written === 'prompt') return { kind: 'prompt', target: '' };
  const match = typeof written === 'string' ? /^(env|file):(.*)$/s.exec(written) : null;
  if (match === null) return { kind: 'unclear', target: '' };
  return { kind: match[1] === 'env' ? 'env' : 'file', target: match[2] ?? '' };
}

/** As it is written; undefined: nothing is. */
export function formatReference({ kind, target }: Reference): string | undefined {
  if (kind === 'none' || kind === 'unclear') return undefined;
  return kind === 'prompt' ? 'prompt' : `${kind}:${target}`;
}

export const isReferenceKind = (value: unknown): value is ReferenceKind =>
  REFERENCE_KINDS.some((kind) => kind === value);
