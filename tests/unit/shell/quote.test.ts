import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { commandLine, quote } from '../../../src/shared/shell/quote.js';
import { runs } from '../generated.js';

/** What a real shell makes of a command line that prints its arguments. */
function throughShell(args: readonly string[]): string[] {
  const output = execFileSync('/bin/sh', ['-c', commandLine(['printf', '%s\\0', ...args])], {
    encoding: 'utf8',
  });
  return output.split('\0').slice(0, -1);
}

describe('quote', () => {
  it('leaves what needs no quotes', () => {
    for (const plain of [
      '-server',
      '193.168.0.95',
      '/opt/consul',
      '--net=host',
      'hashicorp/consul:1.22',
      'a@b',
    ]) {
      expect(quote(plain)).toBe(plain);
    }
  });

  it('quotes what a shell would act on', () => {
    expect(quote('')).toBe("''");
    expect(quote("it's")).toBe(`'it'\\''s'`);
    expect(quote('~')).toBe("'~'");
    expect(quote('=ls')).toBe("'=ls'");
    expect(quote('$(id)')).toBe("'$(id)'");
    expect(quote('a\nb')).toBe("'a\nb'");
  });

  it('refuses what no argument can hold', () => {
    expect(() => quote('a\0b')).toThrow(TypeError);
  });

  it('carries any text through a real shell', () => {
    const nasty = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 40 }),
      fc.string({ unit: fc.constantFrom(...`'"\\$\`!*?[]{}()<>|&;#~= \t\n\r-a`), maxLength: 20 }),
    );
    const argument = nasty.map((text) => text.replaceAll('\0', '').replace(/\p{Cs}/gu, ''));
    fc.assert(
      fc.property(fc.array(argument, { minLength: 1, maxLength: 60 }), (args) => {
        expect(throughShell(args)).toEqual(args);
      }),
      { numRuns: runs(0.25) },
    );
  });
});

describe('commandLine', () => {
  it('keeps the first word a program', () => {
    expect(commandLine(['A=b', 'c=d'])).toBe("'A=b' c=d");
    expect(commandLine(['if', 'then'])).toBe("'if' then");
    expect(() => commandLine([])).toThrow(TypeError);
    expect(() => commandLine(['a=\0'])).toThrow(TypeError);
  });
});
