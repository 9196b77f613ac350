/** Hosts of an SSH configuration as hosts of a topology. Pure. */
import type { SshConfigHost } from '../../../shared/ipc/index.js';
import { freeName, type HostFields, isHostName, isIpAddress } from '../../../shared/topology/index.js';

/** Hosts whose alias, address or user hold all words. */
export function matchingHosts(hosts: readonly SshConfigHost[], words: string): readonly SshConfigHost[] {
  const wanted = words
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (wanted.length === 0) return hosts;
  return hosts.filter(({ alias, address, user }) => {
    const text = `${alias} ${address} ${user ?? ''}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}

const HOP = /^(?:([^@]+)@)?(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/;

/** A hop of ProxyJump: an alias of the configuration, or `user@address:port`. */
function hopOf(hop: string, all: ReadonlyMap<string, SshConfigHost>): SshConfigHost | null {
  const match = HOP.exec(hop.trim());
  if (match === null) return null;
  const [, user, bracketed, bare, port] = match;
  const alias = bracketed ?? bare ?? '';
  const known = all.get(alias);
  if (known === undefined && !isHostName(alias) && !isIpAddress(alias)) return null;
  return {
    ...(known ?? { alias, address: alias }),
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port: Number(port) }),
  };
}

/**
 * The chosen hosts, and after them those that the way to them leads through: without these they could not be reached.
 *
 * @param present names of hosts that are there already, and need not come again
 */
export function withJumps(
  chosen: readonly SshConfigHost[],
  all: readonly SshConfigHost[],
  present: readonly (string | undefined)[],
): { readonly chosen: readonly SshConfigHost[]; readonly jumps: readonly SshConfigHost[] } {
  const byAlias = new Map(all.map((host) => [host.alias, host]));
  const taken = new Set([...present, ...chosen.map((host) => host.alias)]);
  const jumps: SshConfigHost[] = [];
  const follow = (host: SshConfigHost): void => {
    for (const hop of host.jump ?? []) {
      const next = hopOf(hop, byAlias);
      if (next === null || taken.has(next.alias)) continue;
      taken.add(next.alias);
      jumps.push(next);
      follow(next);
    }
  };
  for (const host of chosen) follow(host);
  return { chosen, jumps };
}

/** A name that the document takes. */
const NAME = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/;

/**
 * As entries of an inventory. Jump hosts are carried over where they are among those that are added or
 * there already: others would lead nowhere.
 */
export function fieldsOf(
  hosts: readonly SshConfigHost[],
  taken: readonly (string | undefined)[],
): HostFields[] {
  const names = new Set(taken);
  const renamed = new Map<string, string>();
  for (const { alias } of hosts) {
    const usable = NAME.test(alias) && !isIpAddress(alias);
    const name =
      usable && !names.has(alias)
        ? alias
        : freeName(usable ? `${alias.slice(0, 58)}-` : 'docker', names, usable ? 1 : 2);
    names.add(name);
    renamed.set(alias, name);
  }
  return hosts.map(({ alias, address, user, port, identity, jump }): HostFields => {
    const through = (jump ?? []).flatMap((hop) => {
      const match = HOP.exec(hop.trim());
      const bare = match?.[2] ?? match?.[3] ?? '';
      const name = renamed.get(bare) ?? (taken.includes(bare) ? bare : undefined);
      return name === undefined || name === renamed.get(alias) ? [] : [name];
    });
    return {
      name: renamed.get(alias) ?? alias,
      address,
      ...(user === undefined ? {} : { user }),
      ...(port === undefined ? {} : { port }),
      ...(identity === undefined ? {} : { identity }),
      ...(through.length === 0 ? {} : { jump: [...new Set(through)] }),
    };
  });
}
