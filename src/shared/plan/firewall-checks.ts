/** What preflight says of a host's firewall. Pure. */
import { isPacketFilter, type PacketFilter } from '../shell/packet-filter.js';
import type { Topology } from '../topology/types.js';
import type { FirewallFacts, ReachableFacts } from './facts.js';

type Add = (check: 'firewall', severity: 'ok' | 'warning', message: string, hint?: string) => void;

interface Subject {
  readonly facts: Pick<ReachableFacts, 'firewall' | 'docker'>;
  readonly topology: Topology;
  readonly add: Add;
}

/** Adds one row, or two, for the firewall. */
export function firewall({ facts, topology, add }: Subject): void {
  const { kind, active, zone } = facts.firewall;
  if (kind === 'none') add('firewall', 'ok', 'No firewall on the host');
  else if (!active) add('firewall', 'ok', `${kind} is installed and not running`);
  else if (topology.firewall === 'leave') {
    add(
      'firewall',
      'warning',
      `${kind} runs and is left alone`,
      'Open 8300/tcp, 8301/tcp and 8301/udp between the hosts yourself.',
    );
  } else if (isPacketFilter(kind)) {
    packetFilter(kind, facts.firewall, topology.firewall, add);
  } else {
    const where = zone === undefined ? '' : ` (zone ${zone})`;
    const what =
      topology.firewall === 'open' ? 'only the needed ports are opened' : 'it will be stopped and disabled';
    add('firewall', topology.firewall === 'open' ? 'ok' : 'warning', `${kind} runs${where}: ${what}`);
    if (topology.firewall === 'disable' && (facts.docker?.publishing.length ?? 0) > 0) {
      const names = facts.docker?.publishing.map((entry) => entry.container).join(', ');
      add(
        'firewall',
        'warning',
        `Stopping ${kind} flushes Docker's rules, which ${names} need; they are put back`,
      );
    }
  }
}

/** iptables or nftables as the owner wrote them, without a manager. */
function packetFilter(
  kind: PacketFilter,
  { keptIn }: FirewallFacts,
  mode: Topology['firewall'],
  add: Add,
): void {
  if (mode === 'disable') {
    add(
      'firewall',
      'warning',
      `${kind} rules filter incoming traffic; stopping them would take Docker's rules along, so they stay`,
      'Choose the firewall mode `open`, or open the ports yourself.',
    );
  } else if (keptIn === undefined) {
    add(
      'firewall',
      'warning',
      `${kind} rules filter incoming traffic, and nothing loads them at boot: only the needed ports are opened, until the next start`,
      kind === 'iptables'
        ? 'The packages iptables-persistent (Debian) or iptables-services (Red Hat) keep rules over a restart.'
        : 'Enable nftables.service, which loads /etc/nftables.conf or /etc/sysconfig/nftables.conf.',
    );
  } else {
    const files = Object.values(keptIn).join(', ');
    add(
      'firewall',
      'ok',
      `${kind} rules filter incoming traffic (${files}): only the needed ports are opened`,
    );
  }
}
