import { describe, expect, it } from 'vitest';
import {
  ENDINGS,
  findingWords,
  VARIANTS,
} from '../../../../src/renderer/features/topology/drawer/finding-words.js';
import { findings as en } from '../../../../src/renderer/i18n/en/findings.js';
import { findings as zh } from '../../../../src/renderer/i18n/zh/findings.js';
import { fromTemplate, readTopology, setField } from '../../../../src/shared/topology/index.js';

/** The texts of the domain's own source files. */
const files = import.meta.glob<string>('../../../../src/shared/topology/*.ts', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const source = Object.values(files).join('\n');

/** Every code that the domain's source names: the first word given to a report, a problem or a finding. zod's own is none. */
const codes = new Set(
  [
    ...source.matchAll(/(?:report\.add|report\.warn|problem|fail|warn|this\.report\.add)\(\s*'([a-z-]+)'/g),
    ...source.matchAll(/\bcode: '(?!custom)([a-z-]+)'/g),
    ...source.matchAll(/SECRET_VALUE = '([a-z-]+)'/g),
  ].flatMap((match) => match[1] ?? []),
);

const words = (code: string, message: string, path: readonly (string | number)[] = []) =>
  findingWords({ code, message, path }, en.finding);

describe('words of a finding', () => {
  it('are there for every code of the domain, in both languages', () => {
    expect(codes.size).toBeGreaterThan(55);
    expect([...codes].filter((code) => !Object.hasOwn(zh.finding, code))).toEqual([]);
    for (const kind of ['datacenter', 'node', 'host']) expect(zh.finding).toHaveProperty(`duplicate-${kind}`);
    expect(Object.keys(zh.finding)).toEqual(Object.keys(en.finding));
  });

  it('know the beginnings of messages that the domain still has', () => {
    for (const variants of [...Object.values(VARIANTS), ...Object.values(ENDINGS)])
      for (const [part] of variants) {
        const said = /^must be (?!written)/.test(part) ? part.replace(/^must be /, '') : part;
        expect(source, part).toContain(said);
      }
  });

  it('hold the names and numbers of the message', () => {
    expect(words('host-shared', '"docker01" runs "node1" already: two agents …').values).toMatchObject({
      v0: '“docker01”',
      v1: '“node1”',
    });
    expect(
      words('even-servers', '4 servers in "dc2" survive no more failures than 3; …').values,
    ).toMatchObject({ v0: '“dc2”', n0: '4', n1: '3' });
    expect(words('missing', 'name is missing', ['hosts', 0, 'name']).values.field).toBe('name');
    expect(words('bad-choice', 'must be open or disable or leave').values.choices).toBe(
      'open / disable / leave',
    );
    expect(words('owned-option', '-server is set by Raftyard').values.option).toBe('-server');
  });

  it('tell apart what one code stands for', () => {
    expect(words('yaml-syntax', 'wrong indentation').key).toBe('yaml-indent');
    expect(words('wrong-type', 'must be a list (lines that begin with -)').key).toBe('type-list');
    expect(words('out-of-range', 'must be at most 10')).toMatchObject({
      key: 'range-most',
      values: { n0: '10' },
    });
    expect(words('bad-advertise', '"::" means "any address" and cannot be advertised').key).toBe(
      'advertise-any',
    );
    expect(words('jump-cycle', '"a" cannot be reached through itself').key).toBe('jump-itself');
  });

  it('keep the suggestion apart from the sentence', () => {
    const { key, suggestion, values } = words(
      'unknown-key',
      'unknown key "adress" (did you mean "address"?)',
    );
    expect({ key, suggestion, v0: values.v0, v1: values.v1 }).toEqual({
      key: 'unknown-key',
      suggestion: 'address',
      v0: '“adress”',
      v1: '',
    });
  });

  it('fall back to the message for a code that nobody has translated', () => {
    expect(words('code-of-tomorrow', 'something new')).toMatchObject({
      key: 'unknown',
      values: { message: 'something new' },
    });
    expect(words('constructor', 'x').key).toBe('unknown');
  });

  it('leave no gap in Chinese for the findings of real documents', () => {
    const valid = fromTemplate('tutorial', { name: 'x', addresses: ['192.0.2.1', '192.0.2.1', 'h.example'] });
    const texts = [
      '',
      'a: [',
      valid,
      setField(valid, ['bootstrap'], 'robst'),
      setField(valid, ['raftMultiplier'], 20),
      setField(valid, ['hosts', 0, 'ssh', 'jump'], ['docker01', 'nowhere']),
      setField(valid, ['datacenters', 0, 'nodes', 1, 'role'], 'client'),
      setField(valid, ['workdir'], '/etc'),
    ];
    for (const finding of texts.flatMap((text) => readTopology(text).findings)) {
      const { key, values } = findingWords(finding, en.finding);
      const sentence = zh.finding[key].replace(
        /\{\{(\w+)\}\}/g,
        (_, name: keyof typeof values) => values[name],
      );
      expect(key, finding.code).not.toBe('unknown');
      expect(sentence, `${key}: ${finding.message}`).not.toMatch(/\{\{|“”|^\s|超过\s+个|\s{2}/);
    }
  });
});
