import { existsSync } from 'node:fs';
import { desiredImage } from '../../../shared/desired/index.js';
import { RaftyardError } from '../../../shared/errors.js';
import type { App } from '../app.js';
import { loadTopology } from '../documents.js';
import { EXIT } from '../exit.js';
import { clean } from '../print/clean.js';
import { noteOf } from '../print/note.js';

export interface FetchImageCommandOptions {
  readonly out: string;
  readonly architecture: string;
  readonly force?: boolean;
}

/** Docker's name of this computer's architecture: most often the hosts' too. */
export const ownArchitecture = (arch: string = process.arch): string => (arch === 'x64' ? 'amd64' : arch);

/** `raftyard fetch-image FILE --out TAR`: touches no host. */
export async function fetchImageFile(
  app: App,
  file: string,
  { out, architecture, force }: FetchImageCommandOptions,
): Promise<number> {
  const topology = await loadTopology(file);
  const { image } = topology;
  if (existsSync(out) && force !== true)
    throw new RaftyardError('usage', `${out} exists already`, { hint: 'Give --force to write over it.' });
  const { fetchImage, registryFor } = await app.services.cluster();
  const login = await app.withHosts([], undefined, ({ connector }) =>
    registryFor(topology, connector).login(),
  );
  await fetchImage({
    reference: image,
    from: desiredImage(topology).from,
    login,
    architecture,
    target: () => out,
    replace: true,
    signal: app.signal,
    onNote: noteOf(app),
  });
  app.err.setLive([]);
  if (app.json) app.event({ type: 'archive', image, architecture, path: out });
  else
    app.tell(
      `${clean(image)} is in ${clean(out)}; load it on the hosts with: raftyard apply ${clean(file)} --image-archive ${clean(out)}`,
    );
  return EXIT.good;
}
