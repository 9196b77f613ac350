import { withoutDigest } from '../../../shared/consul/index.js';
import { TopologyDocument } from '../../../shared/topology/index.js';
import { writeTopologyFile } from '../../store/topology-file.js';
import type { App } from '../app.js';
import { parseTopology, readText } from '../documents.js';
import { EXIT } from '../exit.js';
import { clean } from '../print/clean.js';

export interface PinOptions {
  readonly remove?: boolean;
}

/** Writes the image anew; comments and every other byte stay. */
async function writeImage(file: string, text: string, image: string): Promise<void> {
  const document = TopologyDocument.open(text);
  document.set(['image'], image);
  await writeTopologyFile(file, document.toString());
}

/** `raftyard pin FILE`: the digest that the image stands for now goes into the document. Changes no host. */
export async function pin(app: App, file: string, { remove }: PinOptions): Promise<number> {
  const text = await readText(file);
  const topology = parseTopology(file, text);
  const { image } = topology;
  if (remove === true) {
    const plain = withoutDigest(image);
    const changed = plain !== image;
    if (changed) await writeImage(file, text, plain);
    if (app.json) app.result({ image: plain, changed });
    else app.tell(!changed ? `${clean(image)} is not pinned.` : `${clean(plain)} is not pinned any more.`);
    return EXIT.good;
  }
  const { pinImage } = await app.services.cluster();
  const pinned = await app.withHosts(topology.hosts, undefined, (context) => pinImage(topology, context));
  const changed = pinned.image !== image;
  if (changed) await writeImage(file, text, pinned.image);
  if (app.json) app.result({ ...pinned, changed });
  else
    app.tell(
      changed
        ? `${clean(file)} says ${clean(pinned.image)} now (${pinned.from === 'registry' ? 'from the registry, by' : 'what is on'} ${clean(pinned.host)}); every host is held to it.`
        : `${clean(image)} is what it is pinned to.`,
    );
  return EXIT.good;
}
