/**
 * What a name asks Consul's DNS for: https://developer.hashicorp.com/consul/docs/discover/service/static and
 * https://developer.hashicorp.com/consul/docs/reference/dns. Pure.
 */

export type LookupQuestion =
  | {
      readonly kind: 'service';
      readonly service: string;
      /** Only instances with this tag. */
      readonly tag: string | null;
      /** null: the datacenter of whoever is asked. */
      readonly datacenter: string | null;
      /** Written by RFC 2782: who asks so wants SRV records. */
      readonly srv: boolean;
    }
  | { readonly kind: 'node'; readonly node: string; readonly datacenter: string | null }
  /** A prepared query. */
  | { readonly kind: 'query'; readonly query: string; readonly datacenter: string | null };

export type NameProblem = 'empty' | 'too-long' | 'bad-form' | 'no-kind' | 'other-kind';

export type ParsedName =
  | { readonly question: LookupQuestion; readonly problem?: undefined }
  | { readonly question?: undefined; readonly problem: NameProblem };

const KINDS: ReadonlySet<string> = new Set(['service', 'node', 'query']);
/** Kinds that name no instances which could be explained. */
const OTHER_KINDS: ReadonlySet<string> = new Set(['connect', 'ingress', 'virtual', 'addr', 'peer']);
const LONGEST = 253;
const LABEL = /^[\p{L}\p{N}_~-]{1,63}$/u;

/** Words of the name before the kind, as a service with its tag. */
function service(words: readonly string[], datacenter: string | null): ParsedName {
  const [first = '', second = ''] = words;
  if (words.length === 2 && first.startsWith('_') && second.startsWith('_')) {
    if (first.length < 2 || second.length < 2) return { problem: 'bad-form' };
    // `_tcp` is every instance; another protocol is a tag.
    const tag = second === '_tcp' ? null : second.slice(1);
    return { question: { kind: 'service', service: first.slice(1), tag, datacenter, srv: true } };
  }
  const name = words.at(-1);
  if (name === undefined) return { problem: 'bad-form' };
  const tag = words.length > 1 ? words.slice(0, -1).join('.') : null;
  return { question: { kind: 'service', service: name, tag, datacenter, srv: false } };
}

/**
 * Reads a name as Consul's DNS does. A name without a kind is a service, as in a container that searches
 * `service.consul`.
 * @param domain of the cluster's DNS, without the dot at its end
 */
export function parseLookup(text: string, domain = 'consul'): ParsedName {
  const name = text.trim().replace(/\.$/, '');
  if (name === '') return { problem: 'empty' };
  if (name.length > LONGEST) return { problem: 'too-long' };
  const lower = name.toLowerCase();
  const end = `.${domain.toLowerCase()}`;
  const absolute = lower.endsWith(end);
  const words = (absolute ? name.slice(0, -end.length) : name).split('.');
  if (!words.every((word) => LABEL.test(word))) return { problem: 'bad-form' };
  // The last one counts, behind which there may be a datacenter.
  const lastTwo = [words.length - 1, words.length - 2];
  const kindAt = lastTwo.find((at) => at > 0 && KINDS.has(words[at]?.toLowerCase() ?? ''));
  if (kindAt === undefined) {
    const other = lastTwo.some((at) => at > 0 && OTHER_KINDS.has(words[at]?.toLowerCase() ?? ''));
    if (other) return { problem: 'other-kind' };
    const [first = '', second = ''] = words;
    // `_web._tcp.consul` and `_web._tcp.east.consul`: RFC 2782 goes without the kind.
    if (first.startsWith('_') && second.startsWith('_') && words.length <= 3)
      return service(words.slice(0, 2), words[2] ?? null);
    return absolute ? { problem: 'no-kind' } : service(words, null);
  }
  const datacenter = words[kindAt + 1]?.toLowerCase() ?? null;
  const before = words.slice(0, kindAt);
  switch (words[kindAt]?.toLowerCase()) {
    case 'node':
      return { question: { kind: 'node', node: before.join('.'), datacenter } };
    case 'query':
      return { question: { kind: 'query', query: before.join('.'), datacenter } };
    default:
      return service(before, datacenter);
  }
}

/** The whole name to ask DNS for. */
export function dnsName(question: LookupQuestion, domain = 'consul'): string {
  const place = question.datacenter === null ? domain : `${question.datacenter}.${domain}`;
  switch (question.kind) {
    case 'node':
      return `${question.node}.node.${place}`;
    case 'query':
      return `${question.query}.query.${place}`;
    case 'service': {
      const { tag, service: name, srv } = question;
      if (srv) return `_${name}._${tag ?? 'tcp'}.service.${place}`;
      return `${tag === null ? '' : `${tag}.`}${name}.service.${place}`;
    }
  }
}
