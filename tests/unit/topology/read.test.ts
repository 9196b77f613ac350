import { describe, expect, it } from 'vitest';
import { readTopology } from '../../../src/shared/topology/index.js';
import { codes, GOOD, only, textAt } from './documents.js';

describe('places', () => {
  it('point at the value, the key, or the parent of what is missing', () => {
    const text = `raftyard: 1
id: nonsense
name: x
image: consul:1
databcenters: []
datacenters:
  - name: dc1
    nodes:
      - {name: node1, host: hostone, rôle: server}
      - host: hosttwo
hosts:
  - name: host-one
    address: 999.1.1.1
    ssh: {prot: 22, port: high}
`;
    const at = (code: string, n: number) => textAt(text, only(text, code), n);
    expect(only(text, 'bad-id')).toMatchObject({ line: 2, column: 5, path: ['id'] });
    expect(at('bad-id', 8)).toBe('nonsense');
    expect(only(text, 'bad-address')).toMatchObject({ line: 13, column: 14 });
    expect(only(text, 'wrong-type')).toMatchObject({ line: 14, column: 27 });
    expect(at('wrong-type', 4)).toBe('high');
    const unknown = readTopology(text).findings.filter((f) => f.code === 'unknown-key');
    expect(unknown.map((f) => textAt(text, f, 4))).toEqual(['data', 'rôle', 'prot']);
    expect(unknown.map((f) => /did you mean "(\w+)"/.exec(f.message)?.[1])).toEqual([
      'datacenters',
      'role',
      'port',
    ]);
    expect(only(text, 'missing')).toMatchObject({ line: 10, path: ['datacenters', 0, 'nodes', 1, 'name'] });
    // Everything in one pass, in the order of the text.
    const lines = readTopology(text).findings.map((f) => f.line ?? 0);
    expect(lines).toEqual([...lines].sort((a, b) => a - b));
    expect(new Set(codes(text)).size).toBeGreaterThanOrEqual(6);
  });

  it('are the same with Windows line ends and a byte order mark', () => {
    const text = GOOD.replace('192.0.2.3', '999.1.1.1');
    const { line, column } = only(text, 'bad-address');
    expect(only(`\ufeff${text.replace(/\n/g, '\r\n')}`, 'bad-address')).toMatchObject({ line, column });
    expect(codes(`\ufeff${GOOD.replace(/\n/g, '\r\n')}`)).toEqual([]);
  });
});

describe('keys', () => {
  it.each([
    ['raft_multiplier: 1', 'raftMultiplier'],
    ['Image: x', 'image'],
    ['agent-options: []', 'agentOptions'],
  ])('%s: suggests %s', (line, wanted) => {
    expect(only(`${GOOD}${line}\n`, 'unknown-key').message).toContain(`did you mean "${wanted}"`);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s is just unknown', (key) => {
    const finding = only(`${GOOD}${key}: {polluted: true}\n`, 'unknown-key');
    expect(finding.path).toEqual([key]);
    expect(finding.message).not.toContain('did you mean');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('given twice are found, at the second', () => {
    const text = GOOD.replace('name: good', 'name: good\nname: again');
    expect(only(text, 'duplicate-key')).toMatchObject({ line: 4, column: 1, path: ['name'] });
    expect(readTopology(text).topology).toBeUndefined();
  });

  it('must be words', () => {
    expect(codes(`${GOOD}? [a]\n: b\n`)).toEqual(['bad-key']);
    expect(codes(`${GOOD}~: b\n`)).toEqual(['bad-key']);
  });
});

describe('the version', () => {
  it('of the future is refused by one finding and nothing else', () => {
    const result = readTopology('raftyard: 2\nnonsense: true\nhosts: 5\n');
    expect(result.findings.map((f) => f.code)).toEqual(['future-version']);
    expect(result.findings[0]).toMatchObject({ line: 1, column: 11 });
    expect(result.topology).toBeUndefined();
  });

  it.each(['"1"', '0', '-1', '1.5x', 'true', '[1]'])('%s is none', (version) => {
    expect(codes(GOOD.replace('raftyard: 1', `raftyard: ${version}`))).toEqual(['bad-version']);
  });

  it('must be given', () => {
    expect(only(GOOD.replace('raftyard: 1\n', ''), 'missing').path).toEqual(['raftyard']);
  });
});

describe('YAML', () => {
  it.each([
    ['', 'not-a-topology'],
    ['# only a comment\n', 'not-a-topology'],
    ['- a\n', 'not-a-topology'],
    ['hello', 'not-a-topology'],
    ['a: [1', 'yaml-syntax'],
    ['a:\n\t- b', 'yaml-syntax'],
    [`${GOOD}---\n${GOOD}`, 'yaml-syntax'],
    [`${GOOD}agentOptions: &x []\napi: *x\n`, 'yaml-alias'],
    [`${GOOD}x: !!js/function 'x'\n`, 'yaml-tag'],
    [`${GOOD}<<: {api: exposed}\n`, 'unknown-key'],
    [`${GOOD}workdir: ${'['.repeat(20)}${']'.repeat(20)}\n`, 'too-deep'],
    ['['.repeat(100_000), 'too-deep'],
    ['- '.repeat(100_000), 'too-deep'],
    ['x'.repeat(600_000), 'too-large'],
  ])('%j gives %s', (text, code) => {
    const result = readTopology(text);
    expect(result.findings.map((f) => f.code)).toContain(code);
    expect(result.findings.every((f) => (f.line ?? 0) > 0 && (f.column ?? 0) > 0)).toBe(true);
    expect(result.topology).toBeUndefined();
  });

  it('aliases cannot multiply: the billion laughs stay small', () => {
    const laughs = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i},`.repeat(9)}]`);
    const result = readTopology(`l0: &l0 [ha]\n${laughs.join('\n')}\n`);
    expect(result.findings.length).toBeGreaterThan(80);
    expect(result.findings.length).toBeLessThan(120);
  });
});
