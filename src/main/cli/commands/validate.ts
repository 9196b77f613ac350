import { readTopology } from '../../../shared/topology/index.js';
import type { App } from '../app.js';
import { readText } from '../documents.js';
import { EXIT } from '../exit.js';
import { clean } from '../print/clean.js';
import { findingLine } from '../print/findings.js';
import { count } from '../print/style.js';

/** `raftyard validate FILE` */
export async function validate(app: App, file: string): Promise<number> {
  const { topology, findings } = readTopology(await readText(file));
  const errors = findings.filter((finding) => finding.severity === 'error').length;
  const warnings = findings.length - errors;
  const valid = topology !== undefined;
  if (app.json) {
    app.result({ file, valid, errors, warnings, findings });
  } else {
    for (const finding of findings) app.out.line(findingLine(file, finding, app.style));
    const verdict = valid ? app.style('green', 'valid') : app.style('red', 'not valid');
    app.out.line(`${clean(file)}: ${verdict}, ${count(errors, 'error')}, ${count(warnings, 'warning')}`);
  }
  return valid ? EXIT.good : EXIT.invalid;
}
