/** What the READMEs say about where the image comes from; nothing where every engine pulls it by its own name. */
import { registryOf } from '../consul/index.js';
import { REGISTRY_PASSWORD } from '../desired/index.js';
import type { DesiredNode } from '../desired/types.js';
import { commandLine } from '../shell/quote.js';
import { code, plainText } from './text.js';

const isPlain = ({ image, container }: DesiredNode): boolean =>
  image.from === container.image && image.user === undefined;

const where = ({ image, container }: DesiredNode): string =>
  image.digest === undefined
    ? `The image comes from ${code(registryOf(image.from))}, and goes as ${code(container.image)} on every host. 镜像来自 ${code(registryOf(image.from))}。`
    : `The image is pinned: every host runs the one with the digest ${code(image.digest)}, from ${code(registryOf(image.from))}, as ${code(container.image)}. 镜像已按摘要固定。`;

/** @param script Whether consul-start.sh pulls it, on its own or by the playbook; else commands of each README do. */
export function imageSection(
  nodes: readonly DesiredNode[],
  { script }: { readonly script: boolean } = { script: true },
): string[] {
  const [node] = nodes;
  if (node === undefined || isPlain(node)) return [];
  return [
    '## Image (镜像)',
    where(node),
    ...(node.image.user === undefined || !script
      ? []
      : [
          `The registry wants a password for ${plainText(node.image.user)}, which is in none of these files: set ${code(REGISTRY_PASSWORD)} for the first run (nothing of it is kept), or use ${code('docker login')} on each host. 首次运行时用环境变量 ${code(REGISTRY_PASSWORD)} 提供镜像仓库密码。`,
        ]),
  ];
}

/** For formats whose own files pull nothing but the container's own reference. */
export function imageCommands(node: DesiredNode): string[] {
  if (isPlain(node)) return [];
  const { from, user } = node.image;
  const registry = registryOf(from);
  return [
    ...(user === undefined ? [] : [commandLine(['docker', 'login', '--username', user, registry])]),
    commandLine(['docker', 'pull', from]),
    ...(from === node.container.image ? [] : [commandLine(['docker', 'tag', from, node.container.image])]),
    ...(user === undefined ? [] : [commandLine(['docker', 'logout', registry])]),
  ];
}
