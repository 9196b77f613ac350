import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dnsFlags,
  readEngineFile,
  withEngineDns,
  withoutEngineDns,
} from '../../../src/shared/shell/engine-file.js';

const OURS = { dns: ['172.17.0.1', '192.0.2.53'], search: ['service.consul'] };
const OPTS =
  '# a comment\n#DOCKER_OPTS="--dns 8.8.8.8"\nDOCKER_OPTS="--mtu=1400 --dns 10.0.0.1"\nexport X=1\n';

describe('daemon.json', () => {
  it('keeps its keys, their order and its indentation', () => {
    const before = '{\n\t"bip": "172.30.0.1/16",\n\t"log-opts": { "max-size": "10m" }\n}\n';
    const after = withEngineDns('daemon-json', before, OURS);
    expect(after).toMatch(/^\{\n\t"bip": "172\.30\.0\.1\/16",\n\t"log-opts"/);
    expect(after.endsWith('}\n')).toBe(true);
    expect(JSON.parse(after)).toEqual({
      bip: '172.30.0.1/16',
      'log-opts': { 'max-size': '10m' },
      dns: OURS.dns,
      'dns-search': OURS.search,
    });
  });

  it('is begun where it is absent or empty, and is no more than it was without ours', () => {
    for (const text of ['', ' \n']) {
      const after = withEngineDns('daemon-json', text, OURS);
      expect(JSON.parse(after)).toEqual({ dns: OURS.dns, 'dns-search': OURS.search });
      expect(JSON.parse(withoutEngineDns('daemon-json', after, OURS))).toEqual({});
    }
  });

  it('says what is wrong with it, and quotes nothing of it', () => {
    for (const text of [
      '{ "proxies": "http://u:secret@p" "dns"',
      '[]',
      '"x"',
      '{"dns": "8.8.8.8"}',
      '{"dns": [1]}',
    ]) {
      const read = readEngineFile('daemon-json', text);
      expect(read.good).toBe(false);
      expect(JSON.stringify(read)).not.toContain('secret');
      expect(() => withEngineDns('daemon-json', text, OURS)).toThrow(TypeError);
    }
  });

  it('loses exactly our entries, whatever others are in it', () => {
    const names = fc.uniqueArray(fc.constantFrom('8.8.8.8', '1.1.1.1', '10.0.0.1'), { maxLength: 3 });
    const rest = fc.dictionary(
      fc.string().filter((key) => !['dns', 'dns-search', '__proto__'].includes(key)),
      fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.array(fc.string())),
    );
    fc.assert(
      fc.property(rest, names, (other, dns) => {
        const text = JSON.stringify({ ...other, ...(dns.length > 0 ? { dns } : {}) });
        const both = withEngineDns('daemon-json', text, {
          dns: [OURS.dns[0] ?? '', ...dns, OURS.dns[1] ?? ''],
          search: OURS.search,
        });
        expect(JSON.parse(withoutEngineDns('daemon-json', both, OURS))).toEqual(JSON.parse(text));
      }),
    );
  });
});

describe('DOCKER_OPTS', () => {
  it('is read from its last line, comments aside', () => {
    expect(readEngineFile('docker-opts', OPTS)).toMatchObject({ good: true, used: true, dns: ['10.0.0.1'] });
    expect(readEngineFile('docker-opts', '#DOCKER_OPTS="--dns 1.1.1.1"\n')).toMatchObject({
      good: true,
      used: false,
    });
  });

  it('keeps its other options and its other lines, and comes back as it was', () => {
    const dns = ['172.17.0.1', '10.0.0.1', '192.0.2.53'];
    const after = withEngineDns('docker-opts', OPTS, { dns, search: OURS.search });
    expect(after.split('\n')[2]).toBe(
      'DOCKER_OPTS="--mtu=1400 --dns 172.17.0.1 --dns 10.0.0.1 --dns 192.0.2.53 --dns-search service.consul"',
    );
    expect(withoutEngineDns('docker-opts', after, OURS)).toBe(OPTS);
    expect(withEngineDns('docker-opts', 'X=1\n', OURS)).toMatch(/^X=1\nDOCKER_OPTS="--dns 172/);
  });

  it('refuses what a shell would read in another way', () => {
    for (const value of ['"--label a=\'b\'"', '"$OTHER --mtu 1"', '"a # b"', '`id`'])
      expect(readEngineFile('docker-opts', `DOCKER_OPTS=${value}\n`).good).toBe(false);
  });

  it('is found on a command line in both spellings', () => {
    expect(
      dnsFlags(['dockerd', '--dns=1.1.1.1', '--dns', '2.2.2.2', '--dns-search', 'a.b', '--dns-opt', 'x']),
    ).toEqual({
      dns: ['1.1.1.1', '2.2.2.2'],
      search: ['a.b'],
    });
  });
});
