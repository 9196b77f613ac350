/** Text of a document as zod checks it: bounded, printable, and by a rule of its own. */
import { z } from 'zod';
import type * as rule from './fields.js';
import { hasControlCharacters } from './text.js';

/** Longest string of a document, unless said otherwise. */
export const MAX_STRING = 255;

export function text(check: rule.Rule, max = MAX_STRING) {
  return z.string().superRefine((value, context) => {
    const found: rule.Problem | undefined =
      value.length > max
        ? { code: 'too-long', message: `longer than ${max} characters` }
        : hasControlCharacters(value)
          ? {
              code: 'control-character',
              message: 'holds a line break, a control character or an invisible one',
            }
          : value === ''
            ? { code: 'empty', message: 'must not be empty' }
            : check(value);
    if (found !== undefined) {
      context.addIssue({ code: 'custom', message: found.message, params: { code: found.code } });
    }
  });
}
