/** Which Consul is in an image, as far as its own configuration says. */
import { parseReference } from './image.js';
import { parseVersion } from './version.js';

/** An image's configuration, which a container of it has too. */
export interface ImageConfig {
  /** `NAME=value`. */
  readonly env: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

const setting = (env: readonly string[], name: string): string | undefined =>
  env.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);

const isVersion = (text: string | undefined): text is string =>
  text !== undefined && text.length <= 40 && parseVersion(text) !== undefined;

/**
 * Consul's version by an image's environment, else by its labels; undefined where they say nothing of Consul. hashicorp/consul
 * has PRODUCT_VERSION and the product's name since about 1.11, the former official image CONSUL_VERSION. A label may be of
 * the image that an own one was built from (Alpine, UBI) or count an own one's builds: it is taken where the labels
 * say that the image is Consul's.
 * Source: https://github.com/hashicorp/consul/blob/main/Dockerfile
 */
export function versionOfImage({ env, labels }: ImageConfig): string | undefined {
  const old = setting(env, 'CONSUL_VERSION');
  if (isVersion(old)) return old;
  const product = setting(env, 'PRODUCT_NAME') ?? setting(env, 'BIN_NAME') ?? '';
  const version = setting(env, 'PRODUCT_VERSION');
  if (/^consul(-enterprise)?$/.test(product) && isVersion(version)) return version;
  const label = labels['org.opencontainers.image.version'];
  const title = labels['org.opencontainers.image.title'] ?? '';
  return /^consul(-enterprise)?$/i.test(title) && isVersion(label) ? label : undefined;
}

/** What `consul version` prints: `Consul v1.21.4`, then other lines. */
export function versionOfProgram(output: string): string | undefined {
  const found = /^Consul v(\S+)/m.exec(output)?.[1];
  return isVersion(found) ? found : undefined;
}

/** Whether an image begins with the script that hashicorp/consul begins with, whatever path a registry has it under. */
export const hasOfficialEntrypoint = (entrypoint: readonly string[]): boolean =>
  entrypoint.length === 1 && /(^|\/)docker-entrypoint\.sh$/.test(entrypoint[0] ?? '');

/** Images built for Red Hat's registry: their entrypoint gives Consul no rights on ports below 1024. */
export const isUbi = (image: string): boolean => /(^|-)ubi\d*(-|$)/.test(parseReference(image).tag ?? '');

/** Consul Enterprise, by its image's name or its version (`1.21.4+ent`, tag `1.21.4-ent`). */
export const isEnterprise = (image: string, version?: string): boolean => {
  const { path, tag = '' } = parseReference(image);
  return /(^|\/)consul-enterprise$/.test(path) || /[-+]ent\b/.test(`${version ?? ''} ${tag}`);
};
