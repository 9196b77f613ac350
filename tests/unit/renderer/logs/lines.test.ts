import { describe, expect, it } from 'vitest';
import { appendLines, levelOf, MAX_LINES, matching } from '../../../../src/renderer/features/logs/lines.js';

const line = (text: string) => ({ stream: 'stdout' as const, at: '', text });

describe('log lines', () => {
  it('are numbered for good, and bounded', () => {
    const first = appendLines([], [line('a'), line('b')]);
    const more = appendLines(
      first,
      Array.from({ length: MAX_LINES }, (_, i) => line(String(i))),
    );
    expect(first.map((l) => l.number)).toEqual([1, 2]);
    expect(more).toHaveLength(MAX_LINES);
    expect(more[0]?.number).toBe(3);
    expect(more.at(-1)?.number).toBe(MAX_LINES + 2);
  });

  it('are found by all words in any case', () => {
    const lines = appendLines([], [line('agent: Synced node info'), line('raft: Election won')]);
    expect(matching(lines, 'ELECTION raft').map((l) => l.number)).toEqual([2]);
    expect(matching(lines, ' ')).toBe(lines);
    expect(matching(lines, 'raft synced')).toEqual([]);
  });

  it('have the level that Consul writes', () => {
    expect(levelOf('2026-11-23T10:00:00.000Z [WARN]  agent: x')).toBe('warn');
    expect(levelOf('    2015/06/01 10:00:00 [ERR] agent: failed')).toBe('error');
    expect(levelOf('2026-11-23T10:00:00Z [INFO] serf: EventMemberJoin')).toBe('info');
    expect(levelOf('==> Starting Consul agent...')).toBe('other');
    expect(levelOf('==> Error starting agent: bind')).toBe('error');
  });
});
