import { setTimeout as sleep } from 'node:timers/promises';
import { RaftyardError } from '../../../shared/errors.js';
import type { HostConnection } from '../../host/types.js';
import type { Action, StepContext } from './context.js';
import type { StepResult } from './scheduler.js';

const TRIES = 6;
const PAUSE_MS = 700;
const CONNECT_MS = 3000;

/**
 * A gossip `ping` (message type 0, MessagePack {SeqNo: 1, Node: ""}) that every agent answers with an `ack` (type 2), so that an
 * answer proves both directions. Source: hashicorp/memberlist's message types, as documented in its `net.go`.
 */
const UDP_PING = `
command -v bash >/dev/null 2>&1 || { echo untested; exit 0; }
exec bash -c 'exec 3<>"/dev/udp/$0/8301" || { echo blocked; exit 0; }
printf "\\000\\202\\245SeqNo\\001\\244Node\\240" >&3
answer=$(timeout 1 dd bs=65535 count=1 <&3 2>/dev/null | od -An -tx1 -N1 | tr -d " ")
[ -n "$answer" ] && echo open || echo silent' "$1"`;

async function tcpOpen(connection: HostConnection, address: string, port: number): Promise<boolean> {
  const timeout = sleep(CONNECT_MS).then(() => null);
  const dialled = connection.forward(address, port).then(
    (channel) => {
      channel.on('error', () => undefined);
      channel.destroy();
      return true;
    },
    (error: unknown) => {
      // Without forwarding nothing can be said; quorum itself is the proof then.
      if (error instanceof RaftyardError && error.code === 'forwarding-refused') return true;
      return false;
    },
  );
  return (await Promise.race([dialled, timeout])) === true;
}

async function udpState(
  connection: HostConnection,
  address: string,
): Promise<'open' | 'silent' | 'untested'> {
  const result = await connection.script(UDP_PING, [address], { timeoutMs: 10_000 });
  const answer = result.stdout.trim();
  if (answer === 'open' || answer === 'untested') return answer;
  return 'silent';
}

async function repeat(signal: AbortSignal, attempt: () => Promise<boolean>): Promise<boolean> {
  for (let count = 0; count < TRIES; count += 1) {
    if (signal.aborted) throw new RaftyardError('cancelled', 'cancelled');
    if (await attempt()) return true;
    await sleep(PAUSE_MS);
  }
  return false;
}

/** Tests each port towards each peer, and names the directions that are blocked. @throws RaftyardError blocked */
export async function checkNetwork(
  action: Action<'network-check'>,
  context: StepContext,
): Promise<StepResult> {
  const { connection, signal } = context;
  const here = connection.host.name;
  const checks = action.peers.flatMap((peer) => {
    const tcp = peer.server ? [8300, 8301] : [8301];
    return [
      ...tcp.map(async (port): Promise<string | null> => {
        const open = await repeat(signal, () => tcpOpen(connection, peer.address, port));
        return open ? null : `${here} → ${peer.host} (${peer.address}) ${port}/tcp`;
      }),
      (async (): Promise<string | null> => {
        const open = await repeat(
          signal,
          async () => (await udpState(connection, peer.address)) !== 'silent',
        );
        return open ? null : `${here} → ${peer.host} (${peer.address}) 8301/udp`;
      })(),
    ];
  });
  const blocked = (await Promise.all(checks)).filter((entry) => entry !== null);
  if (blocked.length === 0) return 'done';
  throw new RaftyardError('blocked', `no answer: ${blocked.join(', ')}`, {
    host: here,
    hint: 'Open these ports between the hosts; a cloud security group outside them is the usual cause.',
    retryable: true,
  });
}
