/** Reading what commands are given: topology documents and saved plans. */
import { createReadStream } from 'node:fs';
import { resolve } from 'node:path';
import { RaftyardError } from '../../shared/errors.js';
import type { PlanOptions } from '../../shared/plan/index.js';
import type { Plan } from '../../shared/plan/types.js';
import { readTopology } from '../../shared/topology/index.js';
import type { Finding, Topology } from '../../shared/topology/types.js';
import { utf8Text } from '../store/topology-file.js';

/** No document or plan comes near this. */
const MAX_BYTES = 64 * 1024 * 1024;

export class InvalidTopology extends RaftyardError {
  constructor(
    readonly file: string,
    readonly findings: readonly Finding[],
  ) {
    super('invalid-topology', `${file} is not a valid topology`, {
      hint: 'The lines above say where and why.',
    });
  }
}

/** @throws RaftyardError io */
export async function readText(file: string): Promise<string> {
  try {
    const chunks: Buffer[] = [];
    let size = 0;
    // Counted as it comes: a pipe or a device does not say how much it has.
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_BYTES) throw new RaftyardError('io', `${file} is too large to be read`);
      chunks.push(chunk);
    }
    return utf8Text(file, Buffer.concat(chunks));
  } catch (error) {
    if (error instanceof RaftyardError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    const why =
      code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a directory' : String(code);
    throw new RaftyardError('io', `${file} cannot be read: ${why}`, { cause: error });
  }
}

/** @throws InvalidTopology */
export function parseTopology(file: string, text: string): Topology {
  const { topology, findings } = readTopology(text);
  if (topology === undefined) throw new InvalidTopology(file, findings);
  return topology;
}

/** @throws RaftyardError io, InvalidTopology */
export async function loadTopology(file: string): Promise<Topology> {
  return parseTopology(file, await readText(file));
}

/** What `plan --out` writes: enough to plan again anywhere, and to see whether the plan still holds. */
export interface SavedPlan {
  readonly raftyardPlan: 1;
  /** Where the document was; its text counts where it is gone. */
  readonly file: string;
  readonly document: string;
  readonly options: PlanOptions;
  readonly plan: Plan;
}

export function savedPlan(file: string, document: string, options: PlanOptions, plan: Plan): SavedPlan {
  return { raftyardPlan: 1, file: resolve(file), document, options, plan };
}

export interface ApplyInput {
  /** For messages. */
  readonly file: string;
  readonly text: string;
  readonly topology: Topology;
  readonly options: PlanOptions;
  /** The saved plan's id, where the input was one. */
  readonly savedId?: string;
}

/** A topology document, or a saved plan with the document that it was made from, as that is now. */
export async function loadApplyInput(file: string): Promise<ApplyInput> {
  const text = await readText(file);
  const saved = asSavedPlan(file, text);
  if (saved === null) return { file, text, topology: parseTopology(file, text), options: {} };
  const document = await readText(saved.file).catch(() => saved.document);
  return {
    file: saved.file,
    text: document,
    topology: parseTopology(saved.file, document),
    options: saved.options,
    savedId: saved.id,
  };
}

function asSavedPlan(
  file: string,
  text: string,
): { file: string; document: string; options: PlanOptions; id: string } | null {
  if (!text.trimStart().startsWith('{')) return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null; // YAML in flow style begins with a brace as well
  }
  if (typeof value !== 'object' || value === null || !('raftyardPlan' in value)) return null;
  const saved = value as Partial<Record<keyof SavedPlan, unknown>>;
  if (saved.raftyardPlan !== 1)
    throw new RaftyardError('usage', `${file} is a plan of a newer Raftyard`, {
      hint: 'Use the version that made it, or plan again.',
    });
  const plan = saved.plan as { id?: unknown; kind?: unknown } | null | undefined;
  const options = (saved.options ?? {}) as { adopt?: unknown; archive?: unknown };
  if (typeof saved.file !== 'string' || typeof saved.document !== 'string' || typeof plan?.id !== 'string')
    throw new RaftyardError('usage', `${file} is not a whole plan`, { hint: 'Plan again.' });
  return {
    file: saved.file,
    document: saved.document,
    options: { adopt: options.adopt === true, archive: options.archive === true },
    id: plan.id,
  };
}
