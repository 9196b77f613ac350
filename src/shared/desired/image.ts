/** Where the image of a node comes from, and the part of consul-start.sh that gets it. */
import { parseReference, pullReference, registryOf } from '../consul/index.js';
import { quote } from '../shell/quote.js';
import type { Topology } from '../topology/types.js';
import type { DesiredContainer, DesiredImage } from './types.js';

/** Variable with the registry's password, for exported scripts and playbooks. */
export const REGISTRY_PASSWORD = 'CONSUL_REGISTRY_PASSWORD';

/**
 * Holds `DIGEST ID` of an image that was loaded from an archive and proven to be the pinned one: an engine knows the digests
 * only of what it pulled itself.
 */
export const provenPath = (workdir: string): string => `${workdir}/.raftyard/image`;

export function desiredImage({ image, pull }: Pick<Topology, 'image' | 'pull'>): DesiredImage {
  const { digest } = parseReference(image);
  return {
    from: pullReference(image, pull?.mirror),
    ...(digest === undefined ? {} : { digest }),
    ...(pull?.user === undefined ? {} : { user: pull.user }),
  };
}

/** With the password in the environment: a configuration of Docker's own for this one pull, so that nothing of it is kept. */
function pullFunction({ from, user }: DesiredImage): string[] {
  if (user === undefined) return [];
  return [
    `# As ${user.replace(/[^\x21-\x7e]/g, '?')}: with the password in ${REGISTRY_PASSWORD}, which is kept nowhere, or as docker login has it here.`,
    'pull() (',
    `  [ -n "\${${REGISTRY_PASSWORD}:-}" ] || exec docker pull "$1"`,
    '  login=$(mktemp -d)',
    '  trap \'rm -rf "$login"\' EXIT',
    `  printf '%s' "$${REGISTRY_PASSWORD}" |`,
    `    docker --config "$login" login --username ${quote(user)} --password-stdin ${quote(registryOf(from))} >/dev/null &&`,
    '    docker --config "$login" pull "$1"',
    ')',
    '',
  ];
}

/** Whether the host has the image that is meant: by name, or by what its name stands for. */
function presence(run: string, { digest }: DesiredImage, workdir: string): { lines: string[]; test: string } {
  if (digest === undefined) return { lines: [], test: `docker image inspect ${run} >/dev/null 2>&1` };
  return {
    lines: [
      '# The image is pinned: its name is not enough, the digest has to be the one of the topology.',
      'pinned() {',
      `  docker image inspect --format '{{range .RepoDigests}}{{println .}}{{end}}' ${run} 2>/dev/null |`,
      `    grep -q ${quote(`@${digest}$`)} && return`,
      '  # Of one that Raftyard loaded from an archive, it wrote down what it proved.',
      `  id=$(docker image inspect --format '{{.Id}}' ${run} 2>/dev/null) &&`,
      `    [ "$(cat ${quote(provenPath(workdir))} 2>/dev/null)" = "${digest} $id" ]`,
      '}',
      '',
    ],
    test: 'pinned',
  };
}

/** The functions that get the image where it is missing: `get_image` is the one to call. */
export function getImage(container: DesiredContainer, image: DesiredImage, workdir: string): string[] {
  const run = quote(container.image);
  const from = quote(image.from);
  const { lines, test } = presence(run, image, workdir);
  return [
    ...pullFunction(image),
    ...lines,
    'get_image() {',
    `  if ! ${test}; then`,
    `    say ${quote(`Pulling ${image.from}`)}`,
    `    ${image.user === undefined ? 'docker pull' : 'pull'} ${from}`,
    ...(image.from === container.image ? [] : [`    docker tag ${from} ${run}`]),
    '  fi',
    '}',
    'if [ "$only" = image ]; then',
    '  get_image',
    '  exit 0',
    'fi',
  ];
}
