/** How an agent protects what it says and takes: as it says itself, and as its HTTPS port shows. */
import type { X509Certificate } from 'node:crypto';
import { connect } from 'node:tls';
import { HTTPS_PORT } from '../../shared/desired/index.js';
import type { LiveSecurity } from '../../shared/live/index.js';
import type { HostConnection } from '../host/types.js';
import { RENEW_MS } from './certificates.js';
import type { Self } from './client.js';

const HANDSHAKE_MS = 5000;

/**
 * The certificate that a port of the host's own loopback presents; null where it presents none, or where sshd forwards
 * nothing. Nothing is trusted for it: it is only looked at.
 */
export async function presentedCertificate(
  connection: HostConnection,
  port = HTTPS_PORT,
): Promise<X509Certificate | null> {
  const channel = await connection.forward('127.0.0.1', port).catch(() => null);
  if (channel === null) return null;
  const socket = connect({ socket: channel, rejectUnauthorized: false });
  const timer = setTimeout(() => socket.destroy(), HANDSHAKE_MS);
  try {
    return await new Promise<X509Certificate | null>((resolve) => {
      socket.once('secureConnect', () => resolve(socket.getPeerX509Certificate() ?? null));
      socket.once('error', () => resolve(null));
      socket.once('close', () => resolve(null));
    });
  } finally {
    clearTimeout(timer);
    // What comes late must not be an unhandled error.
    socket.on('error', () => undefined);
    socket.destroy();
    channel.destroy();
  }
}

/** What protects an agent now; null where its Consul does not say. */
export function securityOf(
  { gossip, tls }: Pick<Self, 'gossip' | 'tls'>,
  certificate: X509Certificate | null,
  now: number,
): LiveSecurity | null {
  if (gossip === null || tls === null) return null;
  const ends = certificate === null ? Number.NaN : Date.parse(certificate.validTo);
  return {
    gossip: gossip.encrypted,
    tls: tls.configured && tls.verifyOutgoing,
    ...(Number.isNaN(ends)
      ? {}
      : { certificateEnds: new Date(ends).toISOString(), endsSoon: ends - now < RENEW_MS }),
  };
}
