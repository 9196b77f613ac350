/** What an agent says of itself: https://developer.hashicorp.com/consul/api-docs/agent#read-configuration */
import type { DnsSettings } from '../../shared/live/index.js';
import { goDurationMs, roundedMs } from './duration.js';
import { fieldReader, type ReadField, SELF, selfBase } from './fields.js';

/** A server's own Raft; null before 0.7, which tells no statistics. */
function raftOf(read: ReadField) {
  const contact = read(SELF.lastContact);
  const lastIndex = read(SELF.lastIndex);
  const appliedIndex = read(SELF.appliedIndex);
  if (contact === null || lastIndex === null || appliedIndex === null) return null;
  return { lastContactMs: roundedMs(goDurationMs(contact)), lastIndex, appliedIndex };
}

/** How an agent gossips; null where its version does not say. */
function gossipOf(read: ReadField) {
  const encrypted = read(SELF.gossipEncrypted);
  if (encrypted === null) return null;
  return {
    encrypted,
    // Before it tells (1.0), whoever has a key takes and sends nothing else, unless told to.
    verifyOutgoing: read(SELF.encryptVerifyOutgoing) ?? encrypted,
    verifyIncoming: read(SELF.encryptVerifyIncoming) ?? encrypted,
  };
}

/** How an agent talks RPC; null where its version does not say. */
function tlsOf(read: ReadField) {
  const caFile = read(SELF.caFile);
  const verifyOutgoing = read(SELF.verifyOutgoing);
  const verifyServerHostname = read(SELF.verifyServerHostname);
  const verifyIncoming = read(SELF.verifyIncoming);
  const ofRpc = read(SELF.verifyIncomingRpc);
  if (caFile === null || verifyOutgoing === null || verifyServerHostname === null || verifyIncoming === null)
    return null;
  return {
    configured: caFile !== '',
    verifyOutgoing,
    verifyIncoming: verifyIncoming || ofRpc === true,
    verifyServerHostname,
  };
}

/** Whether an agent asks for tokens; null where its version does not say. */
function aclOf(read: ReadField) {
  const enabled = read(SELF.aclsEnabled);
  const policy = read(SELF.aclDefaultPolicy);
  if (enabled === null || policy === null) return null;
  return { enabled, deny: enabled && policy === 'deny' };
}

/** `/v1/agent/self`: what an agent is, how it protects itself, and of a server how its Raft is. */
export const selfAnswer = selfBase.transform((answer, context) => {
  const read = fieldReader(answer, (at, message) => {
    context.addIssue({ code: 'custom', path: at.split('.'), message });
  });
  const server = read(SELF.server) === true;
  return {
    nodeName: read(SELF.nodeName) ?? '',
    datacenter: read(SELF.datacenter) ?? '',
    server,
    version: answer.Config.Version,
    address: answer.Member.Addr,
    tags: answer.Member.Tags,
    /** null for a client. */
    raft: server ? raftOf(read) : null,
    gossip: gossipOf(read),
    tls: tlsOf(read),
    acl: aclOf(read),
  };
});
export type Self = ReturnType<typeof selfAnswer.parse>;

const LOOPBACK = '127.0.0.1';
/** Before 0.7 the number was Consul's own, `maxServiceResponses` in its command/agent/dns.go. */
const UDP_LIMIT_OF_OLD = 3;

/** Where DNS can be asked by TCP: on the loopback where it listens there, else at the first address. */
function listener(addresses: readonly string[]): { readonly address: string; readonly port?: number } {
  const found = addresses.flatMap((written) => {
    const [, host = '', port = ''] = /^tcp:\/\/\[?([0-9A-Fa-f.:]+?)\]?:(\d{1,5})$/.exec(written) ?? [];
    if (host === '') return [];
    const everywhere = host === '0.0.0.0' || host === '::';
    return [{ address: everywhere ? LOOPBACK : host, port: Number(port) }];
  });
  return found.find(({ address }) => address === LOOPBACK) ?? found[0] ?? { address: LOOPBACK };
}

/** The same answer, for what decides the agent's DNS. */
export const dnsAnswer = selfBase.transform((answer, context): DnsSettings => {
  const read = fieldReader(answer, (at, message) => {
    context.addIssue({ code: 'custom', path: at.split('.'), message });
  });
  const { address, port } = listener(read(SELF.dnsAddresses) ?? []);
  return {
    domain: (read(SELF.dnsDomain) ?? '').replace(/\.$/, ''),
    address,
    port: port ?? read(SELF.dnsPort) ?? 0,
    onlyPassing: read(SELF.dnsOnlyPassing) === true,
    // Before there was a setting there was no limit.
    recordLimit: read(SELF.dnsRecordLimit) ?? 0,
    udpLimit: read(SELF.dnsUdpLimit) ?? UDP_LIMIT_OF_OLD,
    allowStale: read(SELF.dnsAllowStale) === true,
  };
});
