import { spawnSync } from 'node:child_process';
import { PassThrough } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newMark, Preface, skipPreface } from '../../../src/main/host/ssh/preface.js';
import { loginShellSafe } from '../../../src/main/host/ssh/shell.js';
import { commandLine } from '../../../src/shared/shell/quote.js';
import { runs } from '../generated.js';

function through(shell: string, args: readonly string[]): string[] {
  const mark = newMark();
  const command = loginShellSafe(commandLine(['printf', '%s\\0', ...args]), mark);
  const { stdout, stderr } = spawnSync(shell, ['-c', command]);
  expect(stderr.toString()).toBe(mark);
  const behind = new Preface(mark).pass(stdout).toString('utf8');
  return behind.split('\0').slice(0, -1);
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
        { numRuns: runs(0.2) },
      );
    });
  },
);

describe('what a login shell writes of its own', () => {
  const mark = newMark();
  const bytes = (text: string): Buffer => Buffer.from(text, 'utf8');

  it('is dropped, wherever the output is cut into pieces', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'binary', maxLength: 20 }),
        fc.string({ unit: 'binary', maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 20 }),
        (junk, output, cuts) => {
          const all = bytes(`${junk}${mark}${output}`);
          const preface = new Preface(mark);
          const passed: Buffer[] = [];
          let at = 0;
          for (const cut of [...cuts, all.length]) {
            passed.push(preface.pass(all.subarray(at, at + cut)));
            at += cut;
          }
          expect(Buffer.concat(passed)).toEqual(bytes(output));
          expect(preface.rest()).toHaveLength(0);
        },
      ),
    );
  });

  it('is what is left where the command never ran: it says why', () => {
    const preface = new Preface(mark);
    expect(preface.pass(bytes('This account is not available.'))).toHaveLength(0);
    expect(preface.rest().toString()).toBe('This account is not available.');
  });

  it('is not held back without end', () => {
    const preface = new Preface(mark);
    const flood = Buffer.alloc(2 * 1024 * 1024, 'x');
    expect(preface.pass(flood)).toHaveLength(flood.length);
  });

  it('leaves a stream at the first byte of the command', async () => {
    const stream = new PassThrough();
    const skipped = skipPreface(stream, mark);
    stream.write(`greeting ${mark.slice(0, 5)}`);
    stream.write(`${mark.slice(5)}`);
    // The first piece ended in the beginning of the mark, not of another word.
    stream.write('HTTP/1.1 200');
    await skipped;
    stream.end();
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    expect(Buffer.concat(chunks).toString()).toBe('HTTP/1.1 200');
  });
});
