/** A good document for the tests to spoil, and short views of what was found. */
import { parseDocument } from 'yaml';
import { type Finding, readTopology } from '../../../src/shared/topology/index.js';

export const GOOD = `raftyard: 1
id: 5b0d7a52-93f4-4e0b-8a7c-d1e2f3a4b5c6
name: good
image: hashicorp/consul:1.22
datacenters:
  - name: dc1
    nodes:
      - name: node1
        host: a
      - name: node2
        host: b
      - name: node3
        host: c
hosts:
  - name: a
    address: 192.0.2.1
  - name: b
    address: 192.0.2.2
  - name: c
    address: 192.0.2.3
`;

/** The good document with one value changed (removed where undefined). */
export function spoil(path: readonly (string | number)[], value: unknown): string {
  const document = parseDocument(GOOD);
  if (value === undefined) document.deleteIn(path);
  else document.setIn(path, document.createNode(value));
  return document.toString({ lineWidth: 0 });
}

export const codes = (text: string): string[] => readTopology(text).findings.map((f) => f.code);

/** The one finding of a code; fails where there are none or several. */
export function only(text: string, code: string): Finding {
  const found = readTopology(text).findings.filter((f) => f.code === code);
  const [first] = found;
  if (first === undefined || found.length !== 1) {
    throw new Error(`${found.length} × ${code} in ${JSON.stringify(codes(text))}`);
  }
  return first;
}

/** What stands in the text at a finding's place. */
export function textAt(text: string, finding: Finding, length: number): string {
  const line = text.split(/\r?\n/)[(finding.line ?? 0) - 1] ?? '';
  return line.slice((finding.column ?? 0) - 1, (finding.column ?? 0) - 1 + length);
}
