/** What the catalog has of a node's services: https://developer.hashicorp.com/consul/api-docs/catalog */
import { z } from 'zod';
import { NOTES_PREFIX } from '../../shared/desired/services.js';
import type { RegisteredService } from '../../shared/desired/types.js';

const text = z.string().catch('');

const services = z
  .object({
    Services: z
      .record(
        z.string(),
        z.object({
          ID: text,
          Service: text,
          Tags: z.array(z.string()).nullish().catch([]),
          Address: text,
          Port: z.number().catch(0),
          Meta: z.record(z.string(), z.string()).nullish().catch({}),
        }),
      )
      .nullish(),
  })
  .nullable()
  .transform((value) => Object.values(value?.Services ?? {}));

const notes = z
  .array(z.object({ ServiceID: text, Notes: text }))
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
          port: service.Port,
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
