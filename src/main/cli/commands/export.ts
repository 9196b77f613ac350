import { type ExportFormat, exportTopology } from '../../../shared/export/index.js';
import type { BootstrapStyle } from '../../../shared/topology/types.js';
import { writeFolder } from '../../store/folder.js';
import type { App } from '../app.js';
import { loadTopology } from '../documents.js';
import { EXIT } from '../exit.js';
import { clean } from '../print/clean.js';
import { count } from '../print/style.js';

export interface ExportCommandOptions {
  readonly out: string;
  readonly format: ExportFormat;
  readonly style?: BootstrapStyle;
  readonly zip?: boolean;
  readonly force?: boolean;
}

/** `raftyard export FILE --out DIR`: touches no host. */
export async function exportFiles(app: App, file: string, options: ExportCommandOptions): Promise<number> {
  const topology = await loadTopology(file);
  const files = exportTopology(
    topology,
    options.format,
    options.style === undefined ? {} : { style: options.style },
  );
  const written = await writeFolder(options.out, files, {
    force: options.force === true,
    zip: options.zip === true,
  });
  if (app.json) {
    app.result({ ...written, files: files.map(({ path, mode }) => ({ path, mode })) });
    return EXIT.good;
  }
  for (const { path } of files) app.out.line(clean(`${options.out}/${path}`));
  if (written.zip !== undefined) app.out.line(clean(written.zip));
  app.tell(`${count(files.length, 'file')}. Start with ${clean(options.out)}/README.md.`);
  return EXIT.good;
}
