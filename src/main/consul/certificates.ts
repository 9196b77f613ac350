/** What certificates say: read with Node's own OpenSSL, so that whoever only looks loads no library for making them. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import type { CertificateWish } from '../../shared/desired/index.js';

const DAY_MS = 86_400_000;
/** A certificate that ends sooner is made anew by the next apply. */
export const RENEW_MS = 30 * DAY_MS;

export interface KeyPair {
  /** PEM. */
  readonly certificate: string;
  /** PEM, PKCS #8, not encrypted. */
  readonly key: string;
}

/**
 * Why a certificate cannot stay; null where it can: its key, its names, its issuer and its end are right.
 * @param now milliseconds since 1970
 */
export function whyRenew(pair: KeyPair, wish: CertificateWish, ca: string, now: number): string | null {
  try {
    const certificate = new X509Certificate(pair.certificate);
    const issuer = new X509Certificate(ca);
    if (!certificate.checkPrivateKey(createPrivateKey(pair.key))) return 'its key is another one';
    if (!certificate.checkIssued(issuer) || !certificate.verify(issuer.publicKey))
      return 'the CA is another one';
    if (Date.parse(certificate.validTo) - now < RENEW_MS) return 'it ends soon';
    const lacks =
      wish.names.some((name) => certificate.checkHost(name) === undefined) ||
      wish.addresses.some((address) => certificate.checkIP(address) === undefined);
    return lacks ? 'its names are others' : null;
  } catch {
    return 'it cannot be read';
  }
}

/** When a certificate ends, ISO 8601; undefined for what is none. */
export function endOf(certificate: string): string | undefined {
  try {
    return new Date(new X509Certificate(certificate).validTo).toISOString();
  } catch {
    return undefined;
  }
}
