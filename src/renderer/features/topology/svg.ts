/** The canvas as one SVG that stands alone: the same places, cards and links. Pure. */
import type { TFunction } from 'i18next';
import type { Layout } from '../../../shared/ipc/index.js';
import type { LiveSnapshot } from '../../../shared/live/index.js';
import type { DocumentModel } from '../../../shared/topology/index.js';
import { areaSummary } from './area-summary.js';
import { arrange, type PlacedArea } from './arrange.js';
import { type Box, bow, straight } from './geometry.js';
import { areaDataOf, type CardData, cardOf, ghostsOf, heightWith, type View } from './graph.js';
import { type Link, labelOf, linksOf } from './links.js';
import { CARD, type Size } from './slots.js';
import { statusLine } from './status.js';
import {
  type Colours,
  crown,
  DARK,
  FONT,
  flag,
  group,
  LIGHT,
  roleMark,
  tag,
  text,
  xml,
} from './svg-parts.js';

export interface PictureOptions {
  readonly dark: boolean;
  /** Words of the catalogue `topology`, in the language of the picture. */
  readonly t: TFunction<'topology'>;
}

interface Brush extends PictureOptions {
  readonly c: Colours;
  readonly view: View;
}

const MARGIN = 32;

function card(data: CardData, { width, height }: Size, { c, t }: Brush): string {
  const { tone, key, values } = statusLine(data);
  const words = t(`status.${key}`, values);
  const toneColour = { good: c.good, warn: c.warn, bad: c.bad, muted: c.link, accent: c.accent }[tone];
  const dot = data.stale ? c.link : toneColour;
  const gone = !data.stale && (data.live?.status === 'failed' || data.live?.status === 'left');
  const border = gone
    ? `stroke="${c.bad}" stroke-dasharray="5 3"`
    : data.ghost
      ? `stroke="${c.link}" stroke-dasharray="1.5 3"`
      : `stroke="${c.line}"`;
  const fill = data.ghost || data.stale ? 'none' : c.panel;
  if (data.compact)
    return `<rect width="${width}" height="${height}" rx="${height / 2}" fill="${fill}" ${border} stroke-width="1.5"/>
<circle cx="15" cy="${height / 2}" r="4.5" fill="${dot}"/>
${text(27, height / 2 + 4, data.name, { size: 12, fill: c.text, width: width - 36, name: true })}`;
  const leader = data.live?.leader === true && !data.stale;
  const marks = (leader ? 24 : 0) + (data.flag === null ? 0 : 22);
  return `<rect width="${width}" height="${height}" rx="12" fill="${fill}" ${border} stroke-width="1.5"/>
${roleMark(12, 14, c, data.role === 'client')}
${text(50, 26, data.name === '' ? t('noName') : data.name, { size: 13.5, weight: 650, fill: gone ? c.muted : c.text, width: width - 62 - marks, name: true })}
${text(50, 43, data.address === '' ? t('noAddress') : data.address, { size: 11.5, mono: true, fill: c.muted, width: width - 60 })}
${data.flag === null ? '' : flag(width - 24 - (leader ? 24 : 0), 10, c, data.flag === 'chosen')}
${leader ? crown(width - 27, 10, c) : ''}
<path d="M 12 ${height - 29} H ${width - 12}" stroke="${c.line}"/>
<circle cx="16.5" cy="${height - 14.5}" r="4.5" fill="${dot}"/>
${text(29, height - 10.5, words, { size: 12, fill: tone === 'bad' ? c.bad : c.muted, width: width - 42 })}`;
}

function outline(area: PlacedArea, height: number, { c, t, view }: Brush): string {
  const data = areaDataOf(area, view);
  const words = data.leaderless ? t('leaderless') : areaSummary(data, t).join(' · ');
  const border = data.pooled ? `stroke="${c.link}" stroke-width="2"` : `stroke="${c.line}"`;
  return `<rect width="${area.width}" height="${height}" rx="18" fill="${c.area}" ${border}/>
<text x="18" y="28" font-size="13.5" font-weight="650" fill="${c.text}">${xml(data.name)}<tspan dx="10" font-size="12" font-weight="400" fill="${data.leaderless ? c.bad : c.muted}">${xml(words)}</tspan></text>
${data.pooled ? text(18, height - 8, t('pooled', { count: data.servers }), { size: 11.5, fill: c.muted, width: area.width - 36 }) : ''}`;
}

function line(link: Link, boxes: ReadonlyMap<string, Box>, { c }: Brush): { path: string; label: string } {
  const [a, b] = [boxes.get(link.source), boxes.get(link.target)];
  if (a === undefined || b === undefined) return { path: '', label: '' };
  const { path, label } = link.kind === 'wan' ? bow(a, b) : straight(a, b);
  const style = {
    lan: `stroke="${c.link}" stroke-width="1.6"`,
    rpc: `stroke="${c.link}" stroke-width="1.8" stroke-dasharray="1.5 5" stroke-linecap="round"`,
    wan: `stroke="${c.accent}" stroke-width="2.4" stroke-dasharray="8 5"`,
  }[link.kind];
  const drawn = link.broken
    ? `stroke="${c.bad}" stroke-width="1.6" stroke-dasharray="3 6" opacity="0.6"`
    : style;
  const words = labelOf(link);
  return {
    path: `<path d="${path}" fill="none" ${drawn}/>`,
    label: words === '' ? '' : tag(label.x, label.y, words, c, link.kind === 'wan'),
  };
}

function boxesOf(areas: readonly PlacedArea[]): Map<string, Box> {
  return new Map(
    areas.flatMap((area) =>
      area.nodes.map(({ id, x, y, width, height }): [string, Box] => [
        id,
        { x: area.x + x, y: area.y + y, width, height },
      ]),
    ),
  );
}

/**
 * The picture of a document; with what is live where there is a snapshot. Well-formed XML whatever the
 * document's names are.
 */
export function topologySvg(
  model: DocumentModel,
  layout: Layout,
  snapshot: LiveSnapshot | null,
  options: PictureOptions,
): string {
  const { draft } = model;
  const areas = arrange(draft, layout);
  const view: View = { bootstrap: draft.bootstrap, hosts: draft.hosts, snapshot, doing: [], errors: {} };
  const brush: Brush = { ...options, c: options.dark ? DARK : LIGHT, view };
  const boxes = boxesOf(areas);
  const lines = linksOf(areas, view).map((link) => line(link, boxes, brush));
  const drawn = areas.map((area) => {
    const ghosts = ghostsOf(area, view);
    return { area, ghosts, height: heightWith(area, ghosts) };
  });
  const left =
    Math.min(...areas.map((area) => area.x), areas.length === 0 ? 0 : Number.POSITIVE_INFINITY) - MARGIN;
  const top =
    Math.min(...areas.map((area) => area.y), areas.length === 0 ? 0 : Number.POSITIVE_INFINITY) - MARGIN;
  const width = Math.max(240, ...drawn.map(({ area }) => area.x + area.width + MARGIN - left));
  const height = Math.max(160, ...drawn.map((entry) => entry.area.y + entry.height + MARGIN - top));
  const cards = drawn.flatMap(({ area, ghosts }) => [
    ...area.nodes.map((node) =>
      group(area.x + node.x, area.y + node.y, card(cardOf(node, area, view), node, brush)),
    ),
    ...ghosts.map((ghost) => group(area.x + ghost.x, area.y + ghost.y, card(ghost.data, CARD, brush))),
  ]);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="${left} ${top} ${width} ${height}" font-family="${xml(FONT)}">
<rect x="${left}" y="${top}" width="${width}" height="${height}" fill="${brush.c.bg}"/>
${drawn.map((entry) => group(entry.area.x, entry.area.y, outline(entry.area, entry.height, brush))).join('\n')}
${lines.map(({ path }) => path).join('\n')}
${cards.join('\n')}
${lines.map(({ label }) => label).join('\n')}
</svg>
`;
}
