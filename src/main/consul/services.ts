/** What the catalog has of a node's services: https://developer.hashicorp.com/consul/api-docs/catalog */
import { z } from 'zod';
import { NOTES_PREFIX } from '../../shared/desired/services.js';
import type { RegisteredService } from '../../shared/desired/types.js';
import { portsAnswer, portsOf } from './ports.js';

const text = z.string();
const textOrNone = z.string().catch('');

const services = z
  .object({
    Services: z
      .record(
        text,
        z.object({
          ID: text,
          Service: text,
          Tags: z.array(text).nullable(),
          Address: text,
          Port: z.number(),
          Ports: portsAnswer,
          /** Since 1.0.7. */
          Meta: z.record(text, text).nullish(),
        }),
      )
      .nullish(),
  })
  .nullable()
  .transform((value) => Object.values(value?.Services ?? {}));

const notes = z
  .array(z.object({ ServiceID: text, Notes: textOrNone }))
  .nullable()
  .transform((value) => value ?? []);

export interface ServicesApi {
  /** The services that a node has in the catalog, without the servers' own; notes of other people's checks are left out. */
  registeredServices(node: string): Promise<RegisteredService[]>;
}

interface Asking {
  get<S extends z.ZodType>(schema: S, path: string): Promise<z.output<S>>;
}

export function servicesMethods({ get }: Asking): ServicesApi {
  return {
    async registeredServices(node) {
      const name = encodeURIComponent(node);
      const [found, checks] = await Promise.all([
        get(services, `/v1/catalog/node/${name}?stale`),
        get(notes, `/v1/health/node/${name}?stale`),
      ]);
      return found
        .filter((service) => service.Service !== 'consul')
        .map((service) => ({
          id: service.ID,
          name: service.Service,
          port: portsOf(service.Port, service.Ports).port,
          address: service.Address,
          tags: service.Tags ?? [],
          meta: service.Meta ?? {},
          checks: checks
            .filter(({ ServiceID, Notes }) => ServiceID === service.ID && Notes.startsWith(NOTES_PREFIX))
            .map(({ Notes }) => Notes)
            .sort(),
        }));
    },
  };
}
