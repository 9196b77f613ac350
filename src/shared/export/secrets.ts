/** What the READMEs say about keys and certificates: they are in no exported file. */
import { type DesiredNode, freshTemplateOf, GOSSIP_KEY, placeOf } from '../desired/index.js';
import { commandLine, quote } from '../shell/quote.js';
import type { SecurePart } from '../topology/index.js';
import { parent } from './nodes.js';
import { code, shellBlock } from './text.js';

/** File beside the exported ones in which people keep the key while they hand it out. */
const KEY_FILE = 'gossip.key';
/** Folder beside the exported files with the certificates of a host. */
const TLS_FOLDER = 'tls';

const hasPart = ({ secret }: DesiredNode, part: SecurePart): boolean =>
  secret?.parts.some((entry) => entry.part === part) === true;

const name = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** How a key is made, once for the whole cluster, and where certificates come from. */
export function keySection(nodes: readonly DesiredNode[]): string[] {
  const [node] = nodes;
  if (node?.secret === undefined) return [];
  return [
    ...(hasPart(node, 'gossip')
      ? [
          '## Gossip key (Gossip 密钥)',
          `Gossip is encrypted, and the key is in none of these files. All hosts have the same one. Make it once, and carry it to each host as ${code(KEY_FILE)}, readable by root only; or take the one that Raftyard made, out of its recovery kit.`,
          '本集群的 gossip 已加密,密钥不在这些文件中;所有主机使用同一个密钥,生成一次后分发到每台主机。',
          shellBlock([
            `(umask 077; ${commandLine(['docker', 'run', '--rm', node.container.image, 'keygen'])} > ${KEY_FILE})`,
          ]),
        ]
      : []),
    ...(hasPart(node, 'tls')
      ? [
          '## Certificates (证书)',
          `The agents talk TLS. Their certificates are in none of these files: carry each host’s to it as a folder ${code(TLS_FOLDER)}, readable by root only. Raftyard writes one for every host:`,
          '本集群的 agent 之间使用 TLS,证书不在这些文件中;每台主机的证书放在 `tls` 文件夹,由 Raftyard 生成:',
          shellBlock(['raftyard secrets certificates FILE.raftyard --out certificates']),
        ]
      : []),
    ...tokenSection(node),
  ];
}

/** Commands that put key and certificates where the agent reads them; for formats whose own files do not do it. */
export function keyCommands(node: DesiredNode): string[] {
  const { secret } = node;
  if (secret === undefined) return [];
  const [before = '', after] = freshTemplateOf(secret).trimEnd().split(placeOf(GOSSIP_KEY));
  const directory = parent(secret.path);
  const text =
    after === undefined
      ? `printf '%s\\n' ${quote(before)}`
      : `printf '%s%s%s\\n' ${quote(before)} "$(cat ${KEY_FILE})" ${quote(after)}`;
  return [
    commandLine(['install', '-d', '-m', '0700', secret.root]),
    commandLine(['install', '-d', '-m', '0755', directory]),
    `${text} | install -m 0444 /dev/stdin ${quote(secret.path)}`,
    ...secret.files.map(({ path }) =>
      commandLine(['install', '-m', '0444', `${TLS_FOLDER}/${name(path)}`, path]),
    ),
  ];
}

/** How consul-start.sh is told the key, and where the certificates are. */
export function scriptKey(node: DesiredNode): string {
  return [
    hasPart(node, 'gossip') ? `CONSUL_GOSSIP_KEY_FILE=${KEY_FILE} ` : '',
    hasPart(node, 'tls') ? `CONSUL_TLS_DIR=${TLS_FOLDER} ` : '',
  ].join('');
}

/** What is left to do where ACLs are on: tokens are made by the cluster itself, and are in no file. */
export function tokenSection(node: DesiredNode): string[] {
  if (!hasPart(node, 'acl')) return [];
  return [
    '## Tokens (令牌)',
    'ACLs are on, and nothing is allowed without a token. The cluster elects its leader, and then waits: its agents have no tokens yet, so that they are in no catalog. This makes them, and gives each agent its own:',
    '本集群启用了 ACL,没有令牌就不允许任何操作。集群选出 leader 后,用以下命令生成令牌并分发给每个 agent:',
    shellBlock(['raftyard apply FILE.raftyard']),
  ];
}
