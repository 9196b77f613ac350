/** Which addresses are private: RFC 1918, RFC 6598 (carrier-grade NAT) and unique local IPv6. */
export function isPrivateAddress(address: string): boolean {
  if (address.includes(':')) return /^f[cd]/i.test(address);
  const [a = -1, b = -1] = address.split('.').map(Number);
  return (
    a === 10 ||
    (a === 172 && b >= 16 && b <= 31) ||
    (a === 192 && b === 168) ||
    (a === 100 && b >= 64 && b <= 127) ||
    // The benchmarking range (RFC 2544), which the practice range uses, is not routed on the internet either.
    (a === 198 && (b === 18 || b === 19))
  );
}
