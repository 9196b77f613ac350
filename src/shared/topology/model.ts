/** What an editor needs of a text at every keystroke: as much as can be made out, valid or not. */
import { type Draft, draftOf } from './draft.js';
import { readTopology } from './read.js';
import { readSource } from './source.js';
import type { Finding, Topology } from './types.js';

export interface DocumentModel {
  /** False where the text is no readable YAML: the rest then is empty. */
  readonly readable: boolean;
  /** The written values, defaults not filled in; for forms. */
  readonly value: Readonly<Record<string, unknown>>;
  /** Datacenters, nodes and hosts as far as they can be made out. */
  readonly draft: Draft;
  readonly findings: readonly Finding[];
  /** There only without errors. */
  readonly topology?: Topology;
}

/** Reads a text for an editor. Never throws. */
export function readModel(text: string): DocumentModel {
  const { value, readable } = readSource(text);
  const { topology, findings } = readTopology(text);
  const mapping = typeof value === 'object' && value !== null && !Array.isArray(value);
  return {
    readable: readable && mapping,
    value: mapping ? (value as Record<string, unknown>) : {},
    draft: draftOf(value),
    findings,
    ...(topology === undefined ? {} : { topology }),
  };
}
