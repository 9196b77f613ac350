/** Where the window was, fitted to the displays that there are now. */
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../store/atomic.js';
import { readJson } from '../store/json-file.js';

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface WindowState {
  readonly bounds: Rectangle | null;
  readonly maximised: boolean;
}

export const SMALLEST = { width: 880, height: 580 };
const USUAL = { width: 1280, height: 800 };
/** Of the title bar: so much of it must be within reach. */
const GRIP = 80;

const rectangle = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });
const schema = z.object({ bounds: rectangle.nullable(), maximised: z.boolean() });

/** Bounds in which a window can be seen and moved: a display may be gone, or smaller than it was. */
export function fit(
  wanted: Rectangle | null,
  displays: readonly Rectangle[],
): Partial<Rectangle> & typeof USUAL {
  if (wanted === null) return USUAL;
  const home = displays.find(
    (d) =>
      wanted.x + wanted.width > d.x + GRIP &&
      wanted.x < d.x + d.width - GRIP &&
      wanted.y >= d.y - 1 &&
      wanted.y < d.y + d.height - GRIP,
  );
  if (home === undefined) return USUAL;
  const width = Math.max(SMALLEST.width, Math.min(wanted.width, home.width));
  const height = Math.max(SMALLEST.height, Math.min(wanted.height, home.height));
  return { x: wanted.x, y: wanted.y, width, height };
}

export class WindowStateStore {
  readonly #path: string;

  constructor(folder: string) {
    this.#path = join(folder, 'window.json');
  }

  read(): WindowState {
    return readJson(this.#path, schema, { bounds: null, maximised: false });
  }

  async write(state: WindowState): Promise<void> {
    await writeFileAtomic(this.#path, JSON.stringify(state), 0o600);
  }
}
