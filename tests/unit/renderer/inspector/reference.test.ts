import { describe, expect, it } from 'vitest';
import {
  formatReference,
  parseReference,
} from '../../../../src/renderer/features/topology/inspector/reference.js';

describe('a reference to a secret', () => {
  it('is read and written as it was', () => {
    for (const written of ['prompt', 'env:SSH_PASSWORD', 'file:~/secrets/a b', 'env:', 'file:'])
      expect(formatReference(parseReference(written))).toBe(written);
    expect(parseReference('file:C:\\keys:x')).toEqual({ kind: 'file', target: 'C:\\keys:x' });
  });

  it('is nothing where nothing is written', () => {
    expect(parseReference(undefined)).toEqual({ kind: 'none', target: '' });
    expect(formatReference({ kind: 'none', target: 'left over' })).toBeUndefined();
  });

  it('does not carry a value that stands there by mistake', () => {
    for (const written of ['hunter2', 'Prompt', 'environment:X', 42, ['prompt']]) {
      expect(parseReference(written)).toEqual({ kind: 'unclear', target: '' });
    }
    expect(formatReference(parseReference('hunter2'))).toBeUndefined();
  });
});
