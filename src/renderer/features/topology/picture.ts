/** The picture of the canvas in the window's language, for the export. */
import type { Layout } from '../../../shared/ipc/index.js';
import type { LiveSnapshot } from '../../../shared/live/index.js';
import type { DocumentModel } from '../../../shared/topology/index.js';
import { i18next } from '../../i18n/index.js';
import { topologySvg } from './svg.js';

/** The picture of a document; with what is live where there is a snapshot. */
export function pictureOf(
  model: DocumentModel,
  layout: Layout,
  snapshot: LiveSnapshot | null,
  dark: boolean,
): string {
  return topologySvg(model, layout, snapshot, { dark, t: i18next.getFixedT(null, 'topology') });
}
