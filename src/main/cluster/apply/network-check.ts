import { createCipheriv, randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { GOSSIP_KEY } from '../../../shared/desired/index.js';
import { RaftyardError } from '../../../shared/errors.js';
import type { HostConnection } from '../../host/types.js';
import { agentApi } from '../observe.js';
import { type Action, type StepContext, stopIfCancelled } from './context.js';
import type { StepResult } from './scheduler.js';

const TRIES = 6;
const PAUSE_MS = 700;
const CONNECT_MS = 3000;

/**
 * A gossip `ping` (message type 0, MessagePack {SeqNo: 1, Node: ""}) that every agent answers with an `ack` (type 2), so that an
 * answer proves both directions. Source: hashicorp/memberlist's message types, as documented in its `net.go`.
 */
const PING = Buffer.from('\0\x82\xa5SeqNo\x01\xa4Node\xa0', 'latin1');

/**
 * The ping as an agent with that gossip key takes it: version 1, a nonce, then AES-GCM over the message.
 * Source: hashicorp/memberlist, `security.go`.
 */
export function encryptedPing(key: string): Buffer {
  const secret = Buffer.from(key, 'base64');
  const nonce = randomBytes(12);
  const cipher = createCipheriv(`aes-${secret.length * 8}-gcm` as 'aes-256-gcm', secret, nonce);
  const sealed = Buffer.concat([cipher.update(PING), cipher.final()]);
  return Buffer.concat([Buffer.from([1]), nonce, sealed, cipher.getAuthTag()]);
}

/** Any answer is one of an agent: what holds no ping of its pool is dropped without a word. */
const UDP_PING = `
command -v bash >/dev/null 2>&1 || { echo untested; exit 0; }
exec bash -c 'exec 3<>"/dev/udp/$0/8301" || { echo blocked; exit 0; }
printf "$1" >&3
answer=$(timeout 1 dd bs=65535 count=1 <&3 2>/dev/null | od -An -tx1 -N1 | tr -d " ")
[ -n "$answer" ] && echo open || echo silent' "$1" "$2"`;

/** Bytes as `printf` in a shell writes them. */
const octal = (packet: Buffer): string =>
  [...packet].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');

async function tcpOpen(connection: HostConnection, address: string, port: number): Promise<boolean> {
  // Without `ref`, or a command that is done would end only when the last of these is over.
  const timeout = sleep(CONNECT_MS, null, { ref: false });
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
  packet: Buffer,
): Promise<'open' | 'silent' | 'untested'> {
  const result = await connection.script(UDP_PING, [address, octal(packet)], { timeoutMs: 10_000 });
  const answer = result.stdout.trim();
  if (answer === 'open' || answer === 'untested') return answer;
  return 'silent';
}

async function repeat(context: StepContext, attempt: () => Promise<boolean>): Promise<boolean> {
  for (let count = 0; count < TRIES; count += 1) {
    stopIfCancelled(context);
    if (await attempt()) return true;
    await sleep(PAUSE_MS);
  }
  return false;
}

/**
 * The ping that the agents of this cluster answer; null where they gossip under a key that is not at hand. Then UDP is not
 * tested: silence would prove nothing.
 */
async function pingOf({ connection, nodes, secrets, step }: StepContext): Promise<(() => Buffer) | null> {
  const key = secrets?.has(GOSSIP_KEY) === true ? secrets.value(GOSSIP_KEY) : undefined;
  const agent = agentApi(connection, nodes.get(step.node ?? '')?.container);
  const encrypted = await agent.self().then(
    ({ gossip }) => gossip?.encrypted === true,
    () => key !== undefined,
  );
  if (!encrypted) return () => PING;
  return key === undefined ? null : () => encryptedPing(key);
}

/** Tests each port towards each peer, and names the directions that are blocked. @throws RaftyardError blocked */
export async function checkNetwork(
  action: Action<'network-check'>,
  context: StepContext,
): Promise<StepResult> {
  const { connection } = context;
  const here = connection.host.name;
  const packet = await pingOf(context);
  const checks = action.peers.flatMap((peer) => {
    const tcp = peer.server ? [8300, 8301] : [8301];
    return [
      ...tcp.map(async (port): Promise<string | null> => {
        const open = await repeat(context, () => tcpOpen(connection, peer.address, port));
        return open ? null : `${here} → ${peer.host} (${peer.address}) ${port}/tcp`;
      }),
      (async (): Promise<string | null> => {
        const open = await repeat(
          context,
          async () => packet === null || (await udpState(connection, peer.address, packet())) !== 'silent',
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
