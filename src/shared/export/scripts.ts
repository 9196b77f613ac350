/** Start scripts: what the app leaves on the hosts, to run by hand. */
import type { DesiredNode } from '../desired/types.js';
import { commandLine, quote } from '../shell/quote.js';
import { dnsFiles, dnsSection } from './dns.js';
import { imageSection } from './image.js';
import { type ExportInput, filesOf, folder } from './nodes.js';
import {
  checkSection,
  firewallSection,
  membersInContainer,
  orderSection,
  type Turn,
  turnLines,
} from './readme.js';
import { keySection, scriptKey } from './secrets.js';
import { reloadInContainer, servicesSection } from './services.js';
import { code, page, plainText, shellBlock } from './text.js';
import type { ExportedFile } from './types.js';

/** README.md in a host's folder. */
function hostReadme(node: DesiredNode, place: Turn): string {
  const script = filesOf(node).script.path;
  return page([
    `# ${plainText(node.host)}: Consul ${node.role} ${plainText(node.node)}`,
    ...turnLines(node, place),
    '## Start (启动)',
    'As root on this host, with consul-start.sh from this folder in the current directory:',
    '以 root 身份在本机执行(当前目录中有本文件夹的 consul-start.sh):',
    shellBlock([
      commandLine(['mkdir', '-p', node.workdir]),
      commandLine(['cp', 'consul-start.sh', script]),
      commandLine(['chmod', '+x', script]),
      `${scriptKey(node)}${quote(script)}`,
    ]),
    ...(node.secret === undefined
      ? []
      : [
          'The key is needed the first time only: the script keeps it where only root can enter. 密钥只在首次执行时需要。',
        ]),
    `The script can be run again. It replaces only a container of this cluster; another container named ${code(node.container.name)} stops it with a message, unless ${code('--replace')} is given.`,
    '脚本可以重复执行;若已有不属于本集群的同名容器,脚本会停止并提示,除非加上 `--replace`。',
    ...firewallSection(node),
    ...servicesSection(node, node.services?.path ?? '', [], reloadInContainer(node)),
    ...dnsSection(node),
  ]);
}

function overview(input: ExportInput): string {
  const { topology, nodes } = input;
  return page([
    `# ${plainText(topology.name)}: start scripts`,
    'One folder for each host, written by Raftyard. Each holds `consul-start.sh` and a README with the commands for that host, the firewall’s among them.',
    '每台主机一个文件夹,内含 `consul-start.sh` 和说明(包括防火墙命令)。',
    ...imageSection(nodes),
    ...keySection(nodes),
    ...input.notes,
    ...orderSection(topology.bootstrap, nodes),
    ...checkSection(input, membersInContainer),
  ]);
}

/** A folder for each host with its start script and a README, and a README above them with the order. */
export function scriptFiles(input: ExportInput): ExportedFile[] {
  const { nodes } = input;
  return [
    { path: 'README.md', mode: 0o644, content: overview(input) },
    ...nodes.flatMap((node, index) => {
      const directory = folder(node.host);
      const { script } = filesOf(node);
      const readme = hostReadme(node, { turn: index + 1, of: nodes.length });
      return [
        { path: `${directory}/consul-start.sh`, mode: script.mode, content: script.content },
        ...dnsFiles(node).map((file) => ({ ...file, path: `${directory}/${file.path}` })),
        { path: `${directory}/README.md`, mode: 0o644, content: readme },
      ];
    }),
  ];
}
