/** What a range and its engine change on the computer beyond their own files, and how it is put back. */
import { readFile, rm, writeFile } from 'node:fs/promises';
import { run, which } from './process.js';

const FORWARDING = '/proc/sys/net/ipv4/ip_forward';

async function iptables(...argv: string[]): Promise<{ code: number; output: string }> {
  return (await which('iptables')) === null ? { code: 1, output: '' } : run('iptables', ['-w', ...argv]);
}

/**
 * Our engine runs without iptables of its own: an engine that starts flushes Docker's chains, and with them
 * the published ports of any other engine on the computer. These rules, which name the range's bridge, are
 * what its hosts need: to reach each other where the computer filters bridged traffic, and the world.
 * A computer where they cannot be set still has a range, without a way out of it.
 */
function bridgeRules(bridge: string, subnet: string): { table: string; rule: string[] }[] {
  return [
    { table: 'nat', rule: ['POSTROUTING', '-s', subnet, '!', '-o', bridge, '-j', 'MASQUERADE'] },
    { table: 'filter', rule: ['FORWARD', '-i', bridge, '-j', 'ACCEPT'] },
    { table: 'filter', rule: ['FORWARD', '-o', bridge, '-j', 'ACCEPT'] },
  ];
}

/** Sets the rules for a bridge, each where it is missing. */
export async function openBridge(bridge: string, subnet: string): Promise<void> {
  for (const { table, rule } of bridgeRules(bridge, subnet)) {
    if ((await iptables('-t', table, '-C', ...rule)).code !== 0) await iptables('-t', table, '-I', ...rule);
  }
}

/** `iptables -S` lines that name a bridge, as arguments that delete them. */
export function deletions(listing: string, bridge: string): string[][] {
  return listing
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words[0] === '-A' && words.includes(bridge))
    .map((words) => ['-D', ...words.slice(1)]);
}

/** Removes every rule of POSTROUTING and FORWARD that names the bridge. */
export async function closeBridge(bridge: string): Promise<void> {
  for (const [table, chain] of [
    ['nat', 'POSTROUTING'],
    ['filter', 'FORWARD'],
  ] as const) {
    const { code, output } = await iptables('-t', table, '-S', chain);
    if (code !== 0) continue;
    for (const argv of deletions(output, bridge)) await iptables('-t', table, ...argv);
  }
}

/** Notes IP forwarding before our engine first turns it on. Keeps an older note. */
export async function recordForwarding(file: string): Promise<void> {
  const value = (await readFile(FORWARDING, 'utf8').catch(() => '')).trim();
  await writeFile(file, `${value}\n`, { flag: 'wx' }).catch(() => undefined);
}

/** Turns IP forwarding off again where it was, unless another Docker Engine has set rules that need it. */
export async function restoreForwarding(file: string): Promise<void> {
  const before = (await readFile(file, 'utf8').catch(() => '')).trim();
  if (before !== '0') return;
  const { output } = await iptables('-t', 'filter', '-S', 'FORWARD');
  if (!/-A FORWARD /.test(output)) await writeFile(FORWARDING, '0\n').catch(() => undefined);
}

const INOTIFY = '/proc/sys/fs/inotify/max_user_instances';
/** A host's systemd, its services and one login take about fifteen; Linux allows root 128 by default. */
const INOTIFY_WANTED = 1024;

/**
 * Raises the kernel's limit of inotify instances a user, which all hosts share, and notes the old value.
 * Does nothing where it is high enough, or not ours to set (then about eight hosts fit).
 */
export async function raiseInotify(note: string): Promise<void> {
  const value = Number((await readFile(INOTIFY, 'utf8').catch(() => '')).trim());
  if (!Number.isInteger(value) || value <= 0 || value >= INOTIFY_WANTED) return;
  try {
    await writeFile(INOTIFY, `${INOTIFY_WANTED}\n`);
  } catch {
    return;
  }
  await writeFile(note, `${value}\n`, { flag: 'wx' }).catch(() => undefined);
}

/** Sets the limit back to what was noted, unless someone else has set another since. */
export async function restoreInotify(note: string): Promise<void> {
  const before = (await readFile(note, 'utf8').catch(() => '')).trim();
  const now = (await readFile(INOTIFY, 'utf8').catch(() => '')).trim();
  if (/^\d+$/.test(before) && now === String(INOTIFY_WANTED)) {
    await writeFile(INOTIFY, `${before}\n`).catch(() => undefined);
  }
  await rm(note, { force: true });
}

/** Mount points below a folder (or the folder itself) in /proc/self/mountinfo text, deepest first. */
export function mountsBelow(mountinfo: string, folder: string): string[] {
  return mountinfo
    .split('\n')
    .map((line) =>
      (line.split(' ')[4] ?? '').replaceAll(/\\([0-7]{3})/g, (_, o: string) =>
        String.fromCharCode(parseInt(o, 8)),
      ),
    )
    .filter((path) => path === folder || path.startsWith(`${folder}/`))
    .reverse();
}

/** An engine that was killed leaves its mounts, and a mount point cannot be removed. */
export async function unmountBelow(folder: string): Promise<void> {
  const info = await readFile('/proc/self/mountinfo', 'utf8').catch(() => '');
  for (const path of mountsBelow(info, folder)) await run('umount', ['-l', path]);
}
