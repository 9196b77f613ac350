/** How a registry wants to be asked: the header WWW-Authenticate of RFC 9110, of which two schemes are known. */

export type Challenge =
  | { readonly scheme: 'basic' }
  | { readonly scheme: 'bearer'; readonly realm: string; readonly service: string | undefined };

/** `Bearer realm="https://auth.example/token",service="registry"`; a registry that knows both schemes is taken by its tokens. */
export function challengeOf(header: string | undefined): Challenge | undefined {
  const text = (header ?? '').slice(0, 4096);
  const bearer = /(?:^|,)\s*Bearer\s+(.*)$/is.exec(text)?.[1];
  if (bearer !== undefined) {
    const parameter = (name: string): string | undefined => {
      const [, quoted, plain] =
        new RegExp(`(?:^|[,\\s])${name}\\s*=\\s*(?:"([^"]*)"|([^\\s,"]+))`, 'i').exec(bearer) ?? [];
      return quoted ?? plain;
    };
    return { scheme: 'bearer', realm: parameter('realm') ?? '', service: parameter('service') };
  }
  return /(?:^|,)\s*Basic\b/i.test(text) ? { scheme: 'basic' } : undefined;
}
