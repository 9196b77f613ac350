/** The shape of services in a document, and the way from there to the topology and back. */
import { z } from 'zod';
import * as rule from './service-fields.js';
import { text } from './text-shape.js';
import type { Service, ServiceCheck } from './types.js';

/** What a check is, by the key that says so. */
export const CHECK_KINDS = ['http', 'tcp', 'ttl', 'docker', 'script'] as const;
export type CheckKind = (typeof CHECK_KINDS)[number];

/** The way in which a check looks; the first, where a document names several. */
export const kindOf = (of: ServiceCheck): CheckKind | undefined =>
  CHECK_KINDS.find((kind) => of[kind] !== undefined);

const command = z.array(text(rule.anyText, 1024)).min(1).max(64);

export const check = z.strictObject({
  http: text(rule.httpUrl, 2048).optional(),
  tcp: text(rule.tcpAddress).optional(),
  ttl: text(rule.duration, 32).optional(),
  docker: text(rule.containerReference).optional(),
  command: command.optional(),
  script: command.optional(),
  interval: text(rule.duration, 32).optional(),
  timeout: text(rule.duration, 32).optional(),
});

export const service = z.strictObject({
  name: text(rule.serviceName),
  id: text(rule.serviceId).optional(),
  port: z.int().min(1).max(65535).optional(),
  address: text(rule.serviceAddress).optional(),
  tags: z.array(text(rule.anyText)).max(64).optional(),
  // At most 64 pairs, keys of 128 and values of 512 characters: https://developer.hashicorp.com/consul/docs/reference/service
  meta: z.record(z.string(), text(rule.anyText, 512)).superRefine(rule.metaKeys).optional(),
  checks: z.array(check).max(16).optional(),
});

type WrittenService = z.infer<typeof service>;
type WrittenCheck = z.infer<typeof check>;

/** Without the keys whose value is undefined, which zod lets through. */
function given<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, entry]) => entry !== undefined)) as never;
}

const checkFrom = (written: WrittenCheck): ServiceCheck => given(written) as ServiceCheck;

/** The services of a node with their defaults filled in; nothing where it has none. */
export function servicesFrom(written: readonly WrittenService[] | undefined): {
  readonly services?: readonly Service[];
} {
  if (written === undefined || written.length === 0) return {};
  return {
    services: written.map(({ name, id, port, address, tags, meta, checks }) => ({
      name,
      id: id ?? name,
      ...(port === undefined ? {} : { port }),
      ...(address === undefined ? {} : { address }),
      tags: tags ?? [],
      meta: meta ?? {},
      checks: (checks ?? []).map(checkFrom),
    })),
  };
}

/** As the document has them: without what is the default anyway. */
export function writeServices(services: readonly Service[] | undefined): Record<string, unknown> {
  if (services === undefined || services.length === 0) return {};
  return {
    services: services.map(({ name, id, port, address, tags, meta, checks }) => ({
      name,
      ...(id === name ? {} : { id }),
      ...(port === undefined ? {} : { port }),
      ...(address === undefined ? {} : { address }),
      ...(tags.length === 0 ? {} : { tags }),
      ...(Object.keys(meta).length === 0 ? {} : { meta }),
      ...(checks.length === 0 ? {} : { checks }),
    })),
  };
}
