/** The cluster's CA and what it signs. Keys are ECDSA over P-256, as `consul tls` makes them. */
// @peculiar/x509 wants it there before itself.
import 'reflect-metadata';
import { createPrivateKey, type KeyObject, webcrypto, X509Certificate } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import type { CertificateWish } from '../../shared/desired/index.js';
import { RaftyardError } from '../../shared/errors.js';
import { type KeyPair, RENEW_MS } from '../consul/certificates.js';

const DAY_MS = 86_400_000;
const CA_DAYS = 3650;
/** As `consul tls cert create` has it. https://developer.hashicorp.com/consul/commands/tls/cert */
const CERTIFICATE_DAYS = 365;
/** Clocks of hosts may be a little behind. */
const BACKDATED_MS = 3_600_000;

const CURVE = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const ECDSA = { name: 'ECDSA', hash: 'SHA-256' } as const;
const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const;

const makeKeys = () => webcrypto.subtle.generateKey(CURVE, true, ['sign', 'verify']);

async function keyText(key: webcrypto.CryptoKey): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', key);
  return x509.PemConverter.encode(der, 'PRIVATE KEY');
}

/** Ends in one line feed: it is written into files as it is. */
const pem = (text: string): string => `${text.trim()}\n`;

/** RFC 5280: at most 20 octets, positive. */
const serialNumber = (): string =>
  `00${Buffer.from(webcrypto.getRandomValues(new Uint8Array(16))).toString('hex')}`;

/** A distinguished name holds what people typed: as a value, never as syntax. */
const commonName = (name: string): x509.Name => new x509.Name([{ CN: [{ utf8String: name }] }]);

/** A new CA for a cluster. RFC 5280, sections 4.2.1.3 and 4.2.1.9. */
export async function makeCa(cluster: string): Promise<KeyPair> {
  const keys = await makeKeys();
  const now = Date.now();
  const made = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: serialNumber(),
      name: commonName(`Consul CA of ${cluster}`.slice(0, 64)),
      notBefore: new Date(now - BACKDATED_MS),
      notAfter: new Date(now + CA_DAYS * DAY_MS),
      keys,
      signingAlgorithm: ECDSA,
      extensions: [
        new x509.BasicConstraintsExtension(true, undefined, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign | x509.KeyUsageFlags.digitalSignature,
          true,
        ),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey, false, webcrypto as never),
      ],
    },
    webcrypto as never,
  );
  return { certificate: pem(made.toString('pem')), key: pem(await keyText(keys.privateKey)) };
}

/** The CA's key as WebCrypto has it. @throws RaftyardError usage for a kind of key that it cannot sign with */
async function signingKey(key: KeyObject) {
  const der = key.export({ type: 'pkcs8', format: 'der' });
  if (key.asymmetricKeyType === 'rsa')
    return { algorithm: RSA, key: await webcrypto.subtle.importKey('pkcs8', der, RSA, false, ['sign']) };
  const curve = { prime256v1: 'P-256', secp384r1: 'P-384', secp521r1: 'P-521' }[
    key.asymmetricKeyDetails?.namedCurve ?? ''
  ];
  if (key.asymmetricKeyType !== 'ec' || curve === undefined)
    throw new RaftyardError(
      'usage',
      `a key of the kind ${key.asymmetricKeyType ?? 'unknown'} cannot sign here`,
      {
        hint: 'Use a CA with an RSA key, or an elliptic one over P-256, P-384 or P-521.',
      },
    );
  const algorithm = { name: 'ECDSA', namedCurve: curve };
  return {
    algorithm: ECDSA,
    key: await webcrypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign']),
  };
}

/**
 * A certificate of the CA for an agent, with a key of its own. It ends with the CA at the latest.
 * @throws RaftyardError usage
 */
export async function makeCertificate(wish: CertificateWish, ca: KeyPair): Promise<KeyPair> {
  const issuer = new x509.X509Certificate(ca.certificate);
  const signing = await signingKey(createPrivateKey(ca.key));
  const keys = await makeKeys();
  const now = Date.now();
  const made = await x509.X509CertificateGenerator.create(
    {
      serialNumber: serialNumber(),
      subject: commonName(wish.name),
      issuer: issuer.subjectName,
      notBefore: new Date(Math.max(now - BACKDATED_MS, issuer.notBefore.getTime())),
      notAfter: new Date(Math.min(now + CERTIFICATE_DAYS * DAY_MS, issuer.notAfter.getTime())),
      signingKey: signing.key,
      signingAlgorithm: signing.algorithm,
      publicKey: keys.publicKey,
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(
          x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment,
          true,
        ),
        // Agents are both: every server dials the others.
        new x509.ExtendedKeyUsageExtension([
          x509.ExtendedKeyUsage.serverAuth,
          x509.ExtendedKeyUsage.clientAuth,
        ]),
        new x509.SubjectAlternativeNameExtension([
          ...wish.names.map((value) => ({ type: 'dns' as const, value })),
          ...wish.addresses.map((value) => ({ type: 'ip' as const, value })),
        ]),
        await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey, false, webcrypto as never),
      ],
    },
    webcrypto as never,
  );
  return { certificate: pem(made.toString('pem')), key: pem(await keyText(keys.privateKey)) };
}

/**
 * The user's own CA, checked: one certificate that may sign others, its key, and time left.
 * @throws RaftyardError usage with what is wrong
 */
export async function readCa(certificate: string, key: string, now: number): Promise<KeyPair> {
  const refuse = (message: string, hint: string): never => {
    throw new RaftyardError('usage', message, { hint });
  };
  if ((certificate.match(/-----BEGIN CERTIFICATE-----/g) ?? []).length > 1)
    refuse(
      'the file holds several certificates',
      'Give the one certificate that signs the agents’ certificates, a root of its own.',
    );
  let parsed: X509Certificate;
  let secret: KeyObject;
  try {
    parsed = new X509Certificate(certificate);
  } catch {
    return refuse('the CA’s certificate cannot be read', 'It has to be a PEM file (BEGIN CERTIFICATE).');
  }
  try {
    secret = createPrivateKey(key);
  } catch {
    return refuse(
      'the CA’s key cannot be read',
      'It has to be a PEM file without a passphrase: openssl pkey -in ca-key.pem -out plain.pem.',
    );
  }
  if (!parsed.ca) refuse('this certificate may not sign others', 'Its basic constraints must say CA:TRUE.');
  if (!parsed.checkPrivateKey(secret))
    refuse('the key is not the one of this certificate', 'Give the pair that belongs together.');
  // Agents trust what is in ca.pem and nothing above it.
  if (!parsed.checkIssued(parsed) || !parsed.verify(parsed.publicKey))
    refuse(
      'this CA is signed by another one',
      'Consul’s agents need a root: give the root, or make a root for Consul.',
    );
  if (Date.parse(parsed.validTo) - now < RENEW_MS)
    refuse(
      `this CA ends at ${parsed.validTo}`,
      `Give one that is good for more than ${RENEW_MS / DAY_MS} days.`,
    );
  await signingKey(secret);
  return {
    certificate: pem(parsed.toString()),
    key: pem(secret.export({ type: 'pkcs8', format: 'pem' }).toString()),
  };
}

/** The blocks of PEM files whose label ends so. RFC 7468 */
const blocks = (text: string, label: string): string[] =>
  text.match(
    new RegExp(`-----BEGIN (?:[A-Z0-9 ]+ )?${label}-----[^]*?-----END (?:[A-Z0-9 ]+ )?${label}-----`, 'g'),
  ) ?? [];

/**
 * The same out of the files that a person chose together: in whichever order, or both in one file.
 * @throws RaftyardError usage with what is wrong
 */
export async function readCaFiles(files: readonly string[], now: number): Promise<KeyPair> {
  const text = files.join('\n');
  const [key, ...others] = blocks(text, 'PRIVATE KEY');
  if (key === undefined || others.length > 0)
    throw new RaftyardError(
      'usage',
      key === undefined ? 'none of these files has a private key' : 'these files have several private keys',
      { hint: 'Choose the CA’s certificate and its key together, both as PEM files.' },
    );
  return await readCa(blocks(text, 'CERTIFICATE').join('\n'), key, now);
}
