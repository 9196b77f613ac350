/** Rules for a single value. Each takes a string and gives what is wrong with it, or undefined. */
import { isHostName, isIpAddress, isNotOneHost, isUnspecified } from './address.js';
import { show } from './text.js';

export interface Problem {
  readonly code: string;
  readonly message: string;
}
export type Rule = (value: string) => Problem | undefined;

const problem = (code: string, message: string): Problem => ({ code, message });

/** Code of a value that must not be shown, because it may be a secret. */
export const SECRET_VALUE = 'secret-value';

export const clusterName: Rule = (v) =>
  /^[\p{L}\p{N}]/u.test(v) && v.length <= 64 && !/\s$/u.test(v)
    ? undefined
    : problem(
        'bad-name',
        `${show(v)} is no cluster name: begin with a letter or digit, at most 64 characters`,
      );

/** A UUID that is not all zeroes: the cluster's identity on its hosts. */
export const uuid: Rule = (v) =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(v) && /[1-9a-f]/i.test(v)
    ? undefined
    : problem('bad-id', `${show(v)} is no UUID such as 7d1f0c3e-58a4-4c1b-9d6e-2f3a4b5c6d7e`);

/** Consul: "datacenter … Please use only [a-z0-9-_]" (developer.hashicorp.com/consul, agent flags). */
export const datacenterName: Rule = (v) =>
  /^[a-z0-9][a-z0-9_-]{0,63}$/.test(v)
    ? undefined
    : problem(
        'bad-datacenter-name',
        `Consul refuses the datacenter name ${show(v)}: lower-case letters, digits, - and _, at most 64`,
      );

/** Consul finds a node by DNS only under letters, digits and dashes; it is the container's host name too. */
export const nodeName: Rule = (v) =>
  /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(v)
    ? undefined
    : problem(
        'bad-node-name',
        `${show(v)} cannot be found by DNS as a node: letters, digits and inner dashes, at most 63`,
      );

export const hostEntryName: Rule = (v) =>
  /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(v)
    ? undefined
    : problem(
        'bad-host-name',
        `${show(v)} is no name for a host: letters, digits, inner dots, dashes and underscores, at most 63`,
      );

/** The Docker Engine's own rule for container names, bounded. */
export const containerName: Rule = (v) =>
  /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,127}$/.test(v)
    ? undefined
    : problem(
        'bad-container-name',
        `Docker refuses the container name ${show(v)}: begin with a letter or digit, then letters, digits, _ . -`,
      );

export const sshAddress: Rule = (v) =>
  isIpAddress(v) || isHostName(v)
    ? isUnspecified(v) || isNotOneHost(v)
      ? problem('bad-address', `${show(v)} is not the address of a single host`)
      : undefined
    : problem('bad-address', `${show(v)} is neither an IP address nor a host name`);

export const advertiseAddress: Rule = (v) => {
  if (!isIpAddress(v))
    return problem('bad-advertise', `${show(v)} is no IP address; Consul advertises an IP`);
  if (isUnspecified(v))
    return problem('bad-advertise', `${show(v)} means "any address" and cannot be advertised`);
  if (isNotOneHost(v)) return problem('bad-advertise', `${show(v)} is not the address of a single host`);
  return undefined;
};

export const sshUser: Rule = (v) =>
  /^[A-Za-z0-9_][A-Za-z0-9_.@\\+-]{0,63}\$?$/.test(v)
    ? undefined
    : problem('bad-user', `${show(v)} is no user name`);

export const identityPath: Rule = (v) =>
  v.trim() === '' || /PRIVATE KEY|^-/.test(v)
    ? problem(SECRET_VALUE, 'identity must be the path of a key file, not the key itself')
    : undefined;

/** Secrets are references: a value in the document would end up in version control. */
export const secretReference: Rule = (v) =>
  v === 'prompt' || /^env:[A-Za-z_][A-Za-z0-9_]*$/.test(v) || /^file:\S.*$/.test(v)
    ? undefined
    : problem(SECRET_VALUE, 'a secret must be given as env:NAME, file:PATH or prompt, never as its value');

const KEY_TYPE =
  /^(ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(256|384|521)|sk-(ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)$/;

/** `type base64 [comment]`; the type is inside the base64 once more, and must be the same. */
export const hostKey: Rule = (v) => {
  const [type = '', data = ''] = v.split(' ');
  const wrong = problem('bad-host-key', 'a host key is written as in known_hosts: ssh-ed25519 AAAA…');
  if (!KEY_TYPE.test(type) || !/^[A-Za-z0-9+/]{40,}={0,2}$/.test(data)) return wrong;
  try {
    const blob = atob(data);
    return blob.slice(0, 4 + type.length) === `\0\0\0${String.fromCharCode(type.length)}${type}`
      ? undefined
      : wrong;
  } catch {
    return wrong;
  }
};

const DOMAIN =
  '(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?(?:\\.[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?';
const COMPONENT = '[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*';
const IMAGE = new RegExp(
  `^((?:${DOMAIN}/)?${COMPONENT}(?:/${COMPONENT})*)(?::([A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@([a-z0-9]+(?:[.+_-][a-z0-9]+)*:[0-9a-fA-F]{32,}))?$`,
);

/** The parts of a Docker image reference; undefined where it is none. */
export function parseImage(reference: string): { name: string; tag?: string; digest?: string } | undefined {
  if (reference.length > 255) return undefined;
  const match = IMAGE.exec(reference);
  if (match === null) return undefined;
  const [, name = '', tag, digest] = match;
  // The engine refuses 64 hexadecimal digits as a name: they would be read as an image id.
  if (/^[a-f0-9]{64}$/.test(name)) return undefined;
  return { name, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

export const imageReference: Rule = (v) =>
  parseImage(v) === undefined
    ? problem('bad-image', `${show(v)} is no image reference such as hashicorp/consul:2.0.3`)
    : undefined;

/** Directories of the system: to write there, or to remove it on destroy, would break the host. */
const SYSTEM =
  /^\/(bin|boot|dev|etc|home|lib|lib32|lib64|libx32|media|mnt|opt|proc|root|run|sbin|srv|sys|tmp|usr|var|usr\/local|home\/[^/]+|var\/(lib|log|cache|spool|mail|opt|backups|local))?$/;
const SYSTEM_TREE =
  /^\/(bin|boot|dev|etc|lib|lib32|lib64|libx32|proc|run|sbin|sys|tmp|usr\/(?!local\/)[^/]+|usr\/local\/(bin|sbin|lib|share|etc)|var\/(run|lock|tmp)|var\/lib\/(docker|containerd|dpkg|rpm|systemd)|root\/\.ssh)(\/|$)/;

export const workingDirectory: Rule = (v) => {
  if (!v.startsWith('/'))
    return problem('bad-workdir', `${show(v)} must be an absolute path such as /opt/consul`);
  if (v === '/' || SYSTEM.test(v) || SYSTEM_TREE.test(v)) {
    return problem(
      'system-workdir',
      `${show(v)} belongs to the system; use a directory of its own such as /opt/consul`,
    );
  }
  const parts = v.slice(1).split('/');
  if (parts.some((p) => p === '' || p === '.' || p === '..')) {
    return problem(
      'bad-workdir',
      `${show(v)} must be written without //, /./, /../ and without a / at the end`,
    );
  }
  if (!/^[\p{L}\p{M}\p{N}._@+=/-]+$/u.test(v)) {
    return problem('bad-workdir', `${show(v)} may hold letters, digits and . _ - @ + = only`);
  }
  return undefined;
};

/** Six hours are the least that Consul takes; a number of ten years is no age any more. */
export const rejoinAge: Rule = (v) => {
  const hours = Number(/^([1-9]\d{0,5})h$/.exec(v)?.[1]);
  return hours >= 6 && hours <= 87_600
    ? undefined
    : problem(
        'bad-rejoin-age',
        `${show(v)} is no number of hours such as 720h, 6h at least and 87600h at most`,
      );
};

/** Flags that follow from the topology: given twice they would fight with what Raftyard writes. */
const OWNED = new Set(
  (
    'server advertise bootstrap bootstrap-expect join start-join retry-join retry-interval retry-max data-dir ' +
    'config-dir config-file config-format node datacenter dc client ui ui-dir dev hcl ' +
    'http-port server-port serf-lan-port serf-wan-port'
  ).split(' '),
);

export const agentOption: Rule = (v) => {
  const match = /^--?([A-Za-z][A-Za-z0-9-]*)(=.*)?$/.exec(v);
  // Not shown: the argument may be the value of a secret option.
  if (match === null) {
    return problem(
      'bad-option',
      'an agent option begins with - and has its value after =, as in -log-level=debug',
    );
  }
  const name = match[1] ?? '';
  if (name === 'encrypt') {
    return problem(SECRET_VALUE, '-encrypt would write the gossip key into the document');
  }
  if (OWNED.has(name)) return problem('owned-option', `-${name} is set by Raftyard from the topology`);
  return undefined;
};
