/** The secrets of one cluster: made here, kept in a store that outlives this run, and told to nobody but its hosts. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { imageFamily } from '../../shared/consul/index.js';
import {
  aclObjects,
  CA_CERTIFICATE,
  CA_KEY,
  type CertificateWish,
  certificateOf,
  GOSSIP_KEY,
  GOSSIP_KEY_NEXT,
  MANAGEMENT_TOKEN,
  type READ_TOKEN,
  renderSecrets,
  type SecretValues,
  tlsAgents,
  type WRITE_TOKEN,
} from '../../shared/desired/index.js';
import { RaftyardError } from '../../shared/errors.js';
import type { PlanSecrets } from '../../shared/plan/index.js';
import type { Topology } from '../../shared/topology/types.js';
import { endOf, type KeyPair, whyRenew } from '../consul/certificates.js';
import type { SecretStore } from '../store/secrets/types.js';

/** AES-256, as `consul keygen` makes it. https://developer.hashicorp.com/consul/commands/keygen */
const GOSSIP_KEY_BYTES = 32;

const newGossipKey = (): string => randomBytes(GOSSIP_KEY_BYTES).toString('base64');

export const clusterPrefix = (id: string): string => `cluster/${id}/`;

export class ClusterSecrets {
  readonly #store: SecretStore;
  readonly #prefix: string;
  readonly #topology: Topology;
  #values: SecretValues;

  private constructor(store: SecretStore, topology: Topology, values: SecretValues) {
    this.#store = store;
    this.#prefix = clusterPrefix(topology.id);
    this.#topology = topology;
    this.#values = values;
  }

  /** What the store has of a cluster. */
  static async of(topology: Topology, store: SecretStore): Promise<ClusterSecrets> {
    const prefix = clusterPrefix(topology.id);
    const kept = await store.read(prefix);
    const values = Object.fromEntries(
      Object.entries(kept).map(([name, value]) => [name.slice(prefix.length), value]),
    );
    return new ClusterSecrets(store, topology, values);
  }

  get clusterId(): string {
    return this.#topology.id;
  }

  /** Whether a change of the gossip key was begun and not ended. */
  get rotating(): boolean {
    return Object.hasOwn(this.#values, GOSSIP_KEY_NEXT);
  }

  /** Makes what the document asks for and the store lacks, or has no longer good; keeps it before anybody uses it. */
  async make(): Promise<void> {
    const { secure, name } = this.#topology;
    const made: Record<string, string> = {};
    if (secure.gossip && !this.has(GOSSIP_KEY)) made[GOSSIP_KEY] = newGossipKey();
    if (secure.tls) {
      // Loaded by whoever needs it: most runs do not.
      const { makeCa, makeCertificate } = await import('./ca.js');
      const ca = this.#ca() ?? (await makeCa(name));
      if (this.#ca() === null) Object.assign(made, { [CA_CERTIFICATE]: ca.certificate, [CA_KEY]: ca.key });
      for (const wish of this.#wishes()) {
        if (this.#whyRenew(wish, ca.certificate) === null) continue;
        const { certificate, key } = await makeCertificate(wish, ca);
        Object.assign(made, { [wish.certificate]: certificate, [wish.key]: key });
      }
    }
    if (secure.acl)
      for (const { secret } of aclObjects(this.#topology).tokens)
        if (!this.has(secret)) made[secret] = randomUUID();
    if (Object.keys(made).length > 0) await this.#set(made);
  }

  /**
   * The user's own CA takes the place of one that would be made.
   * @throws RaftyardError conflict, when the cluster has a CA already: agents trust that one
   */
  async importCa(ca: KeyPair): Promise<void> {
    const there = this.#ca();
    if (there !== null && there.certificate === ca.certificate) return;
    if (there !== null)
      throw new RaftyardError('conflict', 'this cluster has a CA already, which its agents may trust', {
        hint: 'A CA is imported before the cluster is applied with TLS for the first time.',
      });
    await this.#set({ [CA_CERTIFICATE]: ca.certificate, [CA_KEY]: ca.key });
  }

  /** The management token, as Consul made it. */
  async keepManagementToken(token: string): Promise<void> {
    await this.#set({ [MANAGEMENT_TOKEN]: token });
  }

  /** A token to ask with; null where there is none yet. */
  token(name: typeof MANAGEMENT_TOKEN | typeof READ_TOKEN | typeof WRITE_TOKEN): string | null {
    return this.#topology.secure.acl ? (this.#values[name] ?? null) : null;
  }

  /** When the CA and the agents' certificates end, ISO 8601; empty where there are none. */
  get certificates(): readonly { readonly node: string | null; readonly ends: string }[] {
    const of = (node: string | null, name: string) => {
      const ends = endOf(this.#values[name] ?? '');
      return ends === undefined ? [] : [{ node, ends }];
    };
    return [
      ...of(null, CA_CERTIFICATE),
      ...this.#wishes().flatMap((wish) => of(wish.node, wish.certificate)),
    ];
  }

  /** Whether the store has it. */
  has(name: string): boolean {
    return Object.hasOwn(this.#values, name);
  }

  #ca(): KeyPair | null {
    const { [CA_CERTIFICATE]: certificate, [CA_KEY]: key } = this.#values;
    return certificate === undefined || key === undefined ? null : { certificate, key };
  }

  /** The certificates that the document asks for. */
  #wishes(): CertificateWish[] {
    if (!this.#topology.secure.tls) return [];
    const agents = tlsAgents(this.#topology, () => imageFamily(this.#topology.image));
    return agents.flatMap((agent) => certificateOf(agent) ?? []);
  }

  #whyRenew(wish: CertificateWish, ca: string): string | null {
    const pair = { certificate: this.#values[wish.certificate] ?? '', key: this.#values[wish.key] ?? '' };
    return whyRenew(pair, wish, ca, Date.now());
  }

  /** Makes the key that is to take over, where none is waiting already. */
  async makeNextKey(): Promise<void> {
    if (!this.rotating) await this.#set({ [GOSSIP_KEY_NEXT]: newGossipKey() });
  }

  /** The next key becomes the key. */
  async promote(from: string, to: string): Promise<void> {
    const value = this.value(from);
    await this.#set({ [to]: value, [from]: null });
  }

  /** @throws RaftyardError secrets-needed */
  value(name: string): string {
    const value = Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
    if (value !== undefined) return value;
    throw new RaftyardError('secrets-needed', `${this.#store.place} has no ${name} of this cluster`, {
      hint: 'Restore the recovery kit of this cluster.',
    });
  }

  /** A template with the secrets in it. @throws RaftyardError secrets-needed */
  render(template: string): string {
    return renderSecrets(template, this.#values);
  }

  /** What a plan may know. */
  forPlan(): PlanSecrets {
    const ca = this.#values[CA_CERTIFICATE] ?? '';
    // What is made anew by the next apply is, for the plan, not there yet.
    const ending = this.#wishes().filter((wish) => this.#whyRenew(wish, ca) !== null);
    const gone = new Set(ending.flatMap((wish) => [wish.certificate, wish.key]));
    const values = Object.fromEntries(Object.entries(this.#values).filter(([name]) => !gone.has(name)));
    return {
      rotate: this.rotating,
      digest: (template) => {
        try {
          return createHash('sha256').update(renderSecrets(template, values)).digest('hex');
        } catch {
          return undefined;
        }
      },
    };
  }

  /** A text without any of the secrets: for messages of others, which may repeat what they were given. */
  redact(text: string): string {
    return this.all.reduce((clean, secret) => clean.replaceAll(secret, '(secret)'), text);
  }

  /** Everything that must be in no log. Of a key in PEM, each line: who quotes it may break or escape the lines. */
  get all(): readonly string[] {
    return Object.values(this.#values).flatMap((value) => {
      if (!value.startsWith('-----BEGIN ')) return [value];
      const lines = value.split('\n').filter((line) => line.length > 8 && !line.startsWith('-----'));
      return value.includes('PRIVATE KEY-----') ? lines : [];
    });
  }

  async #set(changes: Readonly<Record<string, string | null>>): Promise<void> {
    const named = Object.entries(changes).map(([name, value]) => [`${this.#prefix}${name}`, value]);
    await this.#store.write(Object.fromEntries(named) as Record<string, string | null>);
    const now = new Map(Object.entries(this.#values));
    for (const [name, value] of Object.entries(changes))
      if (value === null) now.delete(name);
      else now.set(name, value);
    this.#values = Object.fromEntries(now);
  }
}
