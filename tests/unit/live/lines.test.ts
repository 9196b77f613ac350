import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LogSplitter } from '../../../src/main/cluster/node-ops/lines.js';
import type { LogLine } from '../../../src/shared/ipc/types.js';

const AT = '2026-01-02T03:04:05.000000006Z';

function frame(stream: 1 | 2, text: string): Buffer {
  const payload = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(payload.length, 4);
  return Buffer.concat([header, payload]);
}

function split(chunks: readonly Buffer[], terminal = false): LogLine[] {
  const lines: LogLine[] = [];
  const splitter = new LogSplitter(terminal, (line) => lines.push(line));
  for (const chunk of chunks) splitter.take(chunk);
  splitter.end();
  return lines;
}

describe("Docker's log stream", () => {
  it('is told as lines with their time and stream', () => {
    expect(split([frame(1, `${AT} hello\n`), frame(2, `${AT} oh\n${AT} no`)])).toEqual([
      { stream: 'stdout', at: AT, text: 'hello' },
      { stream: 'stderr', at: AT, text: 'oh' },
      { stream: 'stderr', at: AT, text: 'no' },
    ]);
  });

  it('loses colours and control characters, but no tab', () => {
    expect(split([frame(1, `${AT} \u001b[31mred\u001b[0m\r\tx\u0007\n`)])[0]?.text).toBe('red\tx');
  });

  it('of a container with a terminal has no frames', () => {
    expect(split([Buffer.from(`${AT} a\r\n${AT} b\r\n`)], true).map((line) => line.text)).toEqual(['a', 'b']);
  });

  it('keeps lines without a time, and cuts endless ones', () => {
    expect(split([frame(1, 'plain\n')])).toEqual([{ stream: 'stdout', at: '', text: 'plain' }]);
    expect(split([frame(1, 'x'.repeat(100_000))])[0]?.text.length).toBe(16 * 1024);
  });

  it('is the same wherever it is cut', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'é', '世', '😀', ' ', '\t'), maxLength: 20 });
    const entry = fc.tuple(fc.constantFrom<1 | 2>(1, 2), text);
    fc.assert(
      fc.property(
        fc.array(entry, { maxLength: 10 }),
        fc.array(fc.nat(400), { maxLength: 8 }),
        (entries, cuts) => {
          const whole = Buffer.concat(entries.map(([stream, line]) => frame(stream, `${AT} ${line}\n`)));
          const places = [0, ...cuts.filter((cut) => cut < whole.length).sort((a, b) => a - b), whole.length];
          const pieces = places.slice(1).map((place, index) => whole.subarray(places[index], place));
          expect(split(pieces)).toEqual(
            entries.map(([stream, line]) => ({
              stream: stream === 1 ? 'stdout' : 'stderr',
              at: AT,
              text: line,
            })),
          );
        },
      ),
    );
  });
});
