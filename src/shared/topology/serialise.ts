/** Topology → text: a document for people, with the choices written out and the defaults left away. */
import { Document } from 'yaml';
import { writeDns } from './dns.js';
import { DEFAULT_WORKDIR, defaultAdvertise, defaultAgent } from './read.js';
import { isSecured, writeSecure } from './secure-parts.js';
import { writeServices } from './services-shape.js';
import { PARSE_OPTIONS } from './source.js';
import { DOCUMENT_VERSION, type Host, type Node, type SshSettings, type Topology } from './types.js';

const HEADER = ' A Consul cluster on Docker hosts. Check it with: raftyard validate FILE';

/** How every document is printed: long lines are never folded. */
export const PRINT_OPTIONS = { lineWidth: 0, indentSeq: true } as const;

const unless = <T>(omit: boolean, key: string, value: T): Record<string, T> => (omit ? {} : { [key]: value });

function writeNode(node: Node): Record<string, unknown> {
  return {
    name: node.name,
    host: node.host,
    role: node.role,
    ...unless(!node.bootstrap, 'bootstrap', true),
    container: node.container,
    ...unless(node.agentOptions.length === 0, 'agentOptions', node.agentOptions),
    ...writeServices(node.services),
  };
}

function writeSsh(ssh: SshSettings): Record<string, unknown> {
  return {
    ...unless(ssh.open?.includes('user') === true, 'user', ssh.user),
    ...unless(ssh.open?.includes('port') === true, 'port', ssh.port),
    ...unless(ssh.identity === undefined, 'identity', ssh.identity),
    ...unless(ssh.agent === defaultAgent(ssh), 'agent', ssh.agent),
    ...unless(ssh.password === undefined, 'password', ssh.password),
    ...unless(ssh.passphrase === undefined, 'passphrase', ssh.passphrase),
    ...unless(ssh.sudoPassword === undefined, 'sudoPassword', ssh.sudoPassword),
    ...unless(ssh.hostKeys.length === 0, 'hostKeys', ssh.hostKeys),
    ...unless(ssh.jump.length === 0, 'jump', ssh.jump),
  };
}

/** One host as it is written under `hosts`. */
export function writeHost(host: Host): Record<string, unknown> {
  const ssh = writeSsh(host.ssh);
  return {
    name: host.name,
    address: host.address,
    ...unless(host.advertise === defaultAdvertise(host.address), 'advertise', host.advertise),
    ...unless(host.advertiseWan === undefined, 'advertiseWan', host.advertiseWan),
    ...unless(Object.keys(ssh).length === 0, 'ssh', ssh),
  };
}

/**
 * A fresh document for a topology; reading it gives the same topology. To change a document that a
 * person wrote, use {@link TopologyDocument}, which keeps comments.
 */
export function serialiseTopology(topology: Topology): string {
  const document = new Document(
    {
      raftyard: DOCUMENT_VERSION,
      id: topology.id,
      name: topology.name,
      image: topology.image,
      ...unless(topology.pull === undefined, 'pull', topology.pull),
      bootstrap: topology.bootstrap,
      api: topology.api,
      firewall: topology.firewall,
      data: topology.data,
      ...unless(!isSecured(topology.secure), 'secure', writeSecure(topology.secure)),
      ...(topology.dns === undefined ? {} : { dns: writeDns(topology.dns) }),
      ...unless(topology.workdir === DEFAULT_WORKDIR, 'workdir', topology.workdir),
      ...unless(topology.raftMultiplier === 1, 'raftMultiplier', topology.raftMultiplier),
      ...unless(topology.agentOptions.length === 0, 'agentOptions', topology.agentOptions),
      ...unless(topology.scriptChecks !== true, 'scriptChecks', true),
      ...unless(topology.disableUpdateCheck !== true, 'disableUpdateCheck', true),
      ...unless(topology.serverRejoinAgeMax === undefined, 'serverRejoinAgeMax', topology.serverRejoinAgeMax),
      datacenters: topology.datacenters.map((d) => ({ name: d.name, nodes: d.nodes.map(writeNode) })),
      hosts: topology.hosts.map(writeHost),
    },
    // Equal lists (agent options of two nodes) must not become anchor and alias.
    { ...PARSE_OPTIONS, aliasDuplicateObjects: false },
  );
  document.commentBefore = HEADER;
  return document.toString(PRINT_OPTIONS);
}
