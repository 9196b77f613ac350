/**
 * The ports of a service: one, or since 1.22 several with names, and then `Port` may be 0.
 * https://developer.hashicorp.com/consul/docs/connect/proxy/multiport
 * The form of an entry, and that `Port` is then 0 in answers of servers that do not know it: hashicorp/consul #23815.
 */
import { z } from 'zod';
import type { NamedPort } from '../../shared/live/index.js';

export const portsAnswer = z
  .array(z.object({ Name: z.string(), Port: z.number(), Default: z.boolean().optional() }))
  .nullish();

export interface Ports {
  /** The one, or the default one of several; 0: none. */
  readonly port: number;
  /** All of several; absent where there is one. */
  readonly ports?: readonly NamedPort[];
}

export function portsOf(port: number, several: z.output<typeof portsAnswer>): Ports {
  const [first] = several ?? [];
  if (several == null || first === undefined) return { port };
  const usual = several.find((entry) => entry.Default === true) ?? first;
  return {
    port: port === 0 ? usual.Port : port,
    ports: several.map((entry) => ({ name: entry.Name, port: entry.Port })),
  };
}
