/** The way into a host: itself, and the hosts between. Pure. */
import type { HostInput } from '../../../shared/ipc/index.js';
import type { HostFields } from '../../../shared/topology/index.js';

/** A host as a connection needs it: without what only Consul needs, and without empty fields. */
export function inputOf({ advertise: _advertise, advertiseWan: _wan, jump, ...host }: HostFields): HostInput {
  const given = Object.fromEntries(Object.entries(host).filter(([, value]) => value !== ''));
  return {
    ...given,
    name: host.name,
    address: host.address,
    ...(jump === undefined || jump.length === 0 ? {} : { jump: [...jump] }),
  };
}

/** Hosts through which a host is reached, and those through which these are. */
export function jumpsOf(host: HostInput, all: readonly HostInput[]): HostInput[] {
  const found = new Map<string, HostInput>();
  const waiting = [...(host.jump ?? [])];
  for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) {
    const next = all.find((entry) => entry.name === name);
    if (next === undefined || name === host.name || found.has(name)) continue;
    found.set(name, next);
    waiting.push(...(next.jump ?? []));
  }
  return [...found.values()];
}

/** `root@192.0.2.1:2222`. */
export function loginOf({ user, address, port }: Pick<HostFields, 'user' | 'address' | 'port'>): string {
  const where = address.includes(':') ? `[${address}]` : address;
  return `${user === undefined || user === '' ? 'root' : user}@${where}${port === undefined || port === 22 ? '' : `:${port}`}`;
}
