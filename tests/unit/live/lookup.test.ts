import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { say } from '../../../src/renderer/lib/say.js';
import {
  type DnsReply,
  dnsName,
  type Evidence,
  explain,
  isForwarded,
  type LiveCheck,
  type LookupNote,
  limitNotes,
  lookupCommands,
  NAME_PROBLEMS,
  noteText,
  parseLookup,
  pathText,
  placeText,
  type Reason,
  type RegisteredInstance,
  reasonText,
  requestPath,
} from '../../../src/shared/live/index.js';

const question = (text: string, domain?: string) => parseLookup(text, domain).question;
const problem = (text: string, domain?: string) => parseLookup(text, domain).problem;
const service = (name: string, more: object = {}) => ({
  kind: 'service',
  service: name,
  tag: null,
  datacenter: null,
  srv: false,
  ...more,
});

describe('a name', () => {
  it('is read as Consul’s DNS reads it', () => {
    expect(question('web')).toEqual(service('web'));
    expect(question(' web.service.consul. ')).toEqual(service('web'));
    expect(question('web.service.east.consul')).toEqual(service('web', { datacenter: 'east' }));
    expect(question('v1.web.service.consul')).toEqual(service('web', { tag: 'v1' }));
    expect(question('v1.2.web.service.consul')).toEqual(service('web', { tag: 'v1.2' }));
    expect(question('_web._tcp.service.consul')).toEqual(service('web', { srv: true }));
    expect(question('_web._v1.service.east.consul')).toEqual(
      service('web', { srv: true, tag: 'v1', datacenter: 'east' }),
    );
    expect(question('_web._tcp.consul')).toEqual(service('web', { srv: true }));
    expect(question('node2.node.consul')).toEqual({ kind: 'node', node: 'node2', datacenter: null });
    expect(question('a.b.node.EAST.consul')).toEqual({ kind: 'node', node: 'a.b', datacenter: 'east' });
    expect(question('nearest.query.consul')).toEqual({ kind: 'query', query: 'nearest', datacenter: null });
  });

  it('without a kind is a service, as where service.consul is searched', () => {
    expect(question('v1.web')).toEqual(service('web', { tag: 'v1' }));
    expect(question('web.service')).toEqual(service('web'));
    expect(question('service')).toEqual(service('service'));
  });

  it('may be of another domain', () => {
    expect(question('web.service.example.net', 'example.net')).toEqual(service('web'));
    expect(question('web.service.example.net')).not.toEqual(service('web'));
  });

  it('that is none says why', () => {
    expect(problem('  ')).toBe('empty');
    expect(problem('a b')).toBe('bad-form');
    expect(problem('web..service.consul')).toBe('bad-form');
    expect(problem('web.service.consul/../x')).toBe('bad-form');
    expect(problem(`${'a'.repeat(64)}`)).toBe('bad-form');
    expect(problem('a.'.repeat(200))).toBe('too-long');
    expect(problem('web.consul')).toBe('no-kind');
    expect(problem('web.connect.consul')).toBe('other-kind');
    for (const text of Object.values(NAME_PROBLEMS)) expect(say(text, 'zh')).not.toBe(text);
  });

  it('is written and read again as the same', () => {
    const label = fc
      .stringMatching(/^[a-z][a-z0-9-]{0,8}$/)
      .filter((word) => !/^(service|node|query)$/.test(word));
    const place = fc.option(label.filter((word) => !/^(connect|ingress|virtual|addr|peer)$/.test(word)));
    fc.assert(
      fc.property(label, fc.option(label), place, fc.boolean(), (name, tag, datacenter, srv) => {
        const asked = {
          kind: 'service' as const,
          service: name,
          tag: tag === 'tcp' ? null : tag,
          datacenter,
          srv,
        };
        expect(question(dnsName(asked))).toEqual(asked);
      }),
    );
  });

  it('never makes the reader fail', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (text, domain) => void parseLookup(text, domain)));
  });
});

const check = (status: LiveCheck['status'], more: Partial<LiveCheck> = {}): LiveCheck => ({
  id: 'c',
  name: 'alive',
  status,
  output: '',
  ...more,
});
const serf = check('passing', { id: 'serfHealth', name: 'Serf Health Status' });
const instance = (number: number, more: Partial<RegisteredInstance> = {}): RegisteredInstance => ({
  node: `node${number}`,
  id: `web-${number}`,
  address: `10.0.0.${number}`,
  port: 80,
  tags: ['v1'],
  nodeChecks: [serf],
  checks: [],
  ...more,
});
const reply = (type: DnsReply['type'], data: readonly string[], more: Partial<DnsReply> = {}): DnsReply => ({
  type,
  status: data.length === 0 ? 'NXDOMAIN' : 'NOERROR',
  answers: data.map((entry) => ({ name: 'web.service.consul', type, ttl: 0, data: entry })),
  additional: [],
  ms: 1,
  ...more,
});
const evidence = (more: Partial<Evidence> = {}): Evidence => ({
  tag: null,
  settings: { onlyPassing: false, recordLimit: 0 },
  replies: [reply('A', ['10.0.0.1'])],
  passing: new Set([JSON.stringify(['node1', 'web-1'])]),
  acl: false,
  ...more,
});
const why = (one: RegisteredInstance, more: Partial<Evidence> = {}): readonly Reason[] =>
  explain([instance(1), one], evidence(more))[1]?.whyNotDns ?? [];

describe('an instance', () => {
  it('in the answer needs no reason', () => {
    expect(explain([instance(1)], evidence())).toMatchObject([
      { inDns: true, inHttp: true, whyNotDns: [], whyNotHttp: [] },
    ]);
  });

  it('is left out for its own check, its node, or a maintenance, with what was said of it', () => {
    expect(why(instance(2, { checks: [check('critical', { output: 'connection refused' })] }))).toEqual([
      { code: 'check-critical', check: 'alive', output: 'connection refused' },
    ]);
    expect(why(instance(2, { nodeChecks: [{ ...serf, status: 'critical', output: 'gone' }] }))).toEqual([
      { code: 'node-failing', output: 'gone' },
    ]);
    expect(why(instance(2, { nodeChecks: [serf, check('critical', { name: 'disk' })] }))).toEqual([
      { code: 'node-check-critical', check: 'disk', output: '' },
    ]);
    const paused = (id: string) => check('critical', { id, output: 'disk change' });
    expect(why(instance(2, { nodeChecks: [serf, paused('_node_maintenance')] }))).toEqual([
      { code: 'node-maintenance', reason: 'disk change' },
    ]);
    expect(why(instance(2, { checks: [paused('_service_maintenance:web-2')] }))).toEqual([
      { code: 'service-maintenance', reason: 'disk change' },
    ]);
  });

  it('is left out for its tag, whatever the case of it', () => {
    const other = instance(2, { tags: ['V2', 'x'] });
    expect(why(other, { tag: 'v1' })).toEqual([{ code: 'other-tag', tag: 'v1', has: 'V2, x' }]);
    expect(why(other, { tag: 'v2' })).toEqual([{ code: 'changed' }]);
  });

  it('that warns is in DNS unless only_passing is set, and never in ?passing', () => {
    const warns = instance(1, { checks: [check('warning')] });
    const [usual] = explain([warns], evidence({ passing: new Set() }));
    expect(usual).toMatchObject({
      inDns: true,
      inHttp: false,
      whyNotHttp: [{ code: 'check-warning', by: '?passing' }],
    });
    const settings = { onlyPassing: true, recordLimit: 0 };
    const [strict] = explain([warns], evidence({ settings, replies: [reply('A', [])] }));
    expect(strict?.whyNotDns).toMatchObject([{ code: 'check-warning', by: 'only_passing' }]);
  });

  it('that no rule leaves out was cut, kept back, not asked for, or changed', () => {
    expect(why(instance(2), { settings: { onlyPassing: false, recordLimit: 1 } })).toEqual([
      { code: 'cut', limit: 1 },
    ]);
    expect(why(instance(2), { replies: [reply('A', [])], acl: true })).toEqual([{ code: 'dns-denied' }]);
    expect(why(instance(2), { replies: [] })).toEqual([{ code: 'not-asked' }]);
    expect(why(instance(2))).toEqual([{ code: 'changed' }]);
  });

  it('is told from another one at the same address by its port', () => {
    const twin = instance(1, { id: 'web-1b', port: 81, checks: [check('critical')] });
    const srv = reply('SRV', ['1 1 80 node1.node.dc1.consul.']);
    const found = explain([instance(1), twin], evidence({ replies: [reply('A', ['10.0.0.1']), srv] }));
    expect(found.map(({ inDns }) => inDns)).toEqual([true, false]);
  });

  it('with several ports is found by any of them, and shown with all', () => {
    const several = instance(1, {
      port: 8080,
      ports: [
        { name: 'http', port: 8080 },
        { name: 'admin', port: 9090 },
      ],
    });
    for (const port of [8080, 9090]) {
      const srv = reply('SRV', [`1 1 ${port} node1.node.dc1.consul.`]);
      expect(explain([several], evidence({ replies: [srv] }))[0]).toMatchObject({ inDns: true, port: 8080 });
    }
    const [other] = explain(
      [several],
      evidence({ replies: [reply('SRV', ['1 1 1 node1.node.dc1.consul.'])] }),
    );
    expect(other?.inDns).toBe(false);
    expect(placeText(several)).toBe('10.0.0.1:8080 (http 8080, admin 9090)');
    expect(placeText(instance(1))).toBe('10.0.0.1:80');
    expect(placeText(instance(1, { address: 'fd00::1' }))).toBe('[fd00::1]:80');
    expect(placeText(instance(1, { port: 0 }))).toBe('10.0.0.1');
  });

  it('is found by the address in a name, by an additional record, and by a name of its own', () => {
    const at = (data: string, additional: DnsReply['additional'], one: RegisteredInstance) =>
      explain([one], evidence({ replies: [reply('SRV', [data], { additional })] }))[0]?.inDns;
    expect(at('1 1 80 0a000002.addr.dc1.consul.', [], instance(2))).toBe(true);
    const more = [{ name: 'x.consul', type: 'AAAA', ttl: 0, data: 'fd00::2' }];
    expect(at('1 1 80 x.consul.', more, instance(2, { address: 'fd00::2' }))).toBe(true);
    expect(at('1 1 80 db.example.net.', [], instance(2, { address: 'db.example.net' }))).toBe(true);
    expect(at('1 1 80 db.example.net.', [], instance(2))).toBe(false);
  });
});

describe('a request', () => {
  const server = { node: 'node1', role: 'server', datacenter: 'dc1' } as const;
  it('for another datacenter goes to a server there, and to its leader', () => {
    const path = requestPath({ asked: server, datacenter: 'east', leader: 'node3', stale: false });
    expect(pathText(path)).toBe('asked node1 (dc1) → a server of east → node3, leader of east');
    expect(isForwarded(path)).toBe(true);
  });

  it('of a client goes by a server of its own', () => {
    const path = requestPath({
      asked: { node: 'node4', role: 'client', datacenter: 'dc1' },
      datacenter: 'east',
      leader: null,
      stale: false,
    });
    expect(pathText(path)).toBe(
      'asked node4 (dc1) → a server of dc1 → a server of east → the leader of east',
    );
  });

  it('ends where it may: at the leader itself, or at any server', () => {
    const here = { asked: server, datacenter: 'dc1', leader: 'node1' };
    expect(requestPath({ ...here, stale: false })).toHaveLength(1);
    expect(requestPath({ ...here, leader: 'node2', stale: true })).toHaveLength(1);
    const path = requestPath({ ...here, leader: 'node2', stale: false });
    expect(pathText(path)).toBe('asked node1 (dc1) → node2, leader of dc1');
    expect(isForwarded(path)).toBe(false);
  });
});

describe('what is said', () => {
  const reasons: readonly Reason[] = [
    { code: 'other-tag', tag: 'v1', has: '' },
    { code: 'other-tag', tag: 'v1', has: 'v2' },
    { code: 'node-failing', output: '' },
    { code: 'node-failing', output: 'gone' },
    { code: 'node-maintenance', reason: '' },
    { code: 'node-maintenance', reason: 'disk' },
    { code: 'service-maintenance', reason: '' },
    { code: 'service-maintenance', reason: 'disk' },
    { code: 'node-check-critical', check: 'disk', output: '' },
    { code: 'node-check-critical', check: 'disk', output: 'full' },
    { code: 'check-critical', check: 'alive', output: '' },
    { code: 'check-critical', check: 'alive', output: 'refused' },
    { code: 'check-warning', check: 'alive', output: '', by: '?passing' },
    { code: 'check-warning', check: 'alive', output: 'slow', by: 'only_passing' },
    { code: 'cut', limit: 2 },
    { code: 'dns-denied' },
    { code: 'not-asked' },
    { code: 'changed' },
  ];
  const notes: readonly LookupNote[] = [
    { code: 'none-registered', service: 'web', datacenter: 'dc1' },
    { code: 'no-such-node', node: 'node9', datacenter: 'dc1' },
    { code: 'node-any-health', node: 'node2' },
    { code: 'query-own-rules' },
    { code: 'udp-limit', limit: 3, records: 5 },
    { code: 'record-limit', limit: 2 },
  ];
  it('can all be said in Chinese', () => {
    for (const text of [...reasons.map(reasonText), ...notes.map(noteText)])
      expect(say(text, 'zh'), text).toMatch(/[\u4e00-\u9fff]/);
  });

  it('of an output is its first line, and not all of a long one', () => {
    const text = reasonText({ code: 'check-critical', check: 'a', output: `${'x'.repeat(500)}\nsecond` });
    expect(text.length).toBeLessThan(300);
    expect(text).not.toContain('second');
  });

  it('warns of the limits only where they cut', () => {
    const settings = {
      domain: 'consul',
      address: '127.0.0.1',
      port: 8600,
      onlyPassing: false,
      recordLimit: 0,
      udpLimit: 3,
      allowStale: true,
    };
    const few = [reply('A', ['10.0.0.1'])];
    const many = [reply('A', ['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'])];
    expect(limitNotes(settings, few)).toEqual([]);
    expect(limitNotes(settings, many)).toEqual([{ code: 'udp-limit', limit: 3, records: 4 }]);
    expect(limitNotes({ ...settings, recordLimit: 2 }, few)).toEqual([{ code: 'record-limit', limit: 2 }]);
  });

  it('to type is a dig and a curl, without a token in it', () => {
    const url = 'http://127.0.0.1:8500/v1/health/service/web?passing';
    const asked = parseLookup('web').question;
    if (asked === undefined) throw new Error('no question');
    const at = { address: '127.0.0.1', port: 53 };
    expect(lookupCommands('web.service.consul', asked, at, url, true)).toEqual([
      'dig @127.0.0.1 web.service.consul',
      'dig @127.0.0.1 web.service.consul SRV',
      `curl -H "X-Consul-Token: $CONSUL_HTTP_TOKEN" '${url}'`,
    ]);
  });
});
