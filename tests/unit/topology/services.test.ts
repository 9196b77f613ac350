/** Services in a document: what is refused, what is warned of, and where. */
import { describe, expect, it } from 'vitest';
import { readTopology, serialiseTopology } from '../../../src/shared/topology/index.js';
import { durationMs } from '../../../src/shared/topology/service-fields.js';

interface Head {
  readonly image?: string;
  readonly bootstrap?: string;
  readonly scriptChecks?: boolean;
}

const documentOf = (
  services: unknown,
  { image = 'hashicorp/consul:1.22', bootstrap = 'robust', scriptChecks }: Head = {},
) => `raftyard: 1
id: 5b0d7a52-93f4-4e0b-8a7c-d1e2f3a4b5c6
name: one
image: ${image}
bootstrap: ${bootstrap}
${scriptChecks === undefined ? '' : `scriptChecks: ${scriptChecks}`}
datacenters:
  - name: dc1
    nodes:
      - { name: node1, host: docker01, role: server, bootstrap: true, services: ${JSON.stringify(services)} }
hosts:
  - { name: docker01, address: 192.0.2.11 }
`;

const AT = ['datacenters', 0, 'nodes', 0, 'services'];

/** Codes and places of the findings about services. */
function found(services: unknown, head?: Head): string[] {
  return readTopology(documentOf(services, head))
    .findings.filter(({ path }) => path.includes('services') || path[0] === 'scriptChecks')
    .map(({ code, path }) => `${code} ${path.slice(AT.length).join('.')}`);
}

const web = (check: unknown) => [{ name: 'web', checks: [check] }];

describe('services of a node', () => {
  it('are read with their defaults, and written back as they were', () => {
    const services = [
      {
        name: 'web',
        port: 80,
        checks: [{ http: 'http://127.0.0.1:80/health', interval: '10s', timeout: '2s' }],
      },
      { name: 'web', id: 'web-2', address: '192.0.2.11', tags: ['v1'], meta: { version: '1' } },
    ];
    const { topology, findings } = readTopology(documentOf(services));
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(topology?.datacenters[0]?.nodes[0]?.services).toEqual([
      { name: 'web', id: 'web', port: 80, tags: [], meta: {}, checks: services[0]?.checks },
      { name: 'web', id: 'web-2', address: '192.0.2.11', tags: ['v1'], meta: { version: '1' }, checks: [] },
    ]);
    if (topology === undefined) throw new Error('no topology');
    expect(readTopology(serialiseTopology(topology)).topology).toEqual(topology);
  });

  it('need an id of their own, a name that can be carried, a port that there is', () => {
    expect(found([{ name: 'web' }, { name: 'web' }])).toEqual(['duplicate-service 1']);
    expect(found([{ name: 'web' }, { name: 'api', id: 'web' }])).toEqual(['duplicate-service 1']);
    expect(found([{ name: 'consul' }])).toEqual(['reserved-service 0.name']);
    expect(found([{ name: 'a b' }])).toContain('bad-service-name 0.name');
    expect(found([{ name: 'a\u001b[31mb' }])).toContain('control-character 0.name');
    expect(found([{ name: 'web\n"} {' }])).toContain('control-character 0.name');
    expect(found([{ name: 'my_web' }])).toEqual(['service-no-dns 0.name']);
    expect(found([{ name: 'web', port: 0 }])).toEqual(['out-of-range 0.port']);
    expect(found([{ name: 'web', port: 65536 }])).toEqual(['out-of-range 0.port']);
    expect(found([{ name: 'web', address: '0.0.0.0' }])).toEqual(['bad-service-address 0.address']);
    expect(found([{ name: 'web', tags: ['a', 'a'] }])).toEqual(['duplicate-tag 0.tags.1']);
    expect(found([{ name: 'web', meta: { 'a b': '1' } }])).toEqual(['bad-meta 0.meta.a b']);
    expect(found([{ name: 'web', prot: 80 }])).toEqual(['unknown-key 0.prot']);
    expect(
      readTopology(documentOf([{ name: 'web', prot: 80 }]))
        .findings.map(({ message }) => message)
        .join(),
    ).toContain('did you mean "port"?');
  });

  it('have checks of exactly one kind, with an interval where there is one', () => {
    expect(found(web({ http: 'http://127.0.0.1/', interval: '10s' }))).toEqual([]);
    expect(found(web({ interval: '10s' }))).toEqual(['check-kind 0.checks.0']);
    expect(found(web({ http: 'http://127.0.0.1/', tcp: '127.0.0.1:80', interval: '10s' }))).toEqual([
      'check-kind 0.checks.0',
    ]);
    expect(found(web({ tcp: '127.0.0.1:80' }))).toEqual(['check-interval 0.checks.0']);
    expect(found(web({ ttl: '30s', interval: '10s' }))).toEqual(['check-extra 0.checks.0.interval']);
    expect(found(web({ tcp: '127.0.0.1', interval: '10s' }))).toEqual(['bad-tcp 0.checks.0.tcp']);
    expect(found(web({ tcp: '127.0.0.1:99999', interval: '10s' }))).toEqual(['bad-tcp 0.checks.0.tcp']);
    expect(found(web({ http: 'ftp://a/', interval: '10s' }))).toEqual(['bad-url 0.checks.0.http']);
    expect(found(web({ http: 'http://me:pw@a/', interval: '10s' }))).toEqual([
      'secret-value 0.checks.0.http',
    ]);
    expect(
      JSON.stringify(readTopology(documentOf(web({ http: 'http://me:pw@a/', interval: '1s' }))).findings),
    ).not.toContain('pw@');
    expect(found(web({ ttl: '10' }))).toEqual(['bad-duration 0.checks.0.ttl']);
    expect(found(web({ ttl: '1s' }))).toEqual(['ttl-short 0.checks.0.ttl']);
    expect(found(web({ tcp: 'a:1', interval: '500ms' }))).toEqual(['interval-short 0.checks.0.interval']);
    expect(found(web({ docker: 'web', interval: '10s' }), { scriptChecks: true })).toContain(
      'check-command 0.checks.0',
    );
  });

  it('run commands only with consent, which says what it gives', () => {
    const script = web({ script: ['/bin/true'], interval: '10s' });
    const docker = web({ docker: 'web', command: ['/bin/true'], interval: '10s' });
    expect(found(script)).toEqual(['script-checks 0.checks.0']);
    expect(found(docker)).toEqual(['script-checks 0.checks.0']);
    expect(found(script, { scriptChecks: true })).toEqual([]);
    expect(found(docker, { scriptChecks: true })).toEqual(['docker-check 0.checks.0.docker']);
    expect(found([], { scriptChecks: true })).toEqual(['script-checks-unused ']);
  });

  it('fit the Consul of the image, and its style', () => {
    const old = { image: 'progrium/consul' };
    expect(found(web({ http: 'http://127.0.0.1/', interval: '10s' }), old)).toEqual([]);
    expect(found(web({ tcp: '127.0.0.1:80', interval: '10s' }), old)).toEqual([
      'check-version 0.checks.0.tcp',
    ]);
    expect(found([{ name: 'web', meta: { a: 'b' } }], { image: 'consul:1.0.6' })).toEqual([
      'check-version 0.meta',
    ]);
    expect(found([{ name: 'web', meta: { a: 'b' } }], { image: 'consul:1.0' })).toEqual([]);
    const script = web({ script: ['/bin/true'], interval: '10s' });
    expect(found(script, { image: 'consul:1.0.3', scriptChecks: true })).toEqual([
      'check-version 0.checks.0.script',
    ]);
    expect(found([{ name: 'web' }], { bootstrap: 'classic' })).toEqual(['services-classic ']);
  });
});

describe('a duration', () => {
  it('is read as Go reads it', () => {
    expect(durationMs('1m30s')).toBe(90_000);
    expect(durationMs('1.5h')).toBe(5_400_000);
    expect(durationMs('.5s')).toBe(500);
    for (const wrong of ['', '10', 's', '10 s', '-1s', '1d', '1s2'])
      expect(durationMs(wrong)).toBeUndefined();
  });
});
