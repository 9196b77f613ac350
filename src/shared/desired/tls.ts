/** TLS between agents: which certificates a cluster has, and what its agents' configuration says of them. */
import { has, type ImageFamily, parseAgentCommand } from '../consul/index.js';
import { wanAddress } from '../topology/create.js';
import type { ApiExposure, Role, Topology } from '../topology/types.js';
import type { Settings, Stage } from './types.js';

/** Names under which the cluster's CA is kept. */
export const CA_CERTIFICATE = 'tls-ca';
export const CA_KEY = 'tls-ca-key';

/** https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file/general#https_port */
export const HTTPS_PORT = 8501;

/** What TLS must know of an agent. */
export interface TlsAgent {
  readonly node: string;
  readonly role: Role;
  readonly datacenter: string;
  readonly advertise: string;
  readonly wanAddress: string;
  readonly family: ImageFamily;
  readonly api: ApiExposure;
  /** Its agent options, of which `-domain` counts here. */
  readonly options: readonly string[];
}

/** A certificate that the app makes for an agent. */
export interface CertificateWish {
  readonly node: string;
  /** Names of certificate and key in the store of secrets. */
  readonly certificate: string;
  readonly key: string;
  /** Common name, and first of {@link names}. */
  readonly name: string;
  /** DNS names. */
  readonly names: readonly string[];
  /** IP addresses. */
  readonly addresses: readonly string[];
}

/** Clients of Consul 1.5 and later get a certificate from the servers, and a new one before it expires. */
const hasAutoEncrypt = (family: ImageFamily): boolean => has(family.version, 'key', 'auto_encrypt');

/** The keys before it are deprecated since, and read all the same; where the version is not known, they are the safer ones. */
const hasTlsBlock = (family: ImageFamily): boolean => has(family.version, 'key', 'tls');

function domainOf(options: readonly string[]): string {
  const last = parseAgentCommand(options).findLast(({ name }) => name === 'domain')?.value;
  return (last ?? 'consul').replace(/\.$/, '');
}

/**
 * The certificate that an agent needs of the cluster's CA; undefined where it gets one from the servers by auto-encrypt.
 * The name of a server is what `verify_server_hostname` checks.
 * Source: https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file/tls#tls_internal_rpc_verify_server_hostname
 */
export function certificateOf(agent: TlsAgent): CertificateWish | undefined {
  const { node, role, datacenter, advertise, wanAddress, family } = agent;
  if (role === 'client' && hasAutoEncrypt(family)) return undefined;
  const name = `${role}.${datacenter}.${domainOf(agent.options)}`;
  return {
    node,
    certificate: `tls-cert/${node}`,
    key: `tls-key/${node}`,
    name,
    names: [name, `${node}.${name}`, 'localhost'],
    addresses: [...new Set([advertise, wanAddress, '127.0.0.1'])],
  };
}

/** Where the files lie, the same on the host and in the container. */
export const tlsPaths = (
  directory: string,
): { readonly ca: string; readonly certificate: string; readonly key: string } => ({
  ca: `${directory}/ca.pem`,
  certificate: `${directory}/agent.pem`,
  key: `${directory}/agent-key.pem`,
});

/**
 * What an agent's configuration says of TLS at a stage. Whoever asks over HTTPS needs no certificate: an HTTPS API on the
 * loopback protects no less than plain HTTP there, and an exposed one is for browsers, which have none.
 *
 * Source: https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file/tls and, before 1.12, its
 * section on deprecated options; auto_encrypt:
 * https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file/encryption#auto_encrypt
 */
export function tlsSettings(agent: TlsAgent, stage: Stage, directory: string): Settings {
  const { role, family, api } = agent;
  const server = role === 'server';
  const paths = tlsPaths(directory);
  const files = {
    ca_file: paths.ca,
    ...(certificateOf(agent) === undefined ? {} : { cert_file: paths.certificate, key_file: paths.key }),
  };
  const strict = stage >= 3;
  const checks: Settings = hasTlsBlock(family)
    ? {
        tls: {
          defaults: { ...files, verify_outgoing: stage >= 2 },
          internal_rpc: { verify_server_hostname: strict, ...(server ? { verify_incoming: strict } : {}) },
        },
      }
    : {
        ...files,
        verify_outgoing: stage >= 2,
        verify_server_hostname: strict,
        ...(server ? { verify_incoming_rpc: strict } : {}),
      };
  return {
    ...checks,
    ...autoEncrypt(agent, stage),
    ...(server ? { ports: { https: HTTPS_PORT } } : {}),
    // What is open to everyone is the encrypted port alone.
    ...(api === 'exposed' ? { addresses: { http: '127.0.0.1' } } : {}),
  };
}

/** From the second round on: in the first, some servers may not hand out certificates yet. */
function autoEncrypt({ role, family }: TlsAgent, stage: Stage): Settings {
  if (!hasAutoEncrypt(family)) return {};
  if (role === 'server') return { auto_encrypt: { allow_tls: true } };
  return stage >= 2 ? { auto_encrypt: { tls: true } } : {};
}

/** What TLS must know of a topology's agents, in document order. */
export function tlsAgents(topology: Topology, familyOn: (host: string) => ImageFamily): TlsAgent[] {
  const hosts = new Map(topology.hosts.map((host) => [host.name, host]));
  return topology.datacenters.flatMap((datacenter) =>
    datacenter.nodes.map((node) => {
      const host = hosts.get(node.host) ?? { advertise: '' };
      return {
        node: node.name,
        role: node.role,
        datacenter: datacenter.name,
        advertise: host.advertise,
        wanAddress: wanAddress(host),
        family: familyOn(node.host),
        api: topology.api,
        options: [...topology.agentOptions, ...node.agentOptions],
      };
    }),
  );
}
