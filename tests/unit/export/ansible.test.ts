import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONFIG_LABEL, desiredNodes } from '../../../src/shared/desired/index.js';
import { exportTopology } from '../../../src/shared/export/index.js';
import type { SshSettings, Topology } from '../../../src/shared/topology/types.js';
import { modernTopology, seedTopology } from '../desired/arbitrary.js';
import { arbitraryTopology } from '../topology/arbitrary.js';
import { at, HOSTILE_OPTION, readYaml, UNREADABLE, Unsafe } from './parse.js';

type Variables = Record<string, unknown>;

/** Templates that are ours: everything else in which Ansible could see one has to be literal. */
const OURS =
  /^(\{\{ lookup\('ansible\.builtin\.(env', '\w+'|file', raftyard_\w+_file)\) \}\}|[^{}]*\{\{ inventory_dir \}\}\/known_hosts[^{}]*)$/;

/** Values without the mark of being literal; throws for a template that is not ours. */
function plain(value: unknown): unknown {
  if (value instanceof Unsafe) return value.text;
  if (typeof value === 'string') {
    if (/\{[{%#]/.test(value) && !OURS.test(value)) throw new Error(`a template: ${value}`);
    return value;
  }
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}

/** Variables of every host by name. */
function hostsOf(topology: Topology): Record<string, Variables> {
  const text = at(exportTopology(topology, 'ansible'), 'inventory.yaml');
  expect(text).not.toMatch(UNREADABLE);
  const { all } = plain(readYaml(text)) as {
    all: {
      children: {
        raftyard: {
          vars: Variables;
          children: Record<string, { hosts: Record<string, Variables> }>;
        };
      };
    };
  };
  const { vars, children } = all.children.raftyard;
  expect(vars).toEqual({ raftyard_cluster: topology.id });
  return Object.fromEntries(Object.values(children).flatMap(({ hosts }) => Object.entries(hosts)));
}

function withSsh(ssh: Partial<SshSettings>, change: Partial<Topology> = {}): Topology {
  const topology = modernTopology(change);
  return { ...topology, hosts: topology.hosts.map((host) => ({ ...host, ssh: { ...host.ssh, ...ssh } })) };
}

describe('ansible', () => {
  it('has each host’s desired state in the inventory, and its files beside it', () => {
    fc.assert(
      fc.property(arbitraryTopology(), (topology) => {
        const files = exportTopology(topology, 'ansible');
        const hosts = hostsOf(topology);
        const nodes = desiredNodes(topology);
        expect(Object.keys(hosts).sort()).toEqual(nodes.map(({ host }) => host).sort());
        for (const node of nodes) {
          const host = topology.hosts.find(({ name }) => name === node.host);
          expect(hosts[node.host]).toMatchObject({
            ansible_host: host?.address,
            ansible_port: host?.ssh.port,
            ansible_user: host?.ssh.user,
            raftyard_container: node.container.name,
            raftyard_configuration: node.container.labels[CONFIG_LABEL],
            raftyard_script: `${node.workdir}/consul-start.sh`,
            raftyard_firewall: topology.firewall,
            raftyard_files: node.files.map(({ path }) => ({ dest: path })),
          });
          for (const file of node.files) {
            const path = `files/${node.host}/${file.path.slice(node.workdir.length + 1)}`;
            expect(files).toContainEqual({ path, mode: file.mode, content: file.content });
          }
        }
      }),
    );
  });

  it('uses the modules of ansible-core alone', () => {
    const keywords = new Set(
      'name when block rescue loop loop_control register changed_when failed_when check_mode until retries delay environment vars no_log'.split(
        ' ',
      ),
    );
    const modules = new Set<string>();
    const walk = (tasks: readonly Variables[]): void => {
      for (const task of tasks) {
        for (const key of Object.keys(task)) if (!keywords.has(key)) modules.add(key);
        for (const part of ['block', 'rescue']) walk((task[part] ?? []) as Variables[]);
      }
    };
    const plays = readYaml(at(exportTopology(seedTopology(), 'ansible'), 'playbook.yaml')) as Variables[];
    for (const play of plays) walk(play['tasks'] as Variables[]);
    expect([...modules].sort()).toEqual(
      'command copy debug fail file service_facts set_fact stat systemd template uri'
        .split(' ')
        .map((name) => `ansible.builtin.${name}`),
    );
  });

  it('has one playbook for all topologies', () => {
    const playbook = at(exportTopology(seedTopology(), 'ansible'), 'playbook.yaml');
    fc.assert(
      fc.property(arbitraryTopology(), (topology) => {
        expect(at(exportTopology(topology, 'ansible'), 'playbook.yaml')).toBe(playbook);
      }),
    );
  });

  it('keeps templates in values from being read as such', () => {
    const identity = '~/.ssh/{{ lookup("pipe", "id") }}';
    const topology = withSsh({ identity }, { agentOptions: [HOSTILE_OPTION], workdir: '/opt/{% x %}' });
    const text = at(exportTopology(topology, 'ansible'), 'inventory.yaml');
    expect(text).toContain(
      'ansible_ssh_private_key_file: !unsafe "~/.ssh/{{ lookup(\\"pipe\\", \\"id\\") }}"',
    );
    expect(hostsOf(topology)['docker01']).toMatchObject({
      ansible_ssh_private_key_file: identity,
      raftyard_directories: ['/opt/{% x %}', '/opt/{% x %}/config'],
    });
  });

  it('refuses what Ansible would expand and nothing can escape', () => {
    expect(() => exportTopology(modernTopology({ workdir: '/opt/$HOME' }), 'ansible')).toThrow('/opt/$HOME');
  });

  it('names hosts that YAML would take for something else', () => {
    const names = ['on', '1e3', '0o17', '12', 'null', 'yes', '1_000', '0x1f', '12.30'];
    const nodes = names.map((name, index) => ({
      name: `n${index}`,
      host: name,
      role: 'server' as const,
      bootstrap: index === 0,
      container: `c${index}`,
      agentOptions: [],
    }));
    const hosts = names.map((name, index) => ({
      name,
      address: `192.0.2.${index + 1}`,
      advertise: `192.0.2.${index + 1}`,
      ssh: { user: 'root', port: 22, agent: true, hostKeys: [], jump: [] },
    }));
    const topology = modernTopology({ datacenters: [{ name: 'dc1', nodes }], hosts });
    expect(Object.keys(hostsOf(topology)).sort()).toEqual([...names].sort());
  });

  it('tells where secrets are, and has none', () => {
    const topology = withSsh({
      user: 'deploy',
      password: 'env:SSH_PASS',
      sudoPassword: "file:/a b/{{ it's }}",
    });
    expect(hostsOf(topology)['docker02']).toMatchObject({
      ansible_password: "{{ lookup('ansible.builtin.env', 'SSH_PASS') }}",
      ansible_become: true,
      ansible_become_password: "{{ lookup('ansible.builtin.file', raftyard_become_password_file) }}",
      raftyard_become_password_file: "/a b/{{ it's }}",
    });
    const asking = exportTopology(
      withSsh({ user: 'x', password: 'prompt', sudoPassword: 'prompt' }),
      'ansible',
    );
    expect(at(asking, 'README.md')).toContain('playbook.yaml --ask-pass --ask-become-pass\n');
    expect(at(asking, 'README.md')).toContain('sshpass');
    expect(at(asking, 'inventory.yaml')).not.toContain('password');
  });

  it('takes pinned host keys and jump hosts along', () => {
    const key = `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${'A'.repeat(43)}`;
    const topology = withSsh({ hostKeys: [key], port: 2222 });
    const jumping = {
      ...topology,
      hosts: topology.hosts.map((host, index) =>
        index === 0 ? host : { ...host, ssh: { ...host.ssh, jump: ['docker01'] } },
      ),
    };
    expect(at(exportTopology(jumping, 'ansible'), 'known_hosts')).toBe(
      ['95', '96', '97'].map((last) => `[193.168.0.${last}]:2222 ${key}\n`).join(''),
    );
    expect(hostsOf(jumping)['docker01']?.['ansible_ssh_common_args']).toBe(
      `-o StrictHostKeyChecking=yes -o 'UserKnownHostsFile="{{ inventory_dir }}/known_hosts"'`,
    );
    expect(hostsOf(jumping)['docker02']?.['ansible_ssh_common_args']).toMatch(
      / -o ProxyJump=root@193\.168\.0\.95:2222$/,
    );
    expect(exportTopology(modernTopology(), 'ansible').map(({ path }) => path)).not.toContain('known_hosts');
  });

  it('starts first the server that the others join, in the classic style only', () => {
    const first = (topology: Topology) =>
      Object.entries(hostsOf(topology)).flatMap(([name, host]) =>
        host['raftyard_starts_first'] ? [name] : [],
      );
    expect(first(seedTopology())).toEqual(['docker01']);
    expect(first(modernTopology())).toEqual([]);
  });
});
