/** Hosts of an SSH configuration as hosts of a topology. Pure. */
import type { SshConfigHost } from '../../../shared/ipc/index.js';
import { freeName, type HostFields, isHostName } from '../../../shared/topology/index.js';

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
    const name =
      isHostName(alias) && !names.has(alias)
        ? alias
        : freeName(isHostName(alias) ? `${alias}-` : 'docker', names, 2);
    names.add(name);
    renamed.set(alias, name);
  }
  return hosts.map(({ alias, address, user, port, identity, jump }): HostFields => {
    const through = (jump ?? []).flatMap((hop) => {
      const bare = hop.replace(/^[^@]*@/, '').replace(/:\d+$/, '');
      const name = renamed.get(bare) ?? (taken.includes(bare) ? bare : undefined);
      return name === undefined ? [] : [name];
    });
    return {
      name: renamed.get(alias) ?? alias,
      address,
      ...(user === undefined ? {} : { user }),
      ...(port === undefined ? {} : { port }),
      ...(identity === undefined ? {} : { identity }),
      ...(through.length === 0 ? {} : { jump: through }),
    };
  });
}
