/** The images that are offered: what the registry has of the document's own, and what the table of releases knows. Pure. */
import { offeredImages, pullReference, repositoryOf, withoutTag } from '../../../../shared/consul/index.js';

const TABLE: readonly string[] = [...offeredImages().map(({ image }) => image), 'progrium/consul'];

/** Where a document's images come from, and as whom: what a list of versions is of. */
export function placeOf(image: string, mirror: string, user: string): string {
  const { registry, repository } = repositoryOf(pullReference(image, mirror === '' ? undefined : mirror));
  return JSON.stringify([registry, repository, user]);
}

export interface Offers {
  /** Of the document's repository, as its registry lists them. */
  readonly listed: readonly string[];
  readonly known: readonly string[];
}

/**
 * @param versions what the registry has; undefined while nobody knows: then it is the table alone
 * @param typed narrows the offers to those that have it in them, unless none has
 */
export function offersOf(image: string, versions: readonly string[] | undefined, typed = ''): Offers {
  const own = withoutTag(image);
  const all: Offers =
    versions === undefined
      ? { listed: [], known: TABLE }
      : {
          listed: versions.map((version) => `${own}:${version}`),
          known: TABLE.filter((entry) => withoutTag(entry) !== own),
        };
  const narrow = (entries: readonly string[]): string[] => entries.filter((entry) => entry.includes(typed));
  const some: Offers = { listed: narrow(all.listed), known: narrow(all.known) };
  return some.listed.length + some.known.length === 0 ? all : some;
}
