/** What an engine changes on the computer beyond its own files, so that it can be put back. */
import { readFile, writeFile } from 'node:fs/promises';
import { run, which } from './process.js';

interface Before {
  readonly forwarding: string;
  readonly forwardPolicy: string;
  /** Docker's chains were there already: another engine's, not ours to remove. */
  readonly chains: boolean;
}

const FORWARDING = '/proc/sys/net/ipv4/ip_forward';
const CHAINS = [
  ['filter', 'DOCKER-USER'],
  ['filter', 'DOCKER-ISOLATION-STAGE-1'],
  ['filter', 'DOCKER-ISOLATION-STAGE-2'],
  ['filter', 'DOCKER'],
  ['nat', 'DOCKER'],
] as const;

async function rules(table: string): Promise<string[]> {
  const { code, output } = await run('iptables', ['-w', '-t', table, '-S']);
  return code === 0 ? output.trim().split('\n') : [];
}

/** Notes forwarding and the firewall's state before our engine first starts. Keeps an older note. */
export async function recordFirewall(file: string): Promise<void> {
  const forwarding = (await readFile(FORWARDING, 'utf8').catch(() => '')).trim();
  const filter = (await which('iptables')) === null ? [] : await rules('filter');
  const before: Before = {
    forwarding,
    forwardPolicy: filter.find((rule) => rule.startsWith('-P FORWARD '))?.split(' ')[2] ?? '',
    chains: filter.includes('-N DOCKER'),
  };
  await writeFile(file, `${JSON.stringify(before)}\n`, { flag: 'wx' }).catch(() => undefined);
}

/** Removes the empty chains that a stopped engine leaves, and puts forwarding back as it was noted. */
export async function forgetFirewall(file: string): Promise<void> {
  let before: Before;
  try {
    before = JSON.parse(await readFile(file, 'utf8')) as Before;
  } catch {
    return;
  }
  if (before.chains || (await which('iptables')) === null) return;
  for (const table of ['filter', 'nat']) {
    const names = CHAINS.filter(([of]) => of === table).map(([, chain]) => chain as string);
    for (const rule of await rules(table)) {
      const words = rule.split(' ');
      const target = words[words.indexOf('-j') + 1] ?? '';
      if (words[0] !== '-A' || names.includes(words[1] ?? '') || !names.includes(target)) continue;
      await run('iptables', ['-w', '-t', table, '-D', ...words.slice(1)]);
    }
    for (const chain of names) await run('iptables', ['-w', '-t', table, '-F', chain]);
    for (const chain of names) await run('iptables', ['-w', '-t', table, '-X', chain]);
  }
  if (before.forwardPolicy === 'ACCEPT') await run('iptables', ['-w', '-P', 'FORWARD', 'ACCEPT']);
  if (before.forwarding === '0') await writeFile(FORWARDING, '0\n').catch(() => undefined);
}
