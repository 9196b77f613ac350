/** Files that hold secrets: as templates, in which a name stands for the secret until it is written on its host. */
import { RaftyardError } from '../errors.js';
import { isSecured, SECURE_PARTS, type SecurePart } from '../topology/secure-parts.js';
import type { Topology } from '../topology/types.js';
import { type AclAgent, aclSettings, primaryDatacenter } from './acl.js';
import { placeOf, secretDirectory, secretRoot } from './places.js';
import { CA_CERTIFICATE, certificateOf, type TlsAgent, tlsPaths, tlsSettings } from './tls.js';
import type { SecretFile, SecretPart, Settings, Stage } from './types.js';

export * from './places.js';

/** Names under which a cluster's secrets are kept. */
export const GOSSIP_KEY = 'gossip-key';
/** The key that takes over while a rotation is under way. */
export const GOSSIP_KEY_NEXT = 'gossip-key-next';

/** Secrets by name. They are never part of a plan, a document or a journal. */
export type SecretValues = Readonly<Record<string, string>>;

const PLACE = /@@raftyard:([A-Za-z0-9._/-]+)@@/g;

/**
 * A cluster without encryption becomes one with it in three rounds, in each of which every agent is restarted, one
 * after the other: 1 understands both and sends plain, 2 sends encrypted, 3 takes nothing else any more. A new cluster
 * begins with the last. Gossip and TLS go the same way, and together where both are turned on at once.
 * Sources: https://developer.hashicorp.com/consul/docs/secure/encryption/gossip/existing
 * and https://developer.hashicorp.com/consul/docs/secure/encryption/tls/mtls
 */
export const LAST_STAGE = 3;

function gossipPart(): SecretPart {
  const settings = (stage: Stage): Settings => ({
    encrypt: placeOf(GOSSIP_KEY),
    encrypt_verify_outgoing: stage >= 2,
    encrypt_verify_incoming: stage >= 3,
  });
  return { part: 'gossip', stages: [settings(1), settings(2), settings(3)] };
}

function tlsPart(agent: TlsAgent, directory: string): SecretPart {
  const settings = (stage: Stage): Settings => tlsSettings(agent, stage, directory);
  return { part: 'tls', stages: [settings(1), settings(2), settings(3)] };
}

function aclPart(agent: AclAgent): SecretPart {
  const settings = (stage: Stage | 'fresh'): Settings => aclSettings(agent, stage, placeOf);
  return { part: 'acl', stages: [settings(1), settings(2), settings(3)], fresh: settings('fresh') };
}

/** The secret file of a node, and the files that it names; undefined where nothing of the cluster is secured. */
export function secretFileOf(topology: Topology, agent: TlsAgent): SecretFile | undefined {
  const { secure, workdir } = topology;
  if (!isSecured(secure)) return undefined;
  const directory = secretDirectory(workdir);
  const paths = tlsPaths(directory);
  const certificate = certificateOf(agent);
  return {
    path: `${directory}/secret.json`,
    /*
     * Whoever drops root inside the container must be able to read it, under whatever user id that is; so the file
     * itself is readable, and the directory above it keeps the host's other users out.
     */
    mode: 0o444,
    root: secretRoot(workdir),
    parts: [
      ...(secure.gossip ? [gossipPart()] : []),
      ...(secure.tls ? [tlsPart(agent, directory)] : []),
      ...(secure.acl
        ? [
            aclPart({
              node: agent.node,
              server: agent.role === 'server',
              datacenter: agent.datacenter,
              primary: primaryDatacenter(topology),
            }),
          ]
        : []),
    ],
    files: secure.tls
      ? [
          { path: paths.ca, template: placeOf(CA_CERTIFICATE) },
          ...(certificate === undefined
            ? []
            : [
                { path: paths.certificate, template: placeOf(certificate.certificate) },
                { path: paths.key, template: placeOf(certificate.key) },
              ]),
        ]
      : [],
  };
}

/** Whether a topology has secrets at all, so that a store for them is needed. */
export const hasSecrets = (topology: Topology): boolean => isSecured(topology.secure);

/** How far each part is; what is not named has arrived. */
export type Stages = Readonly<Partial<Record<SecurePart, Stage>>>;

/** Every part at the same stage. */
export const allAt = (stage: Stage): Stages =>
  Object.fromEntries(SECURE_PARTS.map((part) => [part, stage] as const));

/** The template of the secret file with each part at its stage. */
export function templateOf(file: SecretFile, stages: Stages = {}): string {
  const settings = file.parts.map(({ part, stages: of }) => of[(stages[part] ?? LAST_STAGE) - 1] ?? {});
  return `${JSON.stringify(Object.assign({}, ...settings), null, 2)}\n`;
}

/** The template of an agent that runs for the first time; the same as the last stage's where nothing has to wait. */
export function freshTemplateOf(file: SecretFile): string {
  const settings = file.parts.map(({ stages, fresh }) => fresh ?? stages[LAST_STAGE - 1] ?? {});
  return `${JSON.stringify(Object.assign({}, ...settings), null, 2)}\n`;
}

/** A template with the secrets in it. @throws RaftyardError secrets-needed for a name that has no value */
export function renderSecrets(template: string, values: SecretValues): string {
  return template.replace(PLACE, (_place, name: string) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    if (value === undefined)
      throw new RaftyardError('secrets-needed', `the cluster's secret ${name} is not at hand`, {
        hint: 'Unlock the store that holds it, or restore it from its recovery kit.',
      });
    return value;
  });
}

/** The template of a file while the key is being changed: the next key stands where the present one did. */
export function withNextKey(template: string): string {
  return template.replaceAll(placeOf(GOSSIP_KEY), placeOf(GOSSIP_KEY_NEXT));
}
