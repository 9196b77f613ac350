import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument as parse } from 'yaml';
import { RaftyardError } from '../../../src/shared/errors.js';
import { readTopology, TopologyDocument, withNewId } from '../../../src/shared/topology/index.js';
import { GOOD } from './documents.js';

const EXAMPLE = readFileSync('assets/examples/docker-consul-cluster.raftyard', 'utf8');
const comments = (text: string) => text.match(/#.*$/gm) ?? [];

describe('a document that is edited', () => {
  it('is the same text when nothing was done', () => {
    expect(TopologyDocument.open(EXAMPLE).toString()).toBe(EXAMPLE);
    expect(TopologyDocument.open('nonsense: [').toString()).toBe('nonsense: [');
  });

  it('changes only the value when a value is set', () => {
    const document = TopologyDocument.open(EXAMPLE);
    document.set(['image'], 'hashicorp/consul:1.22');
    document.set(['hosts', 1, 'address'], '192.0.2.7');
    document.set(['datacenters', 0, 'nodes', 0, 'name'], 'first');
    expect(document.toString()).toBe(
      EXAMPLE.replace('image: progrium/consul', 'image: hashicorp/consul:1.22')
        .replace('193.168.0.96', '192.0.2.7')
        .replace('name: node1 #', 'name: first #'),
    );
    expect(document.read().topology?.image).toBe('hashicorp/consul:1.22');
  });

  it('keeps the kind of quotes', () => {
    const document = TopologyDocument.open(`name: 'a' # one\nid: "b" # two\n`);
    document.set(['name'], "it's");
    document.set(['id'], 'x: "y" #z');
    expect(document.toString()).toBe(`name: 'it''s' # one\nid: "x: \\"y\\" #z" # two\n`);
  });

  it('keeps every comment when mappings and lists change', () => {
    const document = TopologyDocument.open(EXAMPLE);
    document.set(['raftMultiplier'], 2);
    document.set(['hosts', 2, 'ssh', 'jump'], ['docker01']);
    document.insert(['hosts'], 3, { name: 'docker04', address: '193.168.0.98' });
    document.insert(['datacenters', 0, 'nodes'], 99, { name: 'node4', host: 'docker04', role: 'client' });
    document.insert(['agentOptions'], 0, '-rejoin');
    expect(comments(document.toString())).toEqual(comments(EXAMPLE));
    const { topology } = document.read();
    expect(topology?.hosts.map((h) => h.name)).toEqual(['docker01', 'docker02', 'docker03', 'docker04']);
    expect(topology?.datacenters[0]?.nodes[3]?.role).toBe('client');
    expect(topology?.agentOptions).toEqual(['-rejoin']);
    expect(topology?.hosts[2]?.ssh.jump).toEqual(['docker01']);
  });

  it('a comment stays with its entry when one is put before it or removed behind it', () => {
    const document = TopologyDocument.open(
      'hosts:\n  # the first\n  - name: a # a\n  # the second\n  - name: b # b\n',
    );
    document.insert(['hosts'], 0, { name: 'z' });
    expect(document.toString()).toBe(
      'hosts:\n  - name: z\n  # the first\n  - name: a # a\n  # the second\n  - name: b # b\n',
    );
    expect(document.delete(['hosts', 2])).toBe(true);
    expect(document.toString()).toBe('hosts:\n  - name: z\n  # the first\n  - name: a # a\n');
    expect(document.delete(['hosts', 7])).toBe(false);
  });

  it('keeps Windows line ends', () => {
    const document = TopologyDocument.open('a: 1 # x\r\nb: 2\r\n');
    document.set(['c'], 3);
    document.set(['a'], 5);
    expect(document.toString()).toBe('a: 5 # x\r\nb: 2\r\nc: 3\r\n');
  });

  it('that is broken or has no such place is refused, and stays', () => {
    const broken = TopologyDocument.open('a: [1');
    expect(() => broken.set(['a'], 1)).toThrow(RaftyardError);
    const document = TopologyDocument.open('a: 1\n');
    expect(() => document.set(['a', 'b'], 1)).toThrow(/cannot be edited/);
    expect(() => document.set([], 1)).toThrow(/whole document/);
    expect(() => document.insert(['a'], 0, 1)).toThrow(/no list/);
    expect(document.toString()).toBe('a: 1\n');
    expect(() => TopologyDocument.open('['.repeat(50_000)).delete(['a'])).toThrow(/too deeply/);
  });

  it('holds exactly the string that was set, whatever it is, and nothing else', () => {
    const values = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.constantFrom('true', '1', '~', '# x', 'a: b', '- x', "'", '"', '\n', '|', '>'),
    );
    const at = fc.constantFrom(['name'], ['hosts', 0, 'name'], ['hosts', 0, 'flow'], ['hosts', 0, 'new']);
    fc.assert(
      fc.property(values, at, fc.constantFrom('x', "'x'", '"x"'), (value, path, old) => {
        const document = TopologyDocument.open(
          `name: ${old} # 1\nhosts:\n  - {flow: ${old}, name: ${old}} # 2\nend: 1 # 3\n`,
        );
        document.set(path, value);
        const again = TopologyDocument.open(document.toString());
        again.set(['end'], 2);
        expect(comments(again.toString()).slice(-1)).toEqual(['# 3']);
        document.set([...path.slice(0, -1), 'probe'], 1);
        expect(scalarAt(document.toString(), path)).toBe(value);
      }),
    );
  });
});

function scalarAt(text: string, path: readonly (string | number)[]): unknown {
  return parse(text).getIn(path);
}

describe('a new id', () => {
  it('is all that changes', () => {
    const copy = withNewId(EXAMPLE);
    const id = readTopology(copy).topology?.id ?? '';
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect(id).not.toBe(readTopology(EXAMPLE).topology?.id);
    expect(copy.replace(id, '1c6ea0ff-2c6f-4b39-9d0f-6a5a3f2f7e10')).toBe(EXAMPLE);
    expect(withNewId(EXAMPLE)).not.toBe(copy);
  });

  it('is added where there was none, and not to what is no document', () => {
    expect(readTopology(withNewId(GOOD.replace(/^id:.*\n/m, ''))).topology).toBeDefined();
    expect(() => withNewId('- a')).toThrow(/not a mapping/);
    expect(() => withNewId('a: [')).toThrow(RaftyardError);
  });
});
