import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loginShellSafe } from '../../../src/main/host/ssh/shell.js';
import { commandLine } from '../../../src/shared/shell/quote.js';

function through(shell: string, args: readonly string[]): string[] {
  const command = loginShellSafe(commandLine(['printf', '%s\\0', ...args]));
  return execFileSync(shell, ['-c', command], { encoding: 'utf8' }).split('\0').slice(0, -1);
}

const argument = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 30 }),
    fc.string({ unit: fc.constantFrom(...`'"\\$\`!*?[]{}()<>|&;#~=% \t\n\r-a0é`), maxLength: 20 }),
  )
  .map((text) => text.replaceAll('\0', '').replace(/\p{Cs}/gu, ''));

describe.each(['/bin/sh', '/bin/bash', '/usr/bin/fish', '/usr/bin/tcsh'])(
  'a command for the login shell %s',
  (shell) => {
    it('carries any argument unchanged', () => {
      fc.assert(
        fc.property(fc.array(argument, { minLength: 1, maxLength: 20 }), (args) => {
          expect(through(shell, args)).toEqual(args);
        }),
        { numRuns: 40 },
      );
    });
  },
);
