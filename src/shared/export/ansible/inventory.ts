/**
 * The inventory: where the hosts are, and each host's desired state as variables. Every value of the topology is
 * literal (see {@link literal}); templates are only those that are written here.
 */
import { CONFIG_LABEL, type DesiredNode } from '../../desired/index.js';
import { RaftyardError } from '../../errors.js';
import { disableCommands, type ManagedFirewall, openCommands } from '../../shell/firewall.js';
import { commandLine, quote } from '../../shell/quote.js';
import type { Host, Topology } from '../../topology/types.js';
import { DNS_SCRIPT } from '../dns.js';
import { belowWorkdir, type ExportInput, filesOf, firstToStart, folder, octal, parent } from '../nodes.js';
import { rulesFor } from '../readme.js';
import { literal, yamlText } from '../yaml.js';

/** Where the playbook finds what it copies: `files/docker01/config/raftyard.json`. */
export const FILES = 'files';

/** File of pinned host keys beside the inventory; absent where no host has one. */
export const KNOWN_HOSTS = 'known_hosts';

type Variables = Record<string, unknown>;

/** The variables that say where a secret comes from; never the secret. */
function secret(variable: string, reference: string | undefined): Variables {
  if (reference === undefined || reference === 'prompt') return {};
  const [kind, ...rest] = reference.split(':');
  const place = rest.join(':');
  if (kind === 'env' && /^\w+$/.test(place)) {
    return { [variable]: `{{ lookup('ansible.builtin.env', '${place}') }}` };
  }
  const path = `raftyard_${variable.replace(/^ansible_/, '')}_file`;
  return {
    [path]: literal(place),
    [variable]: `{{ lookup('ansible.builtin.file', ${path}) }}`,
  };
}

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);

/** `user@host:port,…`, as ssh's ProxyJump takes it. */
function jumpOption({ hosts }: Topology, host: Host): string[] {
  const hops = host.ssh.jump.map((name) => {
    const hop = hosts.find((entry) => entry.name === name);
    if (hop === undefined) {
      throw new RaftyardError(
        'invalid-topology',
        `${host.name} is reached through ${name}, which is not listed`,
      );
    }
    const way = `${hop.ssh.user}@${bracketed(hop.address)}:${hop.ssh.port}`;
    // Stands beside a template of ours, and cannot be tagged as literal there.
    if (way.includes('{')) {
      throw new RaftyardError('invalid-topology', `${JSON.stringify(way)} is no way to a host`);
    }
    return way;
  });
  return hops.length === 0 ? [] : ['-o', quote(`ProxyJump=${hops.join(',')}`)];
}

/** Ansible splits this like a shell, and ssh splits the value of the option once more at blanks. */
function sshArguments(topology: Topology, host: Host): Variables {
  const words = [
    ...(host.ssh.hostKeys.length === 0
      ? []
      : ['-o StrictHostKeyChecking=yes', `-o 'UserKnownHostsFile="{{ inventory_dir }}/${KNOWN_HOSTS}"'`]),
    ...jumpOption(topology, host),
  ];
  return words.length === 0 ? {} : { ansible_ssh_common_args: words.join(' ') };
}

/** How Ansible gets onto a host. */
function connection(topology: Topology, host: Host): Variables {
  const { ssh } = host;
  return {
    ansible_host: literal(host.address),
    ansible_port: ssh.port,
    ansible_user: literal(ssh.user),
    ...(ssh.identity === undefined ? {} : { ansible_ssh_private_key_file: literal(ssh.identity) }),
    ...sshArguments(topology, host),
    ...secret('ansible_password', ssh.password),
    ...(ssh.user === 'root' ? {} : { ansible_become: true }),
    ...secret('ansible_become_password', ssh.sudoPassword),
  };
}

/** Modules expand `$NAME` and a leading `~` in paths, and nothing escapes that. */
function plainPath(path: string): string {
  if (path.includes('$') || !path.startsWith('/')) {
    throw new RaftyardError('invalid-topology', `Ansible cannot be given the path ${JSON.stringify(path)}`, {
      hint: 'Choose a working directory without a dollar sign.',
    });
  }
  return path;
}

function files(node: DesiredNode): Variables {
  const all = node.files.map(({ path, mode }) => ({
    src: literal(`${folder(node.host)}/${belowWorkdir(node, path)}`),
    dest: literal(plainPath(path)),
    mode: octal(mode),
  }));
  const directories = [...new Set(node.files.map(({ path }) => parent(path)))];
  return {
    raftyard_directories: directories.map((path) => literal(plainPath(path))),
    raftyard_files: all,
    raftyard_script: literal(plainPath(filesOf(node).script.path)),
    // Read anew by an agent that goes on running, where it is among the files that have changed.
    ...(node.services?.file === undefined
      ? {}
      : { raftyard_services: literal(plainPath(node.services.file.path)) }),
  };
}

/** Where the key goes; the key itself comes from the environment of whoever runs the playbook. */
function secrets({ secret }: DesiredNode): Variables {
  if (secret === undefined) return {};
  return {
    raftyard_secret_root: literal(plainPath(secret.root)),
    raftyard_secret_directory: literal(plainPath(parent(secret.path))),
    raftyard_secret_file: literal(plainPath(secret.path)),
    raftyard_secret_mode: octal(secret.mode),
    raftyard_secret_keyed: secret.parts.some(({ part }) => part === 'gossip'),
    raftyard_secret_tokens: secret.parts.some(({ part }) => part === 'acl'),
    raftyard_secret_certificates: secret.files.map(({ path }) => path.slice(path.lastIndexOf('/') + 1)),
  };
}

/** Rules as firewalld lists them, to see whether one is missing, and the commands that add them; as in the READMEs. */
function firewall(node: DesiredNode): Variables {
  const { mode } = node.firewall;
  const opening = (kind: ManagedFirewall) => openCommands(kind, rulesFor(node, kind)).map(commandLine);
  const closing = (kind: ManagedFirewall) => disableCommands(kind).map(commandLine);
  if (mode === 'leave') return { raftyard_firewall: mode };
  if (mode === 'disable') return { raftyard_firewall: mode, raftyard_ufw_commands: closing('ufw') };
  return {
    raftyard_firewall: mode,
    raftyard_firewalld_rules: rulesFor(node, 'firewalld'),
    raftyard_firewalld_commands: opening('firewalld'),
    raftyard_ufw_commands: opening('ufw'),
  };
}

/** The script that lets containers, or the host, ask Consul. */
function names(node: DesiredNode): Variables {
  if (node.dns === undefined) return {};
  return {
    raftyard_dns_source: literal(`${folder(node.host)}/${DNS_SCRIPT}`),
    raftyard_dns_script: literal(plainPath(`${node.workdir}/${DNS_SCRIPT}`)),
  };
}

/** What a host should be like. */
function desired(input: ExportInput, node: DesiredNode): Variables {
  const datacenter = input.nodes.filter((other) => other.datacenter === node.datacenter);
  return {
    raftyard_node: literal(node.node),
    raftyard_datacenter: literal(node.datacenter),
    raftyard_starts_first: firstToStart(input.topology).has(node.host),
    raftyard_servers_expected: datacenter.filter(({ role }) => role === 'server').length,
    raftyard_container: literal(node.container.name),
    raftyard_configuration: literal(node.container.labels[CONFIG_LABEL] ?? ''),
    ...files(node),
    ...secrets(node),
    ...firewall(node),
    ...names(node),
  };
}

function hostOf({ topology }: ExportInput, node: DesiredNode): Host {
  const host = topology.hosts.find((entry) => entry.name === node.host);
  if (host === undefined) throw new RaftyardError('internal', `no host ${node.host} in the document`);
  return host;
}

/** inventory.yaml */
export function inventory(input: ExportInput): string {
  const group = (role: DesiredNode['role']) => ({
    hosts: Object.fromEntries(
      input.nodes
        .filter((node) => node.role === role)
        .map((node) => [
          node.host,
          { ...connection(input.topology, hostOf(input, node)), ...desired(input, node) },
        ]),
    ),
  });
  const clients = input.nodes.some((node) => node.role === 'client');
  const value = {
    all: {
      children: {
        raftyard: {
          vars: { raftyard_cluster: literal(input.topology.id) },
          children: {
            raftyard_servers: group('server'),
            ...(clients ? { raftyard_clients: group('client') } : {}),
          },
        },
      },
    },
  };
  return yamlText(value, {
    comment: 'Hosts of a Consul cluster, and what each should be like. Written by Raftyard.',
  });
}

/** Pinned keys in known_hosts form, for Ansible's ssh; undefined where the topology pins none. */
export function knownHosts({ topology, nodes }: ExportInput): string | undefined {
  const used = new Set(nodes.map((node) => node.host));
  const lines = topology.hosts
    .filter((host) => used.has(host.name))
    .flatMap(({ address, ssh }) => {
      const name = ssh.port === 22 ? address : `[${address}]:${ssh.port}`;
      return ssh.hostKeys.map((key) => `${name} ${key}`);
    });
  return lines.length === 0 ? undefined : `${[...new Set(lines)].join('\n')}\n`;
}
