/** The document's hosts as a test of a connection wants them. Pure. */
import type { HostInput } from '../../../../shared/ipc/index.js';
import { asList, asText, writtenAt } from './fields.js';

/** A host entry as written; undefined where it has no name or no address yet. */
export function hostInputOf(entry: unknown): HostInput | undefined {
  const at = (...path: string[]): string => asText(writtenAt(entry, path));
  const name = at('name');
  const address = at('address');
  if (name === '' || address === '') return undefined;
  const port = writtenAt(entry, ['ssh', 'port']);
  const jump = asList(writtenAt(entry, ['ssh', 'jump']));
  const hostKeys = asList(writtenAt(entry, ['ssh', 'hostKeys']));
  const agent = writtenAt(entry, ['ssh', 'agent']);
  const texts = Object.fromEntries(
    (['user', 'identity', 'password', 'sudoPassword', 'passphrase'] as const).flatMap((field) => {
      const value = at('ssh', field);
      return value === '' ? [] : [[field, value]];
    }),
  );
  return {
    name,
    address,
    ...texts,
    ...(typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536 ? { port } : {}),
    ...(typeof agent === 'boolean' ? { agent } : {}),
    ...(hostKeys.length === 0 ? {} : { hostKeys }),
    ...(jump.length === 0 ? {} : { jump }),
  };
}

/** The hosts on the way to a host, and on the way to those: all that its connection needs besides itself. */
export function jumpHostsOf(host: HostInput, all: readonly HostInput[]): HostInput[] {
  const found = new Map<string, HostInput>();
  const waiting = [...(host.jump ?? [])];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const next = all.find((entry) => entry.name === name);
    if (next === undefined || name === host.name || found.has(name)) continue;
    found.set(name, next);
    waiting.push(...(next.jump ?? []));
  }
  return [...found.values()];
}
