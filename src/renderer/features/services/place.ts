/** Which datacenter is looked at, and whose agent is asked for it: the same for services, health, keys and look-ups. */
import { create } from 'zustand';
import type { DatacenterReading } from '../../../shared/ipc/index.js';
import type { LiveSnapshot } from '../../../shared/live/index.js';
import { useDocument } from '../../stores/document.js';

interface PlaceStore {
  /** Empty: all of them, where that can be. */
  readonly datacenter: string;
  /** Node; empty: a server of the first datacenter that is well. */
  readonly agent: string;
}

export const usePlace = create<PlaceStore>(() => ({ datacenter: '', agent: '' }));

useDocument.subscribe((state, before) => {
  if (state.key !== before.key) usePlace.setState({ datacenter: '', agent: '' });
});

export interface Agent {
  readonly node: string;
  readonly role: 'server' | 'client';
  readonly datacenter: string;
}

/** Agents that can be asked: those that are alive, servers first. Pure. */
export function agentsIn(snapshot: LiveSnapshot): Agent[] {
  return snapshot.datacenters.flatMap(({ name: datacenter, nodes }) =>
    nodes
      .filter((node) => node.inTopology && node.status === 'alive' && node.reachable !== false)
      .sort((a, b) => Number(a.role === 'client') - Number(b.role === 'client'))
      .map(({ name, role }) => ({ node: name, role, datacenter })),
  );
}

/** The agent that was chosen, or the server that the first datacenter is read from. Pure; null where none is alive. */
export function agentOf(snapshot: LiveSnapshot, chosen: string): Agent | null {
  const all = agentsIn(snapshot);
  const home = snapshot.datacenters[0]?.name ?? '';
  const well = snapshot.readingFrom[home];
  return (
    all.find(({ node }) => node === chosen) ??
    all.find(({ node }) => node === well) ??
    all.find(({ datacenter, role }) => datacenter === home && role === 'server') ??
    all[0] ??
    null
  );
}

/**
 * The picture as the chosen datacenter shows it: what was read through another one in the place of what is watched. Pure.
 * @param reading null where nothing was, or could be, read that way
 */
export function inPlace(
  live: LiveSnapshot,
  datacenter: string,
  reading: DatacenterReading | null,
): LiveSnapshot {
  if (datacenter === '') return live;
  const only = {
    ...live,
    datacenters: live.datacenters.filter(({ name }) => name === datacenter),
    services: live.services.filter((service) => service.datacenter === datacenter),
  };
  if (reading === null || reading.datacenter !== datacenter) return only;
  return {
    ...only,
    services: reading.services,
    datacenters: only.datacenters.map((entry) => ({
      ...entry,
      nodes: entry.nodes.map((node) => ({
        ...node,
        nodeChecks: reading.nodeChecks.filter((found) => found.node === node.name).map(({ check }) => check),
      })),
    })),
  };
}
