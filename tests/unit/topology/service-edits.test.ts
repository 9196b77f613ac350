import { describe, expect, it } from 'vitest';
import {
  addCheck,
  addService,
  CHECK_KINDS,
  readModel,
  readTopology,
  removeCheck,
  removeService,
  setCheckKind,
  setField,
} from '../../../src/shared/topology/index.js';

const TEXT = `raftyard: 1
id: 5b0d7a52-93f4-4e0b-8a7c-d1e2f3a4b5c6
name: one
image: hashicorp/consul:1.22
datacenters:
  - name: dc1
    nodes:
      # the only one
      - { name: node1, host: docker01, role: server, bootstrap: true }
hosts:
  - { name: docker01, address: 192.0.2.11 }
`;
const REF = { datacenter: 0, node: 0 };
const SERVICE = ['datacenters', 0, 'nodes', 0, 'services', 0];
const services = (text: string) => readTopology(text).topology?.datacenters[0]?.nodes[0]?.services;

describe('edits of services', () => {
  it('add one with a name of its own, and take the list away with the last', () => {
    const one = addService(TEXT, REF);
    const two = addService(one, REF);
    expect(services(two)?.map(({ name }) => name)).toEqual(['service1', 'service2']);
    expect(two).toContain('# the only one');
    const left = removeService(two, REF, 0);
    expect(services(left)?.map(({ name }) => name)).toEqual(['service2']);
    const none = removeService(left, REF, 0);
    expect(services(none)).toBeUndefined();
    expect(none).not.toContain('services');
  });

  it('add checks for the port that is there, and take them away', () => {
    const text = addCheck(setField(addService(TEXT, REF), [...SERVICE, 'port'], 8080), SERVICE);
    expect(services(text)?.[0]?.checks).toEqual([{ http: 'http://127.0.0.1:8080/', interval: '10s' }]);
    expect(services(removeCheck(text, SERVICE, 0))?.[0]?.checks).toEqual([]);
  });

  it('make a check look in every other way, with nothing left of the former that is wrong there', () => {
    const base = addCheck(addService(setField(TEXT, ['scriptChecks'], true), REF), SERVICE);
    const timed = setField(base, [...SERVICE, 'checks', 0, 'timeout'], '2s');
    for (const first of CHECK_KINDS)
      for (const kind of CHECK_KINDS) {
        const text = setCheckKind(setCheckKind(timed, SERVICE, 0, first), SERVICE, 0, kind);
        expect(readModel(text).findings.filter(({ severity }) => severity === 'error')).toEqual([]);
        expect(Object.keys(services(text)?.[0]?.checks[0] ?? {})).toContain(kind);
      }
    expect(services(setCheckKind(timed, SERVICE, 0, 'tcp'))?.[0]?.checks).toEqual([
      { tcp: '127.0.0.1:80', interval: '10s', timeout: '2s' },
    ]);
  });
});
