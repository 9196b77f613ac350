import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clean, cleaned, toJson } from '../../../src/main/cli/print/clean.js';
import { planLines } from '../../../src/main/cli/print/plan.js';
import { ApplyProgress } from '../../../src/main/cli/print/progress.js';
import { Screen } from '../../../src/main/cli/print/screen.js';
import { type Colour, cut, duration, pad, plain, table, width } from '../../../src/main/cli/print/style.js';
import { typed } from '../../../src/main/cli/terminal.js';
import type { Facts } from '../../../src/shared/plan/facts.js';
import { planApply } from '../../../src/shared/plan/index.js';
import { bareFacts, threeServers } from '../plan/fixture.js';

describe('clean', () => {
  it.each([
    ['\x1b[31mred\x1b[0m', 'red'],
    ['\x1b]0;title\x07text', 'text'],
    ['\x1b]8;;http://x\x1b\\link', 'link'],
    ['a\rb', 'ab'],
    ['a\r\nb\tc', 'a\nb\tc'],
    ['\x9b31m', '31m'],
    ['a\u202eb', 'ab'],
    ['集群', '集群'],
  ])('%j becomes %j', (text, expected) => {
    expect(clean(text)).toBe(expected);
  });

  it('leaves nothing that steers a terminal, whatever comes', () => {
    const hostile = fc.string({
      unit: fc.constantFrom('\x1b', '[', ']', '\x07', '\\', 'm', '2', 'J', '\x9b', '\n', 'é', '\u202e'),
    });
    fc.assert(
      fc.property(hostile, (text) => {
        expect(clean(text)).not.toMatch(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]/);
        expect(toJson({ [text]: text })).not.toMatch(/[\x00-\x1f\x7f-\x9f\u202a-\u202e]/);
        expect(JSON.parse(toJson({ text }))).toEqual({ text });
      }),
    );
  });

  it('reaches every string of a value', () => {
    const value = { 'k\x1b[2J': ['\x07', { deep: 'x\x1b' }], number: 1, none: null };
    expect(cleaned(value)).toEqual({ k: ['', { deep: 'x' }], number: 1, none: null });
  });
});

describe('columns', () => {
  it('counts wide characters as two and marks as none', () => {
    expect([width('abc'), width('集群'), width('e\u0301')]).toEqual([3, 4, 1]);
    expect(pad('集', 4)).toBe('集  ');
    expect(
      table([
        ['集群', 'x'],
        ['a', 'y'],
      ]),
    ).toEqual(['集群  x', 'a     y']);
  });

  it('cuts to what fits', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', '集', 'é') }),
        fc.integer({ min: 1, max: 30 }),
        (text, columns) => {
          expect(width(cut(text, columns))).toBeLessThanOrEqual(columns);
          if (width(text) <= columns) expect(cut(text, columns)).toBe(text);
        },
      ),
    );
  });

  it('writes durations as people do', () => {
    expect([12, 2400, 192_000].map(duration)).toEqual(['12 ms', '2.4 s', '3 min 12 s']);
  });
});

describe('a plan', () => {
  it('says which steps are done as root', () => {
    const topology = threeServers();
    const plan = planApply(topology, bareFacts(topology));
    const style = (_colour: Colour, text: string): string => text;
    const shown = planLines(plan, style, { verbose: false, columns: Number.POSITIVE_INFINITY });
    const titles = shown.filter((line) => /^ +\d+\. /.test(line));
    expect(titles).toHaveLength(plan.steps.length);
    const asRoot = titles.filter((line) => line.endsWith('  as root')).length;
    expect(asRoot).toBe(plan.steps.filter((step) => step.needsRoot).length);
    expect(asRoot).toBeGreaterThan(0);
    expect(asRoot).toBeLessThan(titles.length);
  });
});

describe('the last line of a plan', () => {
  const lastLine = (change: (facts: ReturnType<typeof bareFacts>) => Facts) => {
    const topology = threeServers();
    return planLines(planApply(topology, change(bareFacts(topology))), plain, {
      verbose: false,
      columns: 80,
    }).at(-1);
  };

  it('says how much changes', () => {
    expect(lastLine((facts) => facts)).toMatch(/^\d+ changes on 3 hosts\.$/);
  });

  it('never says that all is well where something stands in the way, or nothing was seen', () => {
    const blocked = lastLine((facts) =>
      Object.fromEntries(Object.entries(facts).map(([name, { docker: _docker, ...host }]) => [name, host])),
    );
    expect(blocked).toBe('This plan cannot be applied: 3 issues above stand in the way.');
    const error = { code: 'connection-lost', message: 'away', retryable: true } as const;
    const away = lastLine((facts) =>
      Object.fromEntries(
        Object.keys(facts).map((host) => [host, { host, reachable: false as const, error }]),
      ),
    );
    expect(away).toBe('0 changes; hosts that cannot be reached were not looked at.');
  });
});

describe('progress on a terminal', () => {
  const topology = threeServers();
  const plan = planApply(topology, bareFacts(topology));
  const step = plan.steps[0];
  if (step === undefined) throw new Error('the plan has steps');
  const event = { type: 'step', step: step.id, host: step.host, title: step.title } as const;

  it('keeps a lane for every host, no wider than the terminal, and takes the lanes away at the end', () => {
    const written: string[] = [];
    const screen = new Screen({ write: (text) => void written.push(text), isTTY: true, columns: 80 }, true);
    let now = 0;
    const progress = new ApplyProgress(screen, plain, plan, false, () => (now += 1000));
    progress.on({ ...event, state: 'running', progress: 0.5, message: `loading ${'x'.repeat(200)}` });
    const lanes = written.at(-1)?.trimEnd().split('\n') ?? [];
    expect(lanes).toHaveLength(3);
    expect(lanes[0]).toContain('50 %');
    for (const lane of lanes) expect(width(lane)).toBeLessThan(80);
    progress.on({ ...event, state: 'done', ms: 40 });
    expect(written.join('')).toContain(`done      docker01  ${step.title}  40 ms\n`);
    progress.end();
    expect(written.at(-1)).toBe('\x1b[3A\r\x1b[0J');
  });

  it('writes only plain lines where there is none, and reminds of what takes long', () => {
    const written: string[] = [];
    const screen = new Screen({ write: (text) => void written.push(text), isTTY: false, columns: 80 }, false);
    let now = 0;
    const progress = new ApplyProgress(screen, plain, plan, false, () => now);
    progress.on({ ...event, state: 'running' });
    expect(written).toEqual([]);
    now = 11_000;
    progress.on({ ...event, state: 'running', progress: 0.25, message: '12 of 48 MB' });
    now = 12_000;
    progress.on({ ...event, state: 'running', progress: 0.3 });
    progress.end();
    expect(written).toEqual([`running   docker01  ${step.title} 25 %: 12 of 48 MB\n`]);
  });

  it('gives way to a question and comes back after it', async () => {
    const written: string[] = [];
    const screen = new Screen({ write: (text) => void written.push(text), isTTY: true, columns: 60 }, true);
    screen.setLive(['lane']);
    await screen.aside(async () => {
      screen.setLive(['newer lane']);
      expect(written.at(-1)).not.toContain('newer');
    });
    expect(written.at(-1)).toBe('newer lane\n');
  });
});

describe('typing without echo', () => {
  it.each([
    ['', 'abc\r', { line: 'abc', end: 'enter' }],
    ['ab', '\x7fc\n', { line: 'ac', end: 'enter' }],
    ['ab', '\x15x', { line: 'x' }],
    ['ab', '\x03', { line: 'ab', end: 'cancel' }],
    ['', '\x04', { line: '', end: 'eof' }],
  ])('%j then %j', (line, input, expected) => {
    expect(typed(line, input)).toEqual(expected);
  });
});
