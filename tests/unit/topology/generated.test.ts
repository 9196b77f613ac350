import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import {
  allNodes,
  hostOf,
  MAX_FINDINGS,
  newTopology,
  readTopology,
  serialiseTopology,
  TopologyDocument,
} from '../../../src/shared/topology/index.js';
import { runs } from '../generated.js';
import { arbitraryTopology } from './arbitrary.js';
import { GOOD } from './documents.js';

const bounded = (text: string) => {
  const result = readTopology(text);
  expect(result.findings.length).toBeLessThanOrEqual(MAX_FINDINGS + 1);
  for (const finding of result.findings) {
    expect(finding.message.length).toBeLessThan(400);
    // Nothing that moves a terminal's cursor or hides text.
    expect(`${finding.message}${finding.path.join('')}`).not.toMatch(
      /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/,
    );
    expect(finding.line).toBeGreaterThan(0);
    expect(finding.column).toBeGreaterThan(0);
  }
  const failed = result.findings.some((f) => f.severity === 'error');
  expect(result.topology === undefined).toBe(failed);
  return result;
};

describe('generated topologies', () => {
  it('are the same after writing and reading', () => {
    fc.assert(
      fc.property(arbitraryTopology(), (topology) => {
        const result = bounded(serialiseTopology(topology));
        expect(result.findings.filter((f) => f.severity === 'error')).toEqual([]);
        expect(result.topology).toEqual(topology);
      }),
    );
  });

  it('are found node by node', () => {
    fc.assert(
      fc.property(arbitraryTopology(), (topology) => {
        const nodes = allNodes(topology);
        expect(nodes.map((n) => n.node)).toEqual(topology.datacenters.flatMap((d) => d.nodes));
        for (const { node, host, datacenter } of nodes) {
          expect(host).toBe(hostOf(topology, node.host));
          expect(datacenter.nodes).toContain(node);
        }
      }),
    );
  });
});

const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    '$(touch /tmp/x)',
    '`id`',
    "'; rm -rf /; '",
    '"',
    '\n',
    '\r\n- x',
    '\u0000',
    '\u001b[2J',
    '-rf',
    '--',
    '../../etc',
    '\u202eabc',
    '__proto__',
    'x'.repeat(100_000),
    '\ud800',
    '🦀',
    'ａ',
    '%s%n',
    '{{7*7}}',
    '*a',
    '&a',
    '!!js',
    '@',
    '~',
  ),
);

describe('hostile values', () => {
  const paths: (string | number)[][] = [];
  const full = readTopology(
    serialiseTopology({
      ...newTopology({ name: 'x', hosts: [{ name: 'a', address: 'a.example', advertise: '192.0.2.1' }] }),
    }),
  ).topology;
  const walk = (value: unknown, path: (string | number)[]) => {
    if (Array.isArray(value)) for (const [i, v] of value.entries()) walk(v, [...path, i]);
    else if (typeof value === 'object' && value !== null)
      for (const [k, v] of Object.entries(value)) walk(v, [...path, k]);
    if (path.length > 0 && path[0] !== 'version') paths.push(path);
  };
  walk(full, []);
  for (const key of ['identity', 'password', 'passphrase', 'sudoPassword'])
    paths.push(['hosts', 0, 'ssh', key]);

  it('in any field are refused or carried as they are; never an exception', () => {
    expect(paths.length).toBeGreaterThan(25);
    let carried = 0;
    fc.assert(
      fc.property(fc.constantFrom(...paths), hostile, (path, value) => {
        const document = TopologyDocument.open(GOOD);
        try {
          document.set(path, value);
        } catch {
          // No such place in this document: written as a list further up.
          document.set(path.slice(0, 1), [value]);
        }
        const { topology } = bounded(document.toString());
        if (topology !== undefined) {
          carried++;
          expect(JSON.stringify(topology)).toContain(JSON.stringify(value).slice(1, -1));
          expect(value).not.toMatch(/[\u0000-\u001f]|^-/);
        }
      }),
      { numRuns: runs(5) },
    );
    expect(carried).toBeGreaterThan(0);
  });

  it('as keys, everywhere', () => {
    fc.assert(
      fc.property(
        // A plain word may be a key of the format, as “name” is.
        hostile.filter((key) => !/^[a-z]{1,20}$/i.test(key)),
        fc.constantFrom([], ['hosts', 0], ['datacenters', 0], ['hosts', 0, 'ssh']),
        (key, at) => {
          const document = TopologyDocument.open(GOOD);
          document.set([...at, key === '' ? ' ' : key], 'x');
          expect(bounded(document.toString()).topology).toBeUndefined();
        },
      ),
      { numRuns: runs(2) },
    );
  });
});

describe('junk', () => {
  it('text never throws', () => {
    const bits = fc.constantFrom(
      'raftyard: 1\n',
      'hosts:\n',
      '- ',
      '  ',
      '\n',
      ': ',
      '[',
      ']',
      '{',
      '}',
      '"',
      "'",
      '#',
      '&a',
      '*a',
      '!t ',
      '|',
      '>',
      '? ',
      'a',
      '\t',
      '---\n',
      '...\n',
      '%YAML 1.1\n',
      '\u0000',
      '\r',
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 300 }),
          fc.array(bits, { maxLength: 60 }).map((b) => b.join('')),
        ),
        (text) => {
          bounded(text);
        },
      ),
      { numRuns: runs(8) },
    );
  });

  it('objects of the right outline never throw', () => {
    const any = fc.anything({ maxDepth: 3, withNullPrototype: false });
    const entry = fc.dictionary(
      fc.constantFrom(
        'name',
        'host',
        'role',
        'bootstrap',
        'container',
        'agentOptions',
        'address',
        'ssh',
        'nodes',
        'advertise',
        'zzz',
      ),
      any,
    );
    const outline = fc.record(
      {
        id: any,
        name: any,
        image: any,
        api: any,
        workdir: any,
        agentOptions: any,
        datacenters: fc.oneof(
          any,
          fc.array(fc.record({ name: any, nodes: fc.oneof(any, fc.array(entry, { maxLength: 6 })) })),
        ),
        hosts: fc.oneof(any, fc.array(entry, { maxLength: 6 })),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(outline, (value) => {
        // undefined, symbols and the like have no YAML; JSON is YAML.
        bounded(
          stringify(
            JSON.parse(
              JSON.stringify({ raftyard: 1, ...value }, (_, v) => (typeof v === 'bigint' ? String(v) : v)),
            ),
          ),
        );
      }),
    );
  });

  it('ends in time: 64 KiB of the worst', () => {
    for (const unit of [
      '[],',
      '"',
      '&a ',
      '! ',
      '%\n',
      '-\n',
      'a: b: ',
      '*a\n',
      ']',
      '{a: 1},',
      '? \n',
      'k:\n',
    ]) {
      const started = performance.now();
      const text = unit.repeat(65_536 / unit.length);
      bounded(text);
      bounded(`[${text}`);
      expect(performance.now() - started, JSON.stringify(unit)).toBeLessThan(10_000);
    }
  });

  it('with a thousand faults names two hundred and counts the rest', () => {
    const hosts = Array.from(
      { length: 1000 },
      (_, i) => `  - {name: h${i}, address: '', ssh: {jump: [hxst${i}]}}`,
    );
    const { findings } = bounded(`raftyard: 1\nhosts:\n${hosts.join('\n')}\n`);
    expect(findings).toHaveLength(MAX_FINDINGS + 1);
    expect(findings.at(-1)).toMatchObject({ code: 'too-many-findings', severity: 'error' });
  });
});
