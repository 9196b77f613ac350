/**
 * A server of Consul 0.5.2, the tutorial's: it has neither autopilot nor an API of Raft, says nothing of statistics, and tells
 * its configuration as it read it. Its endpoints and their answers' fields: command/agent/http.go and consul/structs of v0.5.2.
 */
import type { HttpRequest, HttpResponse } from '../../../src/main/host/types.js';

export interface EarlyMember {
  readonly name: string;
  readonly address: string;
  readonly server: boolean;
  /** By default alive. */
  readonly status?: 'alive' | 'failed';
}

export interface EarlyAgent {
  readonly self: EarlyMember;
  readonly members: readonly EarlyMember[];
  /** Address of the leader; empty without one. */
  readonly leader: string;
}

const member = ({ name, address, server, status = 'alive' }: EarlyMember): object => ({
  Name: name,
  Addr: address,
  Port: 8301,
  Tags: server
    ? { bootstrap: '1', build: '0.5.2:9a9cc934', dc: 'dc1', port: '8300', role: 'consul', vsn: '2' }
    : { build: '0.5.2:9a9cc934', dc: 'dc1', role: 'node', vsn: '2' },
  Status: status === 'alive' ? 1 : 4,
  ProtocolMin: 1,
  ProtocolMax: 2,
  ProtocolCur: 2,
  DelegateMin: 2,
  DelegateMax: 4,
  DelegateCur: 4,
});

const check = ({ name, status = 'alive' }: EarlyMember): object => ({
  Node: name,
  CheckID: 'serfHealth',
  Name: 'Serf Health Status',
  Status: status === 'alive' ? 'passing' : 'critical',
  Notes: '',
  Output: status === 'alive' ? 'Agent alive and reachable' : 'Agent not live or unreachable',
  ServiceID: '',
  ServiceName: '',
});

const configuration = ({ name, address, server }: EarlyMember): object => ({
  Bootstrap: false,
  BootstrapExpect: 0,
  Server: server,
  Datacenter: 'dc1',
  DataDir: '/data',
  DNSRecursor: '',
  DNSRecursors: [],
  DNSConfig: {
    NodeTTL: 0,
    ServiceTTL: null,
    AllowStale: false,
    EnableTruncate: false,
    MaxStale: 5e9,
    OnlyPassing: false,
  },
  Domain: 'consul.',
  LogLevel: 'INFO',
  NodeName: name,
  ClientAddr: '0.0.0.0',
  BindAddr: '0.0.0.0',
  AdvertiseAddr: address,
  AdvertiseAddrWan: address,
  Ports: { DNS: 8600, HTTP: 8500, HTTPS: -1, RPC: 8400, SerfLan: 8301, SerfWan: 8302, Server: 8300 },
  Addresses: { DNS: '', HTTP: '', HTTPS: '', RPC: '' },
  LeaveOnTerm: false,
  Protocol: 2,
  VerifyIncoming: false,
  VerifyOutgoing: false,
  VerifyServerHostname: false,
  CAFile: '',
  CertFile: '',
  KeyFile: '',
  ACLDatacenter: '',
  ACLTTL: 3e10,
  ACLDefaultPolicy: 'allow',
  ACLDownPolicy: 'extend-cache',
  Revision: '9a9cc9341bb487651a0399e3fc5e1e8a42e62dd9',
  Version: '0.5.2',
  VersionPrerelease: '',
});

/** Answers as such a server does; 404 with nothing in it for whatever came later. */
export function earlyAnswer(
  { self, members, leader }: EarlyAgent,
  { method, path }: Pick<HttpRequest, 'method' | 'path'>,
): HttpResponse {
  const json = (value: unknown): HttpResponse => ({
    status: 200,
    headers: {
      'x-consul-index': '5',
      'x-consul-knownleader': String(leader !== ''),
      'x-consul-lastcontact': '0',
    },
    body: JSON.stringify(value),
  });
  const noLeader: HttpResponse = { status: 500, headers: {}, body: 'No cluster leader' };
  const known = (value: unknown): HttpResponse =>
    leader === '' && !/[?&]stale/.test(path) ? noLeader : json(value);
  const where = path.replace(/\?.*$/, '');
  const named = (prefix: string): EarlyMember | undefined =>
    where.startsWith(prefix) ? members.find(({ name }) => name === where.slice(prefix.length)) : undefined;
  if (method !== 'GET') return { status: 404, headers: {}, body: '' };
  const node = named('/v1/catalog/node/');
  const health = named('/v1/health/node/');
  if (node !== undefined)
    return known({
      Node: { Node: node.name, Address: node.address },
      Services: node.server
        ? { consul: { ID: 'consul', Service: 'consul', Tags: [], Address: '', Port: 8300 } }
        : {},
    });
  if (health !== undefined) return known([check(health)]);
  const servers = members.filter(({ server }) => server);
  const answers: Readonly<Record<string, () => HttpResponse>> = {
    '/v1/status/leader': () => json(leader === '' ? '' : `${leader}:8300`),
    '/v1/status/peers': () => json(servers.map(({ address }) => `${address}:8300`)),
    '/v1/agent/self': () => json({ Config: configuration(self), Member: member(self) }),
    '/v1/agent/members': () => json(members.map(member)),
    '/v1/agent/services': () => json({}),
    '/v1/agent/checks': () => json({}),
    '/v1/catalog/services': () => known({ consul: [] }),
    '/v1/catalog/service/consul': () =>
      known(
        servers.map(({ name, address }) => ({
          Node: name,
          Address: address,
          ServiceID: 'consul',
          ServiceName: 'consul',
          ServiceTags: [],
          ServiceAddress: '',
          ServicePort: 8300,
        })),
      ),
    '/v1/health/service/consul': () =>
      known(
        servers.map((server) => ({
          Node: { Node: server.name, Address: server.address },
          Service: { ID: 'consul', Service: 'consul', Tags: [], Address: '', Port: 8300 },
          Checks: [check(server)],
        })),
      ),
    '/v1/health/state/any': () => known(members.map(check)),
    '/v1/health/state/critical': () => known(members.filter(({ status }) => status === 'failed').map(check)),
  };
  return answers[where]?.() ?? { status: 404, headers: {}, body: '' };
}
