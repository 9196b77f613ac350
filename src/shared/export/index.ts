/** Topology → files to take away. Pure, from the same desired state as the plan. */
import type { Topology } from '../topology/types.js';
import { ansibleFiles } from './ansible/index.js';
import { composeFiles } from './compose.js';
import { configFiles } from './config/index.js';
import { type ExportInput, exportInput } from './nodes.js';
import { scriptFiles } from './scripts.js';
import type { ExportedFile, ExportFormat, ExportOptions } from './types.js';

export * from './types.js';

const WRITERS: { readonly [F in ExportFormat]: (input: ExportInput) => ExportedFile[] } = {
  scripts: scriptFiles,
  compose: composeFiles,
  ansible: ansibleFiles,
  config: configFiles,
};

/**
 * A topology as files, in a stable order, the README of the whole first.
 *
 * @throws RaftyardError invalid-topology for a document that validation refuses.
 */
export function exportTopology(
  topology: Topology,
  format: ExportFormat,
  options: ExportOptions = {},
): ExportedFile[] {
  return WRITERS[format](exportInput(topology, options));
}

/** The start scripts: {@link exportTopology} in the format `scripts`. */
export function exportScripts(topology: Topology, options: ExportOptions = {}): ExportedFile[] {
  return exportTopology(topology, 'scripts', options);
}
