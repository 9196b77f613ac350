import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type Docker from 'dockerode';
import { RaftyardError } from '../../shared/errors.js';
import { withLock } from './lock.js';
import { homeId, homePath } from './paths.js';
import { run, which } from './process.js';
import { type Block, freeSubnet, localBlocks, parseBlock } from './subnet.js';
import { HOME_LABEL, RANGE_LABEL } from './types.js';

/** The range's bridge on this computer: named by us, so that a stale one can be told from anyone else's. */
export function bridgeName(range: string): string {
  return `ry-${createHash('sha256').update(`${homeId()} ${range}`).digest('hex').slice(0, 10)}`;
}

async function existing(docker: Docker, network: string): Promise<Docker.NetworkInspectInfo | null> {
  const all = await docker.listNetworks({ filters: { name: [network] } });
  return all.find((entry) => entry.Name === network) ?? null;
}

/** Deletes our bridge where an engine that was killed left it behind. Needs root; elsewhere it does nothing. */
export async function dropStaleBridge(range: string): Promise<void> {
  const bridge = bridgeName(range);
  if (!existsSync(`/sys/class/net/${bridge}/bridge`) || (await which('ip')) === null) return;
  await run('ip', ['link', 'delete', bridge]);
}

/**
 * The range's network, made on a subnet that neither this engine nor this computer uses.
 * @returns its subnet
 * @throws RaftyardError conflict, blocked, docker-failed
 */
export async function ensureNetwork(
  docker: Docker,
  range: string,
  network: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  // One at a time: two ranges that come up together must not pick the same subnet.
  return withLock(join(homePath(), 'network.lock'), () => make(docker, range, network), { signal });
}

async function make(docker: Docker, range: string, network: string): Promise<string> {
  const there = await existing(docker, network);
  if (there !== null) {
    const subnet = there.IPAM?.Config?.[0]?.Subnet;
    if (
      there.Labels?.[RANGE_LABEL] !== range ||
      there.Labels[HOME_LABEL] !== homeId() ||
      subnet === undefined
    ) {
      throw new RaftyardError('conflict', `A network named ${network} is there and not of this range.`, {
        hint: 'Choose another --name for the range, or remove that network.',
      });
    }
    return subnet;
  }
  await dropStaleBridge(range);
  const used: Block[] = await localBlocks();
  for (const entry of await docker.listNetworks()) {
    for (const config of entry.IPAM?.Config ?? []) {
      const block = parseBlock(config.Subnet ?? '');
      if (block !== null) used.push(block);
    }
  }
  const subnet = freeSubnet(bridgeName(range), used);
  if (subnet === null) {
    throw new RaftyardError('blocked', 'No subnet of 198.18.0.0/15 is free for a practice range.', {
      hint: 'Take other practice ranges down, or the VPN that uses these addresses.',
    });
  }
  try {
    await docker.createNetwork({
      Name: network,
      Driver: 'bridge',
      IPAM: { Driver: 'default', Config: [{ Subnet: subnet }] },
      Labels: { [RANGE_LABEL]: range, [HOME_LABEL]: homeId() },
      Options: { 'com.docker.network.bridge.name': bridgeName(range) },
    });
  } catch (error) {
    throw new RaftyardError('docker-failed', `Cannot make the range’s network: ${(error as Error).message}`, {
      cause: error,
    });
  }
  return subnet;
}
