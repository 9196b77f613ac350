/**
 * Docker's own iptables chains around a stop or start of firewalld.
 *
 * Stopping firewalld flushes all of iptables (moby #28476). dockerd puts its rules back when firewalld starts or
 * reloads, told by D-Bus, but not when it stops: containers then reach nothing outside, and `docker run -p` fails.
 * Restarting the engine repairs it and stops every container on the way, those without a restart policy for good.
 * So Docker's rules are written down before and put back after, which no container notices.
 */
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { RaftyardError } from '../../../shared/errors.js';
import { restartEngine } from '../docker/restart.js';
import type { HostConnection } from '../types.js';
import { type DockerMarks, hasDockerChains, missingDockerRules } from './chains-diff.js';

/** On a tmpfs: gone with a reboot, after which Docker makes its rules anew. */
const SNAPSHOT = '/run/raftyard-docker-chains.json';
const MAX_AGE_MS = 15 * 60_000;

type Options = { readonly signal?: AbortSignal };

const snapshotSchema = z.object({
  takenAt: z.number(),
  signature: z.string(),
  v4: z.string(),
  v6: z.string(),
  bridges: z.array(z.string()),
  addresses: z.array(z.string()),
});
type Snapshot = z.output<typeof snapshotSchema>;

/** Whether Docker manages iptables at all, and what is in it. */
const STATE_SCRIPT = `PATH=$PATH:/usr/sbin:/sbin; export PATH
pid=$(cat /var/run/docker.pid 2>/dev/null) && [ -d "/proc/$pid" ] || exit 3
command -v iptables-save >/dev/null 2>&1 || exit 3
tr '\\0' '\\n' < "/proc/$pid/cmdline" | grep -Eq '^--iptables=(false|0)$' && exit 3
grep -Eq '"iptables"[[:space:]]*:[[:space:]]*false|"firewall-backend"[[:space:]]*:[[:space:]]*"nftables"' /etc/docker/daemon.json 2>/dev/null && exit 3
case $1 in
  6) command -v ip6tables-save >/dev/null 2>&1 && ip6tables-save 2>/dev/null ;;
  *) iptables-save 2>/dev/null ;;
esac
exit 0
`;

/** `iptables-save`; null where Docker does not run or does not manage iptables. */
async function savedRules(
  connection: HostConnection,
  family: '4' | '6',
  options: Options,
): Promise<string | null> {
  const result = await connection.script(STATE_SCRIPT, [family], { root: true, ...options });
  return result.code === 0 ? result.stdout : null;
}

/** Docker's bridges and addresses, and what tells that no bridged container came, went or restarted. */
async function marks(connection: HostConnection): Promise<DockerMarks & { signature: string }> {
  const docker = await connection.docker();
  const [containers, networks] = await Promise.all([docker.listContainers(), docker.listNetworks()]);
  const bridged = containers.filter((entry) => entry.HostConfig.NetworkMode !== 'host');
  const started = await Promise.all(
    bridged.map(async ({ Id }) => `${Id} ${(await docker.getContainer(Id).inspect()).State.StartedAt}`),
  );
  const local = networks.filter((network) => network.Driver === 'bridge');
  const endpoints = bridged.flatMap((entry) => Object.values(entry.NetworkSettings.Networks));
  return {
    signature: [...started, ...local.map((network) => network.Id)].sort().join('\n'),
    bridges: local.map(
      (network) => network.Options?.['com.docker.network.bridge.name'] ?? `br-${network.Id.slice(0, 12)}`,
    ),
    addresses: [
      ...local.flatMap((network) => (network.IPAM?.Config ?? []).map((config) => config.Subnet ?? '')),
      ...endpoints.map(({ IPAddress }) => (IPAddress ? `${IPAddress}/32` : '')),
      ...endpoints.map(({ GlobalIPv6Address }) => (GlobalIPv6Address ? `${GlobalIPv6Address}/128` : '')),
    ].filter((address) => address !== ''),
  };
}

/** Writes Docker's rules down on the host, unless they are broken already. */
export async function saveDockerChains(connection: HostConnection, options: Options = {}): Promise<void> {
  const v4 = await savedRules(connection, '4', options);
  if (v4 === null || !hasDockerChains(v4)) return;
  const v6 = await savedRules(connection, '6', options);
  const snapshot: Snapshot = {
    takenAt: Date.now(),
    v4,
    v6: v6 ?? '',
    ...(await marks(connection).then(({ bridges, addresses, signature }) => ({
      bridges: [...bridges],
      addresses: [...addresses],
      signature,
    }))),
  };
  await connection.writeFile(SNAPSHOT, JSON.stringify(snapshot), 0o600, options);
}

/** The rules written down, while they still fit the containers that run. */
async function usableSnapshot(connection: HostConnection): Promise<Snapshot | null> {
  const text = await connection.readFile(SNAPSHOT);
  if (text === null) return null;
  let parsed: ReturnType<typeof snapshotSchema.safeParse>;
  try {
    parsed = snapshotSchema.safeParse(JSON.parse(text.toString()));
  } catch {
    return null;
  }
  if (!parsed.success || Math.abs(Date.now() - parsed.data.takenAt) > MAX_AGE_MS) return null;
  const { signature } = await marks(connection);
  return signature === parsed.data.signature ? parsed.data : null;
}

/** What to put back, by IP version; null without a usable snapshot. */
async function missing(connection: HostConnection, v4: string, options: Options) {
  const snapshot = await usableSnapshot(connection);
  if (snapshot === null) return null;
  const v6 = (await savedRules(connection, '6', options)) ?? '';
  return {
    v4: missingDockerRules(snapshot.v4, v4, snapshot),
    v6: missingDockerRules(snapshot.v6, v6, snapshot),
  };
}

/**
 * Whether Docker's chains were flushed: the chains that Docker always makes are absent or unused, or rules that were
 * written down before a change of the firewall are gone. false where Docker does not run or leaves iptables alone.
 */
export async function dockerChainsBroken(
  connection: HostConnection,
  options: Options = {},
): Promise<boolean> {
  const now = await savedRules(connection, '4', options);
  if (now === null) return false;
  if (!hasDockerChains(now)) return true;
  const lacks = await missing(connection, now, options);
  return lacks !== null && lacks.v4 + lacks.v6 !== '';
}

/**
 * After firewalld's start dockerd needs a moment to hear of it and to put its rules back, one by one: waits until they
 * are there and change no more, up to six seconds.
 */
export async function awaitDockerChains(connection: HostConnection, options: Options = {}): Promise<void> {
  let last = '';
  for (let attempt = 0; attempt < 10; attempt += 1) {
    const now = await savedRules(connection, '4', options);
    if (now === null) return;
    // Comments hold the time, brackets the counters.
    const rules = now.replace(/^#.*$|\[\d+:\d+\]/gm, '');
    if (hasDockerChains(now) && rules === last) return;
    last = rules;
    await setTimeout(600, undefined, options);
  }
}

/** Removes what was written down, unless it will be needed to repair. */
export async function forgetUnlessBroken(connection: HostConnection, options: Options = {}): Promise<void> {
  if (!(await dockerChainsBroken(connection, options))) await forget(connection, options);
}

async function forget(connection: HostConnection, options: Options): Promise<void> {
  await connection.exec(['rm', '-f', SNAPSHOT], { root: true, ...options });
}

async function restore(connection: HostConnection, command: string, input: string, options: Options) {
  if (input === '') return;
  const result = await connection.exec([command, '--noflush'], { root: true, stdin: input, ...options });
  if (result.code === 0) return;
  throw new RaftyardError(
    'command-failed',
    `${command} could not put Docker's rules back: ${result.stderr.trim().slice(0, 300)}`,
    {
      host: connection.host.name,
      hint: 'Restart Docker on the host when its containers may stop for a moment: systemctl restart docker',
    },
  );
}

/**
 * Puts Docker's chains back: from what was written down before the firewall changed, which no container notices; or,
 * without that, by a restart of the engine, after which containers that ran are started again.
 *
 * @param options.allowRestart false: throw `blocked` in place of restarting the engine.
 * @returns how it was done; `none` when nothing was broken.
 */
export async function repairDockerChains(
  connection: HostConnection,
  options: Options & { readonly allowRestart?: boolean } = {},
): Promise<'none' | 'restored' | 'restarted'> {
  const { allowRestart = true, ...signal } = options;
  const now = await savedRules(connection, '4', signal);
  if (now === null) return 'none';
  const lacks = await missing(connection, now, signal);
  if (lacks !== null && lacks.v4 + lacks.v6 !== '') {
    await restore(connection, 'iptables-restore', lacks.v4, signal);
    await restore(connection, 'ip6tables-restore', lacks.v6, signal);
  }
  const after = (await savedRules(connection, '4', signal)) ?? '';
  if (hasDockerChains(after)) {
    await forget(connection, signal);
    return lacks !== null && lacks.v4 + lacks.v6 !== '' ? 'restored' : 'none';
  }
  if (!allowRestart) {
    throw new RaftyardError(
      'blocked',
      "Docker's firewall chains are gone, and only a restart of Docker brings them back",
      {
        host: connection.host.name,
        hint: 'Restart Docker when its containers may stop for a moment: systemctl restart docker',
      },
    );
  }
  await restartEngine(connection, signal);
  await forget(connection, signal);
  return 'restarted';
}
