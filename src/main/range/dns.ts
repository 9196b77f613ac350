import { readFile } from 'node:fs/promises';

/** The name servers of a resolv.conf that can be reached from another network namespace: none on loopback. */
export function reachableServers(text: string): string {
  return text
    .split('\n')
    .filter((line) => /^nameserver\s+\S+\s*$/.test(line) && !/^nameserver\s+(127\.|::1\s*$|fe80:)/.test(line))
    .map((line) => `${line.trim()}\n`)
    .join('');
}

/**
 * Lines of a resolv.conf for practice hosts. Docker's own resolver (127.0.0.11) lives on firewall rules
 * inside the host's network namespace, and firewalld, which starts there, removes them.
 */
export async function nameservers(): Promise<string> {
  for (const file of ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf']) {
    const servers = reachableServers(await readFile(file, 'utf8').catch(() => ''));
    if (servers !== '') return servers;
  }
  return '';
}
