import { RaftyardError } from '../../../shared/errors.js';
import type { App } from '../app.js';
import { EXIT } from '../exit.js';
import { writeNew } from '../files.js';
import { parseHosts } from '../hosts.js';
import { clean } from '../print/clean.js';

export interface ImportCommandOptions {
  readonly host?: readonly string[];
  readonly identity?: string;
  readonly out?: string;
  readonly force?: boolean;
}

/** `raftyard import --host … --out FILE`: reads only, on the hosts. */
export async function importHosts(app: App, options: ImportCommandOptions): Promise<number> {
  const hosts = parseHosts(options.host ?? [], options.identity);
  if (hosts.length === 0)
    throw new RaftyardError('usage', 'no host given', {
      hint: 'Give --host USER@ADDRESS once for each host.',
    });
  const { importCluster } = await app.services.cluster();
  const { text, notes } = await app.withHosts(hosts, undefined, (context) => importCluster(hosts, context));
  app.signal.throwIfAborted();
  if (options.out !== undefined) await writeNew(options.out, text, options.force === true);
  if (app.json) {
    app.result({ ...(options.out === undefined ? { document: text } : { file: options.out }), notes });
    return EXIT.good;
  }
  for (const note of notes) app.err.line(`${app.errStyle('dim', 'note:')} ${clean(note)}`);
  if (options.out === undefined) {
    app.io.stdout.write(app.io.stdout.isTTY ? clean(text) : text);
    return EXIT.good;
  }
  const file = clean(options.out);
  app.out.line(`Wrote ${file}. To take these containers over as they are: raftyard apply ${file} --adopt`);
  return EXIT.good;
}
