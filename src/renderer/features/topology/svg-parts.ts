/** Pieces of the picture as SVG: colours, text that is safe and fits, marks. Pure. */
import { halves } from './halves.js';

/** The product's colours (ui/tokens.css): a picture that stands alone has no style sheet to take them from. */
export const LIGHT = {
  bg: '#f4f6f7',
  panel: '#ffffff',
  line: '#dde4e8',
  text: '#14212b',
  muted: '#55656f',
  accent: '#0f766e',
  'accent-soft': '#e0eeec',
  area: '#eaf1f1',
  flag: '#c2410c',
  leader: '#b45309',
  good: '#047857',
  warn: '#b45309',
  bad: '#b91c1c',
  link: '#7b8b96',
};
export type Colours = typeof LIGHT;
export const DARK: Colours = {
  bg: '#0e1418',
  panel: '#141c21',
  line: '#26323a',
  text: '#e6edf1',
  muted: '#93a5b0',
  accent: '#2dd4bf',
  'accent-soft': '#123a38',
  area: '#121b20',
  flag: '#fb923c',
  leader: '#fbbf24',
  good: '#34d399',
  warn: '#fbbf24',
  bad: '#f87171',
  link: '#5a6b76',
};

export const FONT =
  "Inter, 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', system-ui, 'Segoe UI', Roboto, sans-serif";
const MONO = "'JetBrains Mono', Menlo, Consolas, monospace";

/** Text as it may stand in XML, without the characters that XML does not know. */
export function xml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** Chinese characters are as wide as high, others about 0.6 of it. */
const widthOf = (character: string, size: number): number =>
  (character.codePointAt(0) ?? 0) > 0x2e80 ? size : size * 0.6;

/** About how wide a text is drawn, in pixels. */
export const textWidth = (text: string, size: number): number =>
  [...text].reduce((sum, character) => sum + widthOf(character, size), 0);

/** Cut to about a width in pixels: an SVG has no ellipsis of its own. */
export function fitted(text: string, width: number, size: number): string {
  if (textWidth(text, size) <= width) return text;
  let used = size;
  let kept = '';
  for (const character of text) {
    used += widthOf(character, size);
    if (used > width) break;
    kept += character;
  }
  return `${kept}…`;
}

/** The same for a name: what has no room is left out in its middle. */
export function fittedName(name: string, width: number, size: number): string {
  if (textWidth(name, size) <= width) return name;
  const { head, tail } = halves(name);
  return fitted(head, width - textWidth(tail, size), size) + tail;
}

interface TextOptions {
  readonly size: number;
  readonly fill: string;
  readonly weight?: number;
  readonly mono?: boolean;
  readonly middle?: boolean;
  /** Pixels that it may take. */
  readonly width?: number;
  /** Cut in the middle where it has no room, rather than at its end. */
  readonly name?: boolean;
}

export function text(x: number, y: number, words: string, options: TextOptions): string {
  const { size, fill, weight = 400, mono = false, middle = false, width, name = false } = options;
  const shown = width === undefined ? words : (name ? fittedName : fitted)(words, width, size);
  return `<text x="${x}" y="${y}" font-size="${size}" font-weight="${weight}" fill="${fill}"${
    mono ? ` font-family="${xml(MONO)}"` : ''
  }${middle ? ' text-anchor="middle"' : ''}>${xml(shown)}</text>`;
}

export const group = (x: number, y: number, inner: string): string =>
  `<g transform="translate(${x} ${y})">${inner}</g>`;

export function flag(x: number, y: number, c: Colours, solid: boolean): string {
  return `<path d="M ${x} ${y + 15} V ${y} h 12 l -3 4.5 l 3 4.5 h -12" fill="${solid ? c.flag : 'none'}" stroke="${c.flag}" stroke-width="1.6" stroke-linejoin="round"/>`;
}

export function crown(x: number, y: number, c: Colours): string {
  return `<path d="M ${x} ${y + 13} l -1 -9 l 4.5 4 l 4 -6.5 l 4 6.5 l 4.5 -4 l -1 9 z" fill="${c.leader}"/>`;
}

export function roleMark(x: number, y: number, c: Colours, client: boolean): string {
  return group(
    x,
    y,
    client
      ? `<circle cx="14" cy="14" r="14" fill="${c.line}"/><circle cx="14" cy="14" r="5.2" fill="none" stroke="${c.muted}" stroke-width="2"/>`
      : `<rect width="28" height="28" rx="7" fill="${c['accent-soft']}"/><path d="M7 9.5h14M7 14h14M7 18.5h14" stroke="${c.accent}" stroke-width="2" stroke-linecap="round"/>`,
  );
}

/** A label in the middle of a line. */
export function tag(x: number, y: number, words: string, c: Colours, strong: boolean): string {
  const width = textWidth(words, 11) + 18;
  return `<rect x="${x - width / 2}" y="${y - 9}" width="${width}" height="18" rx="9" fill="${c.panel}" stroke="${strong ? c.accent : c.line}"/>${text(x, y + 4, words, { size: 11, fill: strong ? c.accent : c.muted, middle: true })}`;
}
