/** Consul's own configuration files: for a Consul without Docker, or under another orchestrator. */
import { has, imageFamily } from '../../consul/index.js';
import type { DesiredNode } from '../../desired/types.js';
import { commandLine } from '../../shell/quote.js';
import { dnsFiles, dnsSection } from '../dns.js';
import { type ExportInput, folder } from '../nodes.js';
import { checkSection, firewallSection, orderSection, type Turn, turnLines } from '../readme.js';
import { keyCommands, keySection } from '../secrets.js';
import { servicesSection } from '../services.js';
import { code, page, plainText, shellBlock } from '../text.js';
import type { ExportedFile } from '../types.js';
import { type ConsulDocument, consulDocument } from './document.js';

const FILE = 'consul.json';

/** Before `validate` there was `configtest`. https://developer.hashicorp.com/consul/commands/validate */
function checkCommand(version: string | undefined, path: string): string[] {
  return has(version, 'command', 'consul validate')
    ? ['consul', 'validate', path]
    : ['consul', 'configtest', `-config-file=${path}`];
}

/** The key is in a file of its own, beside the configuration that anybody may read. */
const keyFile = ({ secret }: DesiredNode): string[] =>
  secret === undefined ? [] : [`-config-file=${secret.path}`];

function hostReadme(node: DesiredNode, { value, rest }: ConsulDocument, place: Turn): string {
  const path = `${node.workdir}/${FILE}`;
  const data = String(value['data_dir']);
  const put = commandLine(['install', '-m', '0644', FILE, path]);
  const { version } = imageFamily(node.container.image);
  return page([
    `# ${plainText(node.host)}: Consul ${node.role} ${plainText(node.node)}`,
    ...turnLines(node, place),
    '## Start (启动)',
    `${code(FILE)} configures the agent as the container of Raftyard would be, for ${version === undefined ? 'a current Consul' : `Consul ${plainText(version)}`}: the options of its command, and what its image sets by itself. The data directory is the one inside that container; choose another as you like.`,
    '`consul.json` 与容器中的 agent 配置等价;数据目录可自行修改。',
    shellBlock([
      commandLine(['mkdir', '-p', node.workdir, data]),
      put,
      ...keyCommands(node),
      commandLine(checkCommand(version, path)),
      commandLine(['consul', 'agent', `-config-file=${path}`, ...keyFile(node), ...rest]),
    ]),
    ...(rest.length === 0
      ? []
      : [
          'The last options have no key in the configuration file of that version. 末尾的参数没有对应的配置项。',
        ]),
    ...(value['ui_dir'] === undefined
      ? []
      : [`The web UI of that version is a folder of files, expected in ${code(String(value['ui_dir']))}.`]),
    ...firewallSection(node),
    ...servicesSection(node, path, [put], ['consul', 'reload']),
    ...dnsSection(node),
    ...(node.dns?.port === 53
      ? [
          'Port 53 is for root, or for a program with CAP_NET_BIND_SERVICE (systemd: `AmbientCapabilities=`). 监听 53 端口需要 root 或 CAP_NET_BIND_SERVICE。',
        ]
      : []),
  ]);
}

function overview(input: ExportInput): string {
  const { topology, nodes } = input;
  return page([
    `# ${plainText(topology.name)}: Consul configuration files`,
    'One folder for each host, written by Raftyard. Each holds `consul.json`, and a README with the commands for that host, the firewall’s among them. No Docker is needed: a service manager or another orchestrator can start `consul agent` with it.',
    '每台主机一个文件夹,内含 `consul.json` 和说明(包括防火墙命令);不依赖 Docker。',
    ...keySection(nodes),
    ...input.notes,
    ...orderSection(topology.bootstrap, nodes),
    ...checkSection(input, () => ['consul', 'members']),
  ]);
}

/** A folder for each host with consul.json and a README, and a README above them with the order. */
export function configFiles(input: ExportInput): ExportedFile[] {
  const { nodes } = input;
  return [
    { path: 'README.md', mode: 0o644, content: overview(input) },
    ...nodes.flatMap((node, index) => {
      const document = consulDocument(node);
      const readme = hostReadme(node, document, { turn: index + 1, of: nodes.length });
      return [
        { path: FILE, mode: 0o644, content: `${JSON.stringify(document.value, null, 2)}\n` },
        ...dnsFiles(node),
        { path: 'README.md', mode: 0o644, content: readme },
      ].map((file) => ({ ...file, path: `${folder(node.host)}/${file.path}` }));
    }),
  ];
}
