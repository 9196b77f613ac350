/** Rules for the values of services and checks. */
import type { z } from 'zod';
import { isHostName, isIpAddress, isNotOneHost, isUnspecified } from './address.js';
import { type Problem, type Rule, SECRET_VALUE } from './fields.js';
import { hasControlCharacters, show } from './text.js';

const problem = (code: string, message: string): Problem => ({ code, message });

/** Anything printable. */
export const anyText: Rule = () => undefined;

const NAME = /^[A-Za-z0-9]([A-Za-z0-9._/-]{0,126}[A-Za-z0-9])?$/;

/** Consul takes any text; what DNS, policies and URLs cannot carry is refused here. */
const named =
  (what: string): Rule =>
  (v) =>
    !NAME.test(v)
      ? problem(
          'bad-service-name',
          `${show(v)} is no ${what}: letters, digits and inner . _ / -, at most 128 characters`,
        )
      : v.toLowerCase() === 'consul'
        ? problem(
            'reserved-service',
            `${show(v)} is registered by the servers themselves; choose another name`,
          )
        : undefined;

export const serviceName = named('name for a service');
export const serviceId = named('id for a service');

/** Whether a service can be found by DNS under its name: one label. */
export const isDnsName = (name: string): boolean =>
  /^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(name);

export const serviceAddress: Rule = (v) =>
  !isIpAddress(v) && !isHostName(v)
    ? problem('bad-service-address', `${show(v)} is neither an IP address nor a host name`)
    : isUnspecified(v) || isNotOneHost(v)
      ? problem('bad-service-address', `${show(v)} is not an address that clients can connect to`)
      : undefined;

const port = (text: string | undefined): boolean =>
  text === undefined || (/^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 65_535);

const isHost = (text: string): boolean =>
  text.startsWith('[')
    ? text.endsWith(']') && isIpAddress(text.slice(1, -1))
    : isIpAddress(text) || isHostName(text);

/** https://developer.hashicorp.com/consul/docs/register/health-check/vm#http-checks */
export const httpUrl: Rule = (v) => {
  const match = /^https?:\/\/([^/?#]*)([/?#]\S*)?$/i.exec(v);
  const authority = match?.[1] ?? '';
  if (match !== null && authority.includes('@'))
    return problem(SECRET_VALUE, 'a URL with a user or password in it would write them into the document');
  const parts = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(authority);
  return match !== null && parts !== null && isHost(parts[1] ?? '') && port(parts[2])
    ? undefined
    : problem('bad-url', `${show(v)} is no URL such as http://127.0.0.1:80/health`);
};

export const tcpAddress: Rule = (v) => {
  const match = /^(\[[^\]]*\]|[^:]*):(.*)$/.exec(v);
  return match !== null && isHost(match[1] ?? '') && match[2] !== '' && port(match[2])
    ? undefined
    : problem('bad-tcp', `${show(v)} is no address with a port such as 127.0.0.1:80`);
};

/** The Docker Engine's own rule for names; an id is one too. */
export const containerReference: Rule = (v) =>
  /^[a-zA-Z0-9][a-zA-Z0-9_.-]{1,127}$/.test(v)
    ? undefined
    : problem('bad-container', `${show(v)} is neither the name nor the id of a container`);

const UNIT_MS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** Milliseconds of a duration as Go writes it; undefined where it is none. https://pkg.go.dev/time#ParseDuration */
export function durationMs(text: string): number | undefined {
  if (!/^(?:(?:\d{1,9}(?:\.\d{0,9})?|\.\d{1,9})(?:ns|us|µs|μs|ms|s|m|h))+$/.test(text)) return undefined;
  return [...text.matchAll(/([\d.]+)([a-zµμ]+)/g)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * (UNIT_MS[unit ?? ''] ?? 0),
    0,
  );
}

export const duration: Rule = (v) => {
  const ms = durationMs(v);
  return ms !== undefined && ms > 0
    ? undefined
    : problem('bad-duration', `${show(v)} is no duration such as 10s, 1m30s or 500ms`);
};

const META_KEY = /^[a-zA-Z0-9_-]{1,128}$/;
const MOST_META = 64;

/** https://developer.hashicorp.com/consul/docs/reference/service#meta */
export function metaKeys(meta: Readonly<Record<string, string>>, context: z.RefinementCtx): void {
  const keys = Object.keys(meta);
  const add = (code: string, message: string, path: string[]): void =>
    context.addIssue({ code: 'custom', message, params: { code }, path });
  if (keys.length > MOST_META) add('too-many', `must have at most ${MOST_META} entries`, []);
  for (const key of keys)
    if (!META_KEY.test(key) || key.startsWith('consul-'))
      add(
        'bad-meta',
        hasControlCharacters(key)
          ? 'the key holds a line break, a control character or an invisible one'
          : `Consul refuses the key ${show(key)}: letters, digits, _ and -, not beginning with consul-`,
        [key],
      );
}
