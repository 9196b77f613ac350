/** What an export is made of. */
import type { BootstrapStyle } from '../topology/types.js';

/** Every format, in the order in which people should be offered them. */
export const EXPORT_FORMATS = ['scripts', 'compose', 'ansible', 'config'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export interface ExportedFile {
  /** Relative, with forward slashes: `docker01/consul-start.sh`. */
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly content: string;
}

export interface ExportOptions {
  /** Instead of the topology's own bootstrap style. */
  readonly style?: BootstrapStyle;
}
