import { describe, expect, it } from 'vitest';
import { beginningAt } from '../../../../src/renderer/features/topology/fit.js';

const pane = { width: 700, height: 440 };
const padding = { top: 20, right: 20, bottom: 20, left: 60 };
const wide = { x: 0, y: 0, width: 1200, height: 700 };

describe('what has no room at a zoom that can be read', () => {
  it('begins where its area does', () => {
    expect(beginningAt(wide, [wide], pane, padding, 0.5)).toEqual({ x: 60 + 10, y: 20 + 25, zoom: 0.5 });
    expect(beginningAt(wide, [wide], pane, padding, 1)).toEqual({ x: 60, y: 20, zoom: 1 });
  });

  it('leaves no room empty at the end while there is more to see', () => {
    const small = { x: 1272, y: 0, width: 248, height: 152 };
    const { x, y } = beginningAt(small, [wide, small], pane, padding, 1);
    expect({ x, y }).toEqual({ x: 60 + 620 - 1520, y: 20 });
  });
});
