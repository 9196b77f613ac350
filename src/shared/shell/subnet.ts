/**
 * An IPv4 subnet as firewalls print it back: without the bits of a host. undefined for what is none.
 *
 * `172.28.5.1/16` → `172.28.0.0/16`
 */
export function ipv4Network(text: string): string | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text)?.slice(1).map(Number);
  if (parts === undefined) return undefined;
  const bits = parts[4] ?? 33;
  const octets = parts.slice(0, 4);
  if (bits > 32 || octets.some((octet) => octet > 255)) return undefined;
  const masked = octets.map((octet, index) => {
    const own = Math.min(8, Math.max(0, bits - index * 8));
    return octet & (0xff << (8 - own));
  });
  return `${masked.join('.')}/${bits}`;
}
