/** Docker Compose: a project for each host. https://docs.docker.com/reference/compose-file/ */
import { DOCKER_SOCKET, mountText } from '../desired/index.js';
import type { DesiredContainer, DesiredMount, DesiredNode } from '../desired/types.js';
import { commandLine } from '../shell/quote.js';
import { dnsFiles, dnsSection } from './dns.js';
import { imageCommands, imageSection } from './image.js';
import { belowWorkdir, type ExportInput, filesOf, folder, octal, parent } from './nodes.js';
import {
  checkSection,
  firewallSection,
  membersInContainer,
  orderSection,
  type Turn,
  turnLines,
} from './readme.js';
import { keyCommands, keySection } from './secrets.js';
import { reloadInContainer, servicesSection } from './services.js';
import { code, page, plainText, shellBlock } from './text.js';
import type { ExportedFile } from './types.js';
import { yamlText } from './yaml.js';

/** Key of the named volume inside the file. */
const VOLUME = 'data';

/** Variable with the group of the host's Docker socket. */
const DOCKER_GROUP = 'DOCKER_GID';

/** Compose replaces `$NAME` in every value; `$$` is a dollar. */
const dollar = (text: string): string => text.replaceAll('$', '$$$$');

const dollars = (values: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([key, value]) => [key, dollar(value)]));

function volumeEntry(mount: DesiredMount): string {
  return dollar(mountText(mount, mount.type === 'volume' ? VOLUME : mount.source));
}

function service(container: DesiredContainer): Record<string, unknown> {
  return {
    image: dollar(container.image),
    container_name: dollar(container.name),
    hostname: dollar(container.hostname),
    network_mode: container.networkMode,
    restart: container.restart,
    labels: dollars(container.labels),
    ...(container.dockerUser === undefined
      ? {}
      : { user: `${dollar(container.dockerUser)}:\${${DOCKER_GROUP}}` }),
    ...(container.env.length === 0 ? {} : { environment: container.env.map(dollar) }),
    ...(container.mounts.length === 0 ? {} : { volumes: container.mounts.map(volumeEntry) }),
    ...(container.command.length === 0 ? {} : { command: container.command.map(dollar) }),
  };
}

function composeFile(node: DesiredNode): string {
  const { container, volume } = node;
  const value = {
    services: { consul: service(container) },
    ...(volume === undefined
      ? {}
      : { volumes: { [VOLUME]: { name: dollar(volume.name), labels: dollars(volume.labels) } } }),
  };
  return yamlText(value, {
    comment: `Consul ${node.role} ${node.node} on ${node.host}, for Docker Compose. Written by Raftyard.`,
  });
}

/**
 * The project's name: without it Compose takes the folder's, which may hold no letter that it allows. In `.env`, since
 * Compose 1 knows no `name` in the file itself.
 */
function environmentFile({ clusterId }: DesiredNode): string {
  return `COMPOSE_PROJECT_NAME=raftyard-${clusterId
    .slice(0, 8)
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '-')}\n`;
}

/** Brings a file of this folder to its place below the working directory. */
const put = (node: DesiredNode, path: string, mode: number): string =>
  commandLine(['install', '-m', octal(mode), path, `${node.workdir}/${path}`]);

/** What stands beside compose.yaml, by its path below the working directory. */
function besides(node: DesiredNode): ExportedFile[] {
  return filesOf(node).configuration.map(({ path, mode, content }) => ({
    path: belowWorkdir(node, path),
    mode,
    content,
  }));
}

function install(node: DesiredNode): string[] {
  const files: { readonly path: string; readonly mode: number }[] = [
    { path: 'compose.yaml', mode: 0o644 },
    { path: '.env', mode: 0o644 },
    ...besides(node),
  ];
  const target = (path: string): string => `${node.workdir}/${path}`;
  const directories = [...new Set(files.map(({ path }) => parent(target(path))))];
  return [
    commandLine(['install', '-d', '-m', '0755', ...directories]),
    ...files.map(({ path, mode }) => put(node, path, mode)),
    ...keyCommands(node),
    ...imageCommands(node),
    commandLine(['cd', node.workdir]),
    ...(node.container.dockerUser === undefined
      ? []
      : [`echo "${DOCKER_GROUP}=$(stat -c %g ${DOCKER_SOCKET})" >> .env`]),
    'docker compose up -d        # or: docker-compose up -d',
  ];
}

function hostReadme(node: DesiredNode, place: Turn): string {
  const kept =
    node.volume === undefined
      ? 'The data is in an anonymous volume: it is lost when Compose makes the container anew (数据在匿名卷中,重建容器即丢失).'
      : `The data is in the volume ${code(node.volume.name)}; ${code('docker compose down')} keeps it, ${code('down -v')} removes it (数据在命名卷中).`;
  return page([
    `# ${plainText(node.host)}: Consul ${node.role} ${plainText(node.node)}`,
    ...turnLines(node, place),
    '## Start (启动)',
    'As root on this host, in this folder (the paths in compose.yaml are those of the working directory):',
    '以 root 身份在本机的本文件夹中执行:',
    shellBlock(install(node)),
    kept,
    `A container named ${code(node.container.name)} that is there already makes Compose stop; one that Raftyard or its script made can be removed first, with ${code(`docker rm -f ${node.container.name}`)}. 若已有同名容器,需先删除。`,
    ...firewallSection(node),
    ...serviceLines(node),
    ...dnsSection(node),
  ]);
}

function serviceLines(node: DesiredNode): string[] {
  const file = node.services?.file;
  if (file === undefined) return [];
  const change = put(node, belowWorkdir(node, file.path), file.mode);
  return servicesSection(node, file.path, [change], reloadInContainer(node));
}

function overview(input: ExportInput): string {
  const { topology, nodes } = input;
  return page([
    `# ${plainText(topology.name)}: Docker Compose`,
    'One folder for each host, written by Raftyard. Each holds `compose.yaml`, `.env` with the name of the project, the files that the container reads, and a README with the commands for that host, the firewall’s among them. The containers are those that Raftyard itself makes.',
    '每台主机一个文件夹,内含 `compose.yaml`、`.env`、容器需要的配置文件和说明(包括防火墙命令)。',
    ...imageSection(nodes, { script: false }),
    ...keySection(nodes),
    ...input.notes,
    ...orderSection(topology.bootstrap, nodes),
    ...checkSection(input, membersInContainer),
  ]);
}

/** A folder for each host with compose.yaml and what it needs, and a README above them with the order. */
export function composeFiles(input: ExportInput): ExportedFile[] {
  const { nodes } = input;
  return [
    { path: 'README.md', mode: 0o644, content: overview(input) },
    ...nodes.flatMap((node, index) => {
      const readme = hostReadme(node, { turn: index + 1, of: nodes.length });
      const files: ExportedFile[] = [
        { path: 'compose.yaml', mode: 0o644, content: composeFile(node) },
        { path: '.env', mode: 0o644, content: environmentFile(node) },
        ...besides(node),
        ...dnsFiles(node),
        { path: 'README.md', mode: 0o644, content: readme },
      ];
      return files.map((file) => ({ ...file, path: `${folder(node.host)}/${file.path}` }));
    }),
  ];
}
