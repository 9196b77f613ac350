import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { makeCa, makeCertificate, readCa, readCaFiles } from '../../../src/main/cluster/ca.js';
import { endOf, type KeyPair, whyRenew } from '../../../src/main/consul/certificates.js';
import type { CertificateWish } from '../../../src/shared/desired/index.js';
import { temporaryFolder } from '../../temporary.js';

const DAY = 86_400_000;
const WISH: CertificateWish = {
  node: 'node1',
  certificate: 'tls-cert/node1',
  key: 'tls-key/node1',
  name: 'server.dc1.consul',
  names: ['server.dc1.consul', 'node1.server.dc1.consul', 'localhost'],
  addresses: ['198.18.0.11', '127.0.0.1', 'fd00::11'],
};

/** The certificate that a server presents to somebody who trusts the CA and asks for the name. */
async function presented(server: KeyPair, ca: string, client: KeyPair | undefined, name: string) {
  const listener = createServer({
    cert: server.certificate,
    key: server.key,
    ca,
    requestCert: client !== undefined,
    rejectUnauthorized: true,
  });
  const port = await new Promise<number>((resolve) => {
    listener.listen(0, '127.0.0.1', () => resolve((listener.address() as { port: number }).port));
  });
  try {
    return await new Promise<string>((resolve, reject) => {
      listener.on('tlsClientError', reject);
      listener.on('secureConnection', (socket: TLSSocket) => socket.end('hello'));
      const socket = connect({
        port,
        host: '127.0.0.1',
        servername: name,
        ca,
        ...(client === undefined ? {} : { cert: client.certificate, key: client.key }),
      });
      socket.on('error', reject);
      socket.on('data', (data) => resolve(data.toString()));
    });
  } finally {
    listener.close();
  }
}

describe('a cluster’s CA', () => {
  it('signs certificates that both sides of a connection accept, under their names only', async () => {
    const ca = await makeCa('shop');
    const one = await makeCertificate(WISH, ca);
    const two = await makeCertificate(
      { ...WISH, name: 'client.dc1.consul', names: ['client.dc1.consul'] },
      ca,
    );
    expect(await presented(one, ca.certificate, two, 'server.dc1.consul')).toBe('hello');
    await expect(presented(one, ca.certificate, two, 'server.dc2.consul')).rejects.toThrow(/does not match/);
    const other = await makeCa('shop');
    await expect(presented(one, other.certificate, undefined, 'server.dc1.consul')).rejects.toThrow();
    const certificate = new X509Certificate(one.certificate);
    expect(certificate.ca).toBe(false);
    expect(certificate.subjectAltName).toContain('IP Address:FD00:0:0:0:0:0:0:11');
    expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.2']);
    expect(new X509Certificate(ca.certificate).ca).toBe(true);
    expect(one.key).not.toBe(two.key);
  });

  it('is one that OpenSSL accepts too', async () => {
    const folder = temporaryFolder('raftyard-ca-');
    const ca = await makeCa('名字 / CN=evil, O="x"');
    const made = await makeCertificate(WISH, ca);
    writeFileSync(join(folder, 'ca.pem'), ca.certificate);
    writeFileSync(join(folder, 'agent.pem'), made.certificate);
    const verified = execFileSync('openssl', [
      'verify',
      '-x509_strict',
      '-CAfile',
      join(folder, 'ca.pem'),
      join(folder, 'agent.pem'),
    ]);
    expect(verified.toString()).toContain('OK');
    expect(new X509Certificate(ca.certificate).subject).toBe('CN=Consul CA of 名字 / CN=evil\\, O=\\"x\\"');
  });
});

describe('a certificate', () => {
  it('stays while its key, names, issuer and end are right, and says why where it cannot', async () => {
    const ca = await makeCa('shop');
    const made = await makeCertificate(WISH, ca);
    const now = Date.now();
    const why = (pair: KeyPair, wish = WISH, authority = ca.certificate, at = now) =>
      whyRenew(pair, wish, authority, at);
    expect(why(made)).toBeNull();
    expect(why(made, WISH, ca.certificate, now + 334 * DAY)).toBeNull();
    expect(why(made, WISH, ca.certificate, now + 336 * DAY)).toBe('it ends soon');
    expect(why(made, { ...WISH, addresses: ['198.18.0.12'] })).toBe('its names are others');
    expect(why(made, { ...WISH, names: ['server.dc2.consul'] })).toBe('its names are others');
    expect(why(made, WISH, (await makeCa('shop')).certificate)).toBe('the CA is another one');
    expect(why({ ...made, key: (await makeCertificate(WISH, ca)).key })).toBe('its key is another one');
    expect(why({ certificate: 'x', key: 'y' })).toBe('it cannot be read');
    expect(Date.parse(endOf(made.certificate) ?? '') - now).toBeGreaterThan(364 * DAY);
    expect(endOf('nothing')).toBeUndefined();
  });
});

describe('a CA of the user’s own', () => {
  const files = (args: readonly string[]): KeyPair => {
    const folder = temporaryFolder('raftyard-own-ca-');
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-nodes',
        '-subj',
        '/O=Example/CN=Own CA',
        '-keyout',
        'key.pem',
        '-out',
        'ca.pem',
        ...args,
      ],
      { cwd: folder, stdio: 'ignore' },
    );
    const read = (name: string) => execFileSync('cat', [join(folder, name)]).toString();
    return { certificate: read('ca.pem'), key: read('key.pem') };
  };
  const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:secp384r1', '-days', '400'];
  const RSA = ['-newkey', 'rsa:2048', '-days', '400'];

  it('signs with an RSA key or an elliptic one, and no certificate outlives it', async () => {
    for (const kind of [EC, RSA]) {
      const own = files([...kind.slice(0, -1), '200']);
      const ca = await readCa(own.certificate, own.key, Date.now());
      const made = await makeCertificate(WISH, ca);
      expect(await presented(made, ca.certificate, undefined, 'server.dc1.consul')).toBe('hello');
      expect(endOf(made.certificate)).toBe(endOf(ca.certificate));
    }
  });

  it('is found in the files that were chosen together, in any order, or in one', async () => {
    const own = files(EC);
    const now = Date.now();
    const ca = await readCa(own.certificate, own.key, now);
    // What `openssl ecparam` writes before a key is no key.
    const key = `-----BEGIN EC PARAMETERS-----\nBgUrgQQAIg==\n-----END EC PARAMETERS-----\n${own.key}`;
    for (const chosen of [
      [own.certificate, key],
      [key, own.certificate],
      [`notes\n${key}${own.certificate}`],
    ])
      expect(await readCaFiles(chosen, now)).toEqual(ca);
    await expect(readCaFiles([own.certificate], now)).rejects.toThrow(
      /none of these files has a private key/,
    );
    await expect(readCaFiles([own.certificate, own.key, files(EC).key], now)).rejects.toThrow(
      /several private/,
    );
    await expect(readCaFiles([own.key], now)).rejects.toThrow(/certificate cannot be read/);
  });

  it('is refused, with the reason, where it cannot do its work', async () => {
    const own = files(EC);
    const other = files(EC);
    const now = Date.now();
    await expect(readCa('no pem', own.key, now)).rejects.toThrow(/certificate cannot be read/);
    await expect(readCa(own.certificate, 'no pem', now)).rejects.toThrow(/key cannot be read/);
    await expect(readCa(own.certificate, other.key, now)).rejects.toThrow(/not the one of this/);
    await expect(readCa(own.certificate + other.certificate, own.key, now)).rejects.toThrow(/several/);
    await expect(readCa(own.certificate, own.key, now + 390 * DAY)).rejects.toThrow(/ends at/);
    const leaf = files([...EC, '-addext', 'basicConstraints=critical,CA:FALSE']);
    await expect(readCa(leaf.certificate, leaf.key, now)).rejects.toThrow(/may not sign/);
    const signed = await makeCa('x');
    const below = await makeCertificate(WISH, signed);
    await expect(readCa(below.certificate, below.key, now)).rejects.toThrow(/may not sign/);
    const { privateKey } = generateKeyPairSync('ed25519');
    expect(createPublicKey(privateKey).asymmetricKeyType).toBe('ed25519');
    const ed = files(['-newkey', 'ed25519', '-days', '400']);
    await expect(readCa(ed.certificate, ed.key, now)).rejects.toThrow(/ed25519 cannot sign/);
  });
});
