/** Ansible: inventory, playbook, and the files that it copies. */

import type { DesiredNode } from '../../desired/types.js';
import { commandLine } from '../../shell/quote.js';
import { bridgeRules, DNS_SCRIPT, dnsFiles } from '../dns.js';
import { imageSection } from '../image.js';
import { belowWorkdir, type ExportInput, folder } from '../nodes.js';
import { checkSection, membersInContainer, nodeTable } from '../readme.js';
import { tokenSection } from '../secrets.js';
import { code, page, plainText, shellBlock } from '../text.js';
import type { ExportedFile } from '../types.js';
import { FILES, inventory, KNOWN_HOSTS, knownHosts } from './inventory.js';
import { playbook, SECRET_TEMPLATE, secretTemplate } from './playbook.js';

/** Ansible's own default; with fewer at once, servers would wait for each other. */
const LEAST_FORKS = 5;

function settings({ nodes }: ExportInput): string {
  return [
    '# Read when ansible-playbook is started in this folder. Written by Raftyard.',
    '[defaults]',
    'inventory = inventory.yaml',
    '# All hosts at the same time.',
    `forks = ${Math.max(LEAST_FORKS, nodes.length)}`,
    'interpreter_python = auto_silent',
    'retry_files_enabled = False',
    '',
    '[ssh_connection]',
    'pipelining = True',
    '',
  ].join('\n');
}

function secretNotes({ topology, nodes }: ExportInput): string[] {
  const used = new Set(nodes.map((node) => node.host));
  const hosts = topology.hosts.filter((host) => used.has(host.name));
  const asks = (pick: 'password' | 'sudoPassword'): boolean =>
    hosts.some((host) => host.ssh[pick] === 'prompt');
  const options = [
    ...(asks('password') ? ['--ask-pass'] : []),
    ...(asks('sudoPassword') ? ['--ask-become-pass'] : []),
  ];
  return [
    shellBlock([
      commandLine(['ansible-playbook', '-i', 'inventory.yaml', 'playbook.yaml', ...options, '--check']),
      commandLine(['ansible-playbook', '-i', 'inventory.yaml', 'playbook.yaml', ...options]),
    ]),
    ...(hosts.some((host) => host.ssh.password !== undefined)
      ? ['Logging in with a password needs `sshpass` on this computer. 使用密码登录需要安装 sshpass。']
      : []),
    ...(hosts.some((host) => host.ssh.passphrase !== undefined)
      ? [
          'A key with a passphrase has to be in the SSH agent first (`ssh-add`). 带口令的密钥请先用 ssh-add 加入。',
        ]
      : []),
    ...(hosts.some((host) => host.ssh.jump.length > 0)
      ? [
          'Jump hosts are reached with the keys of your SSH agent or `~/.ssh/config`. 跳板机使用 SSH agent 或 ~/.ssh/config 中的密钥。',
        ]
      : []),
    ...(hosts.some((host) => host.ssh.hostKeys.length > 0)
      ? [
          `Host keys that the topology pins are in ${code(KNOWN_HOSTS)}; no other key of those hosts is taken.`,
        ]
      : []),
  ];
}

const FIREWALL = {
  open: 'It opens the ports that each host needs, in firewalld or ufw where one of them runs; it takes no rule away.',
  disable:
    'It stops and disables firewalld or ufw, as this topology says: every port of the hosts is then reachable. Where that breaks the rules that Docker made, Docker is restarted.',
  leave: 'It leaves the firewall as it is.',
} as const;

/** Names are asked for on wish: it costs a restart of engines. */
function nameSection(node: DesiredNode): string[] {
  const { dns, workdir } = node;
  if (dns === undefined) return [];
  const does = dns.containers
    ? 'which restarts the Docker engine of each for containers to ask Consul, and their containers with it'
    : 'which tells systemd-resolved of each to ask Consul for names below .consul';
  return [
    `Names: with ${code('-e raftyard_dns=true')} it also runs ${code(DNS_SCRIPT)} on one host after another, ${does}. On a host ${code(commandLine(['sh', `${workdir}/${DNS_SCRIPT}`, '--undo']))} puts back what was there; do that before the agents go. 加上 \`-e raftyard_dns=true\` 时还会逐台运行该脚本(容器 DNS 需重启 Docker 引擎);在主机上用 \`--undo\` 恢复。`,
    ...bridgeRules(node),
  ];
}

function readme(input: ExportInput): string {
  const { topology, nodes } = input;
  return page([
    `# ${plainText(topology.name)}: Ansible`,
    'An inventory and a playbook, written by Raftyard, for ansible-core 2.14 or later; no collection is needed. The hosts need Docker and Python 3.',
    'Ansible 清单与 playbook(ansible-core 2.14 及以上,无需额外 collection;目标主机需要 Docker 和 Python 3)。',
    '## Run (运行)',
    'In this folder; the first command changes nothing: it checks the hosts, and shows which files would be written. 在本目录执行,第一条命令只做检查和预览:',
    ...secretNotes(input),
    `The playbook does what ${code('raftyard apply')} does: it checks Docker and what is there, writes the start script and the configuration, sees to the firewall, gets the image, starts all servers at the same time, and waits until all of them are Raft peers and see a leader. A second run changes nothing.`,
    'playbook 可重复执行,第二次运行不会有任何改动。',
    FIREWALL[topology.firewall],
    `Containers that are not of this cluster stop it before anything is changed; ${code('-e raftyard_replace=true')} removes them. Containers of this cluster that are no longer as they should be are replaced one host after the other; unlike ${code('raftyard apply')}, it does not leave the leader for last.`,
    ...(topology.secure.gossip
      ? [
          'Gossip is encrypted, and the key is in none of these files: set `CONSUL_GOSSIP_KEY` for the first run, to a key that `consul keygen` made or to the one in Raftyard’s recovery kit. 首次运行时用环境变量 `CONSUL_GOSSIP_KEY` 提供 gossip 密钥。',
        ]
      : []),
    ...(topology.secure.tls
      ? [
          'The agents talk TLS, and their certificates are in none of these files: set `CONSUL_TLS_DIR` for the first run, to the folder that `raftyard secrets certificates FILE.raftyard --out FOLDER` wrote. 首次运行时用环境变量 `CONSUL_TLS_DIR` 提供证书文件夹。',
        ]
      : []),
    ...imageSection(input.nodes),
    ...input.nodes.slice(0, 1).flatMap(nameSection),
    ...(nodes.some(({ services }) => services?.file !== undefined)
      ? [
          'Services and their checks are in `config/services.json` of each host’s folder below `files`. A run after a change there lets the agents read it anew, and restarts nothing. 服务及其健康检查写在各主机的 `config/services.json` 中,修改后再次运行即可,无需重启。',
        ]
      : []),
    ...input.nodes.slice(0, 1).flatMap(tokenSection),
    ...input.notes,
    '## Hosts (主机)',
    nodeTable(nodes, { linked: false }),
    ...checkSection(input, membersInContainer),
  ]);
}

/** inventory.yaml, playbook.yaml, ansible.cfg, what the hosts get below `files/`, and a README. */
export function ansibleFiles(input: ExportInput): ExportedFile[] {
  const keys = knownHosts(input);
  const text = (path: string, content: string): ExportedFile => ({ path, mode: 0o644, content });
  return [
    text('README.md', readme(input)),
    text('ansible.cfg', settings(input)),
    text('inventory.yaml', inventory(input)),
    text('playbook.yaml', playbook()),
    ...(keys === undefined ? [] : [text(KNOWN_HOSTS, keys)]),
    ...input.nodes.flatMap((node) => {
      const directory = `${FILES}/${folder(node.host)}`;
      const secret = secretTemplate(node);
      return [
        ...node.files.map(({ path, mode, content }) => ({
          path: `${directory}/${belowWorkdir(node, path)}`,
          mode,
          content,
        })),
        ...dnsFiles(node).map((file) => ({ ...file, path: `${directory}/${file.path}` })),
        ...(secret === undefined ? [] : [text(`${directory}/${SECRET_TEMPLATE}`, secret)]),
      ];
    }),
  ];
}
