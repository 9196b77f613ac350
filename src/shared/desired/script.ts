/** consul-start.sh: does by hand exactly what the app does, for the host's working directory and for the export. */
import { quote } from '../shell/quote.js';
import { getImage } from './image.js';
import { CLUSTER_LABEL } from './labels.js';
import { mountText } from './mounts.js';
import { parent } from './paths.js';
import { writeSecrets } from './script-secrets.js';
import { DOCKER_SOCKET } from './services.js';
import type { DesiredContainer, DesiredFile, DesiredNode } from './types.js';

export type ScriptInput = Pick<
  DesiredNode,
  'clusterId' | 'clusterName' | 'node' | 'role' | 'image' | 'container' | 'volume' | 'secret' | 'workdir'
> & {
  /** Configuration files that the container mounts. */
  readonly files: readonly DesiredFile[];
};

/** Shell text is ours except for what went through {@link quote}. A comment cannot be quoted: one line, printable. */
const comment = (text: string): string => `# ${text.replace(/[^\x20-\x7e]+/g, ' ')}`;

/** Only where the mode is another one: whoever does not own the file could not set even the same. */
function chmodUnless(path: string, mode: number): string {
  const octal = mode.toString(8);
  return `[ -n "$(find ${quote(path)} -prune -perm ${octal})" ] || chmod ${octal} ${quote(path)}`;
}

/** The name filter of `docker ps` is a regular expression; names may hold dots. */
function nameFilter(name: string): string {
  return `name=^/?${name.replace(/[^A-Za-z0-9_-]/g, (character) => `[${character}]`)}$`;
}

/** `docker run` with exactly the container's options, laid out as in the tutorial. */
function runCommand(container: DesiredContainer): string {
  const lines = [
    'docker run -d',
    `--restart ${container.restart}`,
    `-h ${quote(container.hostname)}`,
    `--net=${container.networkMode}`,
    ...Object.entries(container.labels).map(([key, value]) => `--label ${quote(`${key}=${value}`)}`),
    ...container.env.map((entry) => `--env ${quote(entry)}`),
    ...(container.dockerUser === undefined
      ? []
      : [`--user ${quote(container.dockerUser)}:"$(stat -c %g ${DOCKER_SOCKET})"`]),
    ...container.mounts.map((mount) => `-v ${quote(mountText(mount))}`),
    `--name ${quote(container.name)} ${quote(container.image)}`,
    ...(container.command.length === 0 ? [] : [container.command.map(quote).join(' ')]),
  ];
  return lines.join(' \\\n  ');
}

/** shellcheck takes `$` and the like in single quotes for a slip; a value that holds one is meant as it is. */
function literalNote(input: ScriptInput): string[] {
  // JSON's own escapes are no part of the values; a backslash of theirs is doubled there, and stays.
  const values = JSON.stringify(input).replace(/\\["nrtbf]/g, '');
  if (!/[$`\\]/.test(values)) return [];
  return ['#', '# Values in single quotes are meant literally.', '# shellcheck disable=SC1003,SC2016'];
}

function head(input: ScriptInput): string[] {
  const { node, role } = input;
  return [
    '#!/bin/sh',
    comment(`Starts the Consul ${role} ${node} on this host. Written by Raftyard.`),
    '#',
    '#   consul-start.sh             start it; a container of this cluster is replaced, no other is touched',
    '#   consul-start.sh --replace   replace a container of the same name even if it is not of this cluster',
    '#   consul-start.sh --pull      get the image, and nothing else',
    ...literalNote(input),
    'set -eu',
    'umask 022',
    '',
    'say() {',
    `  printf '%s\\n' "$*"`,
    '}',
    'fail() {',
    `  printf 'consul-start.sh: %s\\n' "$*" >&2`,
    '  exit 1',
    '}',
    '',
    'replace=no',
    'only=',
    'for argument in "$@"; do',
    '  case $argument in',
    '    --replace) replace=yes ;;',
    '    --pull) only=image ;;',
    '    -h | --help)',
    "      say 'usage: consul-start.sh [--replace | --pull]'",
    '      exit 0',
    '      ;;',
    '    *)',
    `      printf 'consul-start.sh: unknown argument: %s\\n' "$argument" >&2`,
    '      exit 64',
    '      ;;',
    '  esac',
    'done',
  ];
}

function checkDocker(): string[] {
  return [
    '# Docker must be here, and answer.',
    'command -v docker >/dev/null 2>&1 ||',
    "  fail 'Docker is not installed on this host. Install Docker Engine: https://docs.docker.com/engine/install/'",
    "if ! answer=$(docker version --format '{{.Server.Version}}' 2>&1); then",
    '  fail "Docker does not answer. Is it running, and may this user use it (try sudo)? Docker says: $answer"',
    'fi',
  ];
}

function checkExisting({ clusterId, container }: ScriptInput): string[] {
  const label = `{{ index .Config.Labels "${CLUSTER_LABEL}" }}`;
  const message = `A container named ${container.name} is there already and is not of this cluster. Rename or remove it, or give --replace to remove it now.`;
  return [
    '# A container of this name: ours will be replaced, any other is left alone.',
    `existing=$(docker ps -aq --no-trunc --filter ${quote(nameFilter(container.name))})`,
    'if [ -n "$existing" ]; then',
    `  owner=$(docker inspect --type container --format ${quote(label)} "$existing")`,
    `  if [ "$owner" != ${quote(clusterId)} ] && [ "$replace" = no ]; then`,
    `    fail ${quote(message)}`,
    '  fi',
    'fi',
  ];
}

function writeFiles({ files }: ScriptInput): string[] {
  return files.flatMap((file) => {
    const path = quote(file.path);
    const directory = parent(file.path);
    const text = file.content.replace(/\n+$/, '');
    return [
      '',
      '# The configuration that the container reads; world-readable, since the agent drops root.',
      `configuration=${quote(text)}`,
      `if ! [ -f ${path} ] || [ "$(cat ${path})" != "$configuration" ]; then`,
      `  say ${quote(`Writing ${file.path}`)}`,
      `  if ! { mkdir -p ${quote(directory)} && printf '%s\\n' "$configuration" >${path}; }; then`,
      `    fail ${quote(`Cannot write ${file.path}; run this script as root.`)}`,
      '  fi',
      'fi',
      chmodUnless(directory, 0o755),
      chmodUnless(file.path, file.mode),
    ];
  });
}

function createVolume({ clusterId, volume }: ScriptInput): string[] {
  if (volume === undefined) return [];
  const labels = Object.entries(volume.labels).map(([key, value]) => `--label ${quote(`${key}=${value}`)}`);
  const message = `A volume named ${volume.name} is there already and is not of this cluster. Rename or remove it first.`;
  return [
    '',
    '# The data lives in a named volume, and survives the container.',
    `if owner=$(docker volume inspect --format ${quote(`{{ index .Labels "${CLUSTER_LABEL}" }}`)} ${quote(volume.name)} 2>/dev/null); then`,
    `  [ "$owner" = ${quote(clusterId)} ] ||`,
    `    fail ${quote(message)}`,
    'else',
    `  say ${quote(`Creating the data volume ${volume.name}`)}`,
    `  docker volume create ${[...labels, quote(volume.name)].join(' ')} >/dev/null`,
    'fi',
  ];
}

function replaceAndRun({ clusterName, node, role, container, volume }: ScriptInput): string[] {
  const lost = volume === undefined ? ', and with it the data that it kept' : '';
  return [
    '# The image first: should it not come, what runs now goes on running.',
    'get_image',
    '',
    'if [ -n "$existing" ]; then',
    `  say ${quote(`Removing the old container ${container.name}${lost}`)}`,
    '  docker rm -f "$existing" >/dev/null',
    'fi',
    '',
    `say ${quote(`Starting ${container.name}: ${role} ${node} of ${clusterName}`)}`,
    runCommand(container),
    '',
    `say ${quote(`Started. Its log: docker logs ${container.name}`)}`,
  ];
}

/**
 * The start script of a node: POSIX sh, every value quoted, safe to run again. It removes only a container that carries
 * this cluster's label, unless `--replace` is given; its `docker run` makes the same container as the app does.
 */
export function startScript(input: ScriptInput): string {
  const lines = [
    ...head(input),
    '',
    ...checkDocker(),
    '',
    ...getImage(input.container, input.image, input.workdir),
    '',
    ...checkExisting(input),
    ...writeFiles(input),
    ...writeSecrets(input),
    ...createVolume(input),
    '',
    ...replaceAndRun(input),
  ];
  return `${lines.join('\n')}\n`;
}
