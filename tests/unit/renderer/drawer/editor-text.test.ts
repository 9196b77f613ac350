import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  changeBetween,
  fromEditor,
  hasCrlf,
  markAt,
  toEditor,
} from '../../../../src/renderer/features/topology/drawer/editor-text.js';

describe('the text in the editor', () => {
  it('becomes any other text by one replacement', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (before, after) => {
        const change = changeBetween(before, after);
        if (change === null) return before === after;
        const made = before.slice(0, change.from) + change.insert + before.slice(change.to);
        return made === after && change.from <= change.to && change.to <= before.length;
      }),
    );
  });

  it('changes only where the texts differ, so that a cursor elsewhere stays', () => {
    expect(changeBetween('name: a\nport: 22\n', 'name: b\nport: 22\n')).toEqual({
      from: 6,
      to: 7,
      insert: 'b',
    });
    expect(changeBetween('aa', 'aaa')).toEqual({ from: 2, to: 2, insert: 'a' });
    expect(changeBetween('same', 'same')).toBeNull();
  });

  it('keeps the line ends of the file', () => {
    const text = 'a: 1\r\nb: 2\r\n';
    expect(hasCrlf(text)).toBe(true);
    expect(fromEditor(toEditor(text), hasCrlf(text))).toBe(text);
    expect(fromEditor('a\nb', false)).toBe('a\nb');
  });
});

describe('the mark of a finding', () => {
  const text = 'name: "x y"  # c\nhosts: [a, b]\n  address: 10.0.0.1 # here\nbad\n\n';
  const marked = (line: number, column: number): string => {
    const { from, to } = markAt(text, line, column);
    return text.slice(from, to);
  };

  it('covers the value, not the comment', () => {
    expect(marked(1, 7)).toBe('"x y"');
    expect(marked(3, 12)).toBe('10.0.0.1');
  });

  it('covers a key alone', () => {
    expect(marked(1, 1)).toBe('name');
    expect(marked(2, 1)).toBe('hosts');
    expect(marked(4, 1)).toBe('bad');
  });

  it('covers at least one character where there is one, and never more than the text', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }),
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 30 }),
        (any, line, column) => {
          const { from, to } = markAt(any, line, column);
          return from >= 0 && to <= any.length && from < to;
        },
      ),
    );
  });
});
