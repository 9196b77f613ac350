/** The canvas as one SVG that stands alone: the same places, cards and links. Pure. */
import type { Layout } from '../../../shared/ipc/index.js';
import type { LiveSnapshot } from '../../../shared/live/index.js';
import type { DocumentModel } from '../../../shared/topology/index.js';
import { i18next } from '../../i18n/index.js';
import { arrange, type PlacedArea, type PlacedNode } from './arrange.js';
import { type Box, bow, straight } from './geometry.js';
import { areaDataOf, cardOf, linksOf, rttText, tolerance, type View } from './graph.js';
import { statusLine } from './status.js';

const LIGHT = {
  bg: '#f4f6f7',
  panel: '#ffffff',
  line: '#dde4e8',
  text: '#14212b',
  muted: '#55656f',
  accent: '#0f766e',
  soft: '#e0eeec',
  area: '#eaf1f1',
  flag: '#c2410c',
  leader: '#b45309',
  good: '#047857',
  warn: '#b45309',
  bad: '#b91c1c',
  link: '#7b8b96',
};
const DARK: typeof LIGHT = {
  bg: '#0e1418',
  panel: '#1a242a',
  line: '#26323a',
  text: '#e6edf1',
  muted: '#93a5b0',
  accent: '#2dd4bf',
  soft: '#123a38',
  area: '#121b20',
  flag: '#fb923c',
  leader: '#fbbf24',
  good: '#34d399',
  warn: '#fbbf24',
  bad: '#f87171',
  link: '#5a6b76',
};
const MARGIN = 32;
const FONT = "Inter, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";
const MONO = "'JetBrains Mono', Menlo, Consolas, monospace";

/** Text as it may stand in XML, without the characters that XML does not know. */
function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Cut to about a width in pixels: an SVG has no ellipsis of its own. */
function fitted(text: string, width: number, size: number): string {
  const wide = (character: string): number => (character.charCodeAt(0) > 0x2e80 ? size : size * 0.58);
  let used = 0;
  for (const [index, character] of [...text].entries()) {
    used += wide(character);
    if (used > width) return `${[...text].slice(0, Math.max(1, index - 1)).join('')}…`;
  }
  return text;
}

type Palette = typeof LIGHT;

function text(x: number, y: number, words: string, fill: string, extra = ''): string {
  return `<text x="${x}" y="${y}" fill="${fill}" ${extra}>${xml(words)}</text>`;
}

function flag(x: number, y: number, p: Palette, solid: boolean): string {
  return `<path d="M ${x} ${y + 15} V ${y} h 12 l -3 4.5 l 3 4.5 h -12" fill="${solid ? p.flag : 'none'}" stroke="${p.flag}" stroke-width="1.6" stroke-linejoin="round"/>`;
}

function crown(x: number, y: number, p: Palette): string {
  return `<path d="M ${x} ${y + 13} l -1 -9 l 4.5 4 l 4 -6.5 l 4 6.5 l 4.5 -4 l -1 9 z" fill="${p.leader}"/>`;
}

function card(node: PlacedNode, area: PlacedArea, view: View, p: Palette): string {
  const data = cardOf(node, area, view);
  const { tone, key, values } = statusLine(data);
  const status = i18next.t(`status.${key}`, { ...values, ns: 'topology' });
  const dot = { good: p.good, warn: p.warn, bad: p.bad, muted: p.link, accent: p.accent }[tone];
  const { width, height } = node;
  if (data.compact)
    return `<rect width="${width}" height="${height}" rx="${height / 2}" fill="${p.panel}" stroke="${p.line}"/>
<circle cx="16" cy="${height / 2}" r="4.5" fill="${dot}"/>
${text(28, height / 2 + 4, fitted(data.name, width - 40, 12), p.text, 'font-size="12"')}`;
  const client = data.role === 'client';
  const mark = client
    ? `<circle cx="25" cy="28" r="14" fill="${p.line}"/><circle cx="25" cy="28" r="5.2" fill="none" stroke="${p.muted}" stroke-width="2"/>`
    : `<rect x="11" y="14" width="28" height="28" rx="7" fill="${p.soft}"/><path d="M18 23.5h14M18 28h14M18 32.5h14" stroke="${p.accent}" stroke-width="2" stroke-linecap="round"/>`;
  const leader = data.live?.leader === true;
  return `<rect width="${width}" height="${height}" rx="12" fill="${p.panel}" stroke="${leader ? p.accent : p.line}" stroke-width="1.5"/>
${mark}
${text(49, 27, fitted(data.name, width - 96, 13.5), p.text, 'font-size="13.5" font-weight="700"')}
${text(49, 43, fitted(data.address, width - 60, 11.5), p.muted, `font-size="11.5" font-family="${xml(MONO)}"`)}
${data.flag === null ? '' : flag(width - (leader ? 46 : 24), 9, p, data.flag === 'chosen')}
${leader ? crown(width - 24, 10, p) : ''}
<path d="M 11 ${height - 29} H ${width - 11}" stroke="${p.line}"/>
<circle cx="16" cy="${height - 14.5}" r="4.5" fill="${dot}"/>
${text(28, height - 10.5, fitted(status, width - 44, 12), p.muted, 'font-size="12"')}`;
}

function areaHead(area: PlacedArea, view: View, p: Palette): string {
  const { name, servers, clients } = areaDataOf(area, view);
  const t = (key: 'servers' | 'clients' | 'tolerates', count: number): string =>
    i18next.t(key, { count, ns: 'topology' });
  const words = [
    t('servers', servers),
    ...(clients > 0 ? [t('clients', clients)] : []),
    ...(servers > 0 && tolerance(servers) > 0 ? [t('tolerates', tolerance(servers))] : []),
  ].join(' · ');
  return `<rect width="${area.width}" height="${area.height}" rx="18" fill="${p.area}" stroke="${p.line}"/>
<text x="18" y="28" font-size="13.5" fill="${p.text}" font-weight="700">${xml(name)}<tspan dx="10" font-size="12" font-weight="400" fill="${p.muted}">${xml(words)}</tspan></text>`;
}

/** The picture of a document; with what is live where there is a snapshot. */
export function pictureOf(
  model: DocumentModel,
  layout: Layout,
  snapshot: LiveSnapshot | null,
  dark: boolean,
): string {
  const p = dark ? DARK : LIGHT;
  const areas = arrange(model.draft, layout);
  const view: View = {
    bootstrap: model.draft.bootstrap,
    hosts: model.draft.hosts,
    snapshot,
    doing: {},
    errors: {},
  };
  const boxes = new Map<string, Box>(
    areas.flatMap((area) =>
      area.nodes.map((node): [string, Box] => [
        node.id,
        { x: area.x + node.x, y: area.y + node.y, width: node.width, height: node.height },
      ]),
    ),
  );
  const links = linksOf(areas, view).map((link) => {
    const [a, b] = [boxes.get(link.source), boxes.get(link.target)];
    if (a === undefined || b === undefined) return '';
    const { path, label } = link.kind === 'wan' ? bow(a, b) : straight(a, b);
    const style =
      link.kind === 'wan'
        ? `stroke="${p.accent}" stroke-width="2.4" stroke-dasharray="8 5"`
        : link.kind === 'rpc'
          ? `stroke="${p.link}" stroke-width="1.8" stroke-dasharray="1.5 5" stroke-linecap="round"`
          : `stroke="${p.link}" stroke-width="1.6"`;
    const words = link.rtt === null ? (link.kind === 'wan' ? 'WAN' : '') : rttText(link.rtt);
    const tag =
      words === ''
        ? ''
        : `<rect x="${label.x - 28}" y="${label.y - 9}" width="56" height="18" rx="9" fill="${p.panel}" stroke="${p.line}"/>${text(label.x, label.y + 4, words, p.muted, 'font-size="11" text-anchor="middle"')}`;
    return `<path d="${path}" fill="none" ${style}/>${tag}`;
  });
  const left = Math.min(0, ...areas.map((area) => area.x));
  const top = Math.min(0, ...areas.map((area) => area.y));
  const right = Math.max(200, ...areas.map((area) => area.x + area.width));
  const bottom = Math.max(100, ...areas.map((area) => area.y + area.height));
  const size = { width: right - left + 2 * MARGIN, height: bottom - top + 2 * MARGIN };
  const at = (x: number, y: number, inner: string): string =>
    `<g transform="translate(${x} ${y})">${inner}</g>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${size.width}" height="${size.height}" viewBox="${left - MARGIN} ${top - MARGIN} ${size.width} ${size.height}" font-family="${xml(FONT)}">
<rect x="${left - MARGIN}" y="${top - MARGIN}" width="${size.width}" height="${size.height}" fill="${p.bg}"/>
${areas.map((area) => at(area.x, area.y, areaHead(area, view, p))).join('\n')}
${links.join('\n')}
${areas.flatMap((area) => area.nodes.map((node) => at(area.x + node.x, area.y + node.y, card(node, area, view, p)))).join('\n')}
</svg>
`;
}
