/** Secrets in a plan: what may be known of them, what stops, and the files that hold them. */
import {
  CA_CERTIFICATE,
  type DesiredNode,
  freshTemplateOf,
  GOSSIP_KEY,
  placeOf,
  READ_TOKEN,
  type SecretFile,
  templateOf,
} from '../desired/index.js';
import { commandLine } from '../shell/quote.js';
import { isSecured, SECURE_PARTS, type SecurePart } from '../topology/index.js';
import type { Topology } from '../topology/types.js';
import type { Lane, PlanBuilder } from './builder.js';
import type { Facts, InForce } from './facts.js';
import { type HostInput, securedParts } from './host-steps.js';
import { restartDueOf, restartDuePath } from './restart-due.js';
import { type RollOut, stagesAt } from './roll-out.js';

/** What a plan must know of the cluster's secrets, and all that it may know. */
export interface PlanSecrets {
  /**
   * SHA-256 of a template with the secrets in it, in hexadecimal; undefined where one of them is still to be made, or is
   * to be made anew.
   */
  readonly digest: (template: string) => string | undefined;
  /** A new gossip key takes over; also where an earlier change of the key was cut short. */
  readonly rotate: boolean;
  /** The management token is lost, and a new one is to be made. */
  readonly resetAcl?: boolean;
}

type Block = (code: string, message: string, hint: string, host?: string) => void;

const OFF: Readonly<
  Record<SecurePart, { readonly code: string; readonly message: string; readonly hint: string }>
> = {
  gossip: {
    code: 'gossip-off',
    message:
      'gossip of this cluster is encrypted, and the document says that it is not to be: agents keep their key with their data, and would not understand those without one',
    hint: 'Set secure.gossip to true again. To go without encryption, destroy the cluster and raise it anew.',
  },
  tls: {
    code: 'tls-off',
    message:
      'the agents of this cluster talk TLS, and the document says that they are not to: those that are restarted first would not be understood by the others',
    hint: 'Set secure.tls to true again. To go without TLS, destroy the cluster and raise it anew.',
  },
  acl: {
    code: 'acl-off',
    message:
      'this cluster asks for tokens, and the document says that it is not to: whoever reaches it could do everything then',
    hint: 'Set secure.acl to true again. To go without ACLs, destroy the cluster and raise it anew.',
  },
};

/** Parts that were on, and that the document has off. */
function turnedOff(topology: Topology, nodes: readonly DesiredNode[], facts: Facts, block: Block): void {
  for (const { host } of nodes) {
    const found = facts[host];
    if (found?.reachable !== true) continue;
    for (const part of securedParts(found.workdir.state)) {
      if (topology.secure[part]) continue;
      const { code, message, hint } = OFF[part];
      block(code, message, hint, host);
    }
  }
}

/** Secrets that a host has and the store has not, or has others. */
function missingSecrets(node: DesiredNode, facts: Facts, secrets: PlanSecrets, block: Block): void {
  const found = facts[node.host];
  const { secret } = node;
  if (secret === undefined || found?.reachable !== true) return;
  const there = (path: string) => found.workdir.files.find((file) => file.path === path);
  const parts = there(secret.path) === undefined ? [] : securedParts(found.workdir.state);
  const lost = (part: SecurePart, name: string): boolean =>
    parts.includes(part) &&
    secret.parts.some((entry) => entry.part === part) &&
    secrets.digest(placeOf(name)) === undefined;
  if (lost('acl', READ_TOKEN) && secrets.resetAcl !== true)
    block(
      'secrets-missing',
      'this host has a token of the cluster, and the store on this computer has none',
      'Restore the recovery kit of this cluster, or make new tokens with: raftyard acl-reset.',
      node.host,
    );
  if (lost('gossip', GOSSIP_KEY))
    block(
      'secrets-missing',
      'this host has the cluster’s gossip key, and the store on this computer has not',
      'Restore the recovery kit of this cluster, or use the computer on which it was made.',
      node.host,
    );
  const ca = secret.files.find((file) => file.template === placeOf(CA_CERTIFICATE));
  const have = ca === undefined ? undefined : there(ca.path)?.sha256;
  if (ca === undefined || have === undefined) return;
  const kept = secrets.digest(ca.template);
  if (kept === undefined)
    block(
      'secrets-missing',
      'this host has a certificate of the cluster’s CA, and the store on this computer has no CA',
      'Restore the recovery kit of this cluster, or use the computer on which it was made.',
      node.host,
    );
  else if (kept !== have)
    block(
      'other-ca',
      'the agent on this host trusts another CA than the one that is kept for this cluster; with the other’s certificates it would be cut off',
      'Restore the recovery kit of this cluster, or use the computer on which it was made.',
      node.host,
    );
}

/** What stops a plan for a cluster with secrets, or one that gives them up. */
export function secretIssues(
  topology: Topology,
  nodes: readonly DesiredNode[],
  facts: Facts,
  rollOut: RollOut,
  secrets: PlanSecrets | undefined,
  builder: PlanBuilder,
): void {
  const block: Block = (code, message, hint, host) =>
    builder.issue({ severity: 'blocker', code, message, hint, ...(host === undefined ? {} : { host }) });
  turnedOff(topology, nodes, facts, block);
  if (!isSecured(topology.secure)) return;
  if (secrets === undefined) {
    block(
      'secrets-needed',
      'the document asks for a secured cluster, and no place to keep its keys is chosen',
      'Choose a vault file with a passphrase, or use the app on a computer with a keyring.',
    );
    return;
  }
  for (const node of nodes) missingSecrets(node, facts, secrets, block);
  const rolling = rollOut.active.size > 0;
  if (!rolling && !secrets.rotate) return;
  if (rolling)
    for (const { node, host } of nodes) {
      const found = facts[host];
      if (found?.reachable === true && restartDueOf(found) !== undefined)
        builder.issue({
          severity: 'note',
          code: 'restart-due',
          host,
          message: `${node} was not restarted since its file was written: the round that was cut short is gone through again`,
        });
    }
  for (const node of nodes) {
    if (facts[node.host]?.reachable === true && rollOut.now.has(node.node)) continue;
    block(
      'everyone-needed',
      rolling
        ? `encryption is turned on with every agent there, and ${node.node} does not answer`
        : `the gossip key is changed with every agent there, and ${node.node} does not answer`,
      'Bring it back, or take it out of the document; then plan again.',
      node.host,
    );
  }
}

/** A file with secrets that has to be written. */
export interface SecretNeed {
  readonly path: string;
  readonly template: string;
}

/** The files with secrets that a node lacks, or has with other content: those that the configuration names first. */
export function secretNeeds(
  { node, facts, adopted }: HostInput,
  rollOut: RollOut,
  secrets: PlanSecrets | undefined,
  runs: boolean,
): SecretNeed[] {
  const { secret } = node;
  if (secret === undefined || secrets === undefined || adopted) return [];
  const lacks = ({ path, template }: SecretNeed): boolean => {
    const have = facts.workdir.files.find((file) => file.path === path);
    return have?.sha256 !== secrets.digest(template) || (have?.mode ?? 0) % 0o1000 !== secret.mode;
  };
  const have = facts.workdir.files.some((file) => file.path === secret.path);
  const { path } = secret;
  const right = { path, template: templateOf(secret, stagesAt(rollOut, node.node, 1)) };
  const certificates = secret.files.filter(lacks);
  if (rollOut.active.size > 0) return lacks(right) ? [...certificates, right] : certificates;
  // While the key changes, the steps of the change write the file.
  if (!lacks(right) || (have && secrets.rotate)) return certificates;
  if (!secret.parts.some(({ part }) => part === 'acl')) return [...certificates, right];
  // Who runs gets its token when that is made: see addAgentTokens. A client is started after that, a server before.
  if (runs) return certificates;
  if (node.role === 'client') return [...certificates, right];
  const fresh = { path, template: freshTemplateOf(secret) };
  return lacks(fresh) ? [...certificates, fresh] : certificates;
}

/** What a file with secrets is, in words. */
function whatItHolds(secret: SecretFile, { path }: SecretNeed, parts: readonly SecurePart[]): string {
  if (path !== secret.path)
    return path.endsWith('-key.pem')
      ? `${path}: the key of its certificate, which only root can reach`
      : `${path}: a certificate`;
  return parts.includes('gossip')
    ? `${path}, which holds the gossip key and which only root can reach`
    : `${path}, which says where the certificates are`;
}

/** Adds the step that writes a file with secrets. */
export function addSecretFile(
  lane: Lane,
  secret: SecretFile,
  need: SecretNeed,
  more: {
    readonly after?: string;
    readonly needs?: readonly string[];
    /** What is in force in the container that runs, which takes the file in when it is restarted. */
    readonly inForce?: InForce | undefined;
  } = {},
): string {
  const { path, template } = need;
  const directory = path.slice(0, path.lastIndexOf('/'));
  const parts = SECURE_PARTS.filter((part) => secret.parts.some((entry) => entry.part === part));
  return lane.add(
    {
      kind: 'secret-file',
      path,
      mode: secret.mode,
      root: secret.root,
      template,
      ...(more.inForce === undefined
        ? {}
        : {
            due: {
              container: lane.node.container.name,
              path: restartDuePath(lane.node.workdir),
              inForce: more.inForce,
            },
          }),
    },
    {
      title: `Write ${path}`,
      before: 'absent, or with other content',
      after: more.after ?? whatItHolds(secret, need, parts),
      needsRoot: true,
      commands: [
        commandLine(['install', '-d', '-m', '700', secret.root]),
        commandLine(['install', '-d', '-m', '755', directory]),
        `install -m ${secret.mode.toString(8)} /dev/stdin ${commandLine([path])}   # holds secrets of ${lane.node.clusterName}`,
      ],
      undo: 'destroy removes it',
      ...(more.needs === undefined ? {} : { needs: more.needs }),
    },
  );
}

/** Adds the steps that write a node's files with secrets. */
export function addSecretFiles(
  lane: Lane,
  needs: readonly SecretNeed[],
  /** Where its container goes on running, and takes the file in when it is restarted: what is in force until then. */
  inForce?: InForce,
): void {
  const { secret } = lane.node;
  if (secret === undefined) return;
  for (const need of needs) addSecretFile(lane, secret, need, need.path === secret.path ? { inForce } : {});
}

/** Certificates of an agent that goes on running are read again without a restart. */
export function addReload(lane: Lane): void {
  const { container } = lane.node;
  lane.add(
    { kind: 'agent-reload' },
    {
      title: `Let ${lane.node.node} read its certificates again`,
      before: 'the former certificate is used',
      after: 'new connections use the new certificate; nothing is restarted',
      commands: [commandLine(['docker', 'exec', container.name, 'consul', 'reload'])],
    },
  );
}
