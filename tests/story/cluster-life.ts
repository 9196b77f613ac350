/** What the stories of clusters share: a document on disk, and the command line as a person types it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { clusterPrefix } from '../../src/main/cluster/secrets.js';
import type { ApplySummary } from '../../src/main/cluster/types.js';
import { Vault } from '../../src/main/store/secrets/vault.js';
import { MANAGEMENT_TOKEN } from '../../src/shared/desired/index.js';
import { readTopology, serialiseTopology } from '../../src/shared/topology/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { raftyard, range, rootScript, traces, until } from '../integration/support.js';
import { temporaryFolder } from '../temporary.js';

/** Runs a command and gives what it printed; anything but the exit code that is expected fails with its words. */
export async function run(code: number, ...args: string[]): Promise<string> {
  const ended = await raftyard(...args);
  expect(ended.code, ended.stderr + ended.stdout).toBe(code);
  return ended.stdout + ended.stderr;
}

/** The summary that `apply --json` ends with. */
export function summaryOf(printed: string): Pick<ApplySummary, 'result' | 'changed'> {
  const last = printed.split('\n').findLast((line) => line.startsWith('{"type":"summary"'));
  return (JSON.parse(last ?? '{}') as { summary: ApplySummary }).summary;
}

/** A cluster on the range's hosts, with its document and its vault in a folder of its own. */
export class ClusterLife {
  readonly folder = temporaryFolder('raftyard-story-');
  readonly file = join(this.folder, 'story.raftyard');
  readonly passphrase = join(this.folder, 'passphrase');
  readonly vault = join(this.folder, 'vault.json');
  readonly unlock = ['--vault', this.vault, '--vault-passphrase-file', this.passphrase];

  constructor(readonly plain: Topology) {
    writeFileSync(this.passphrase, 'a passphrase for the story\n', { mode: 0o600 });
    this.write();
  }

  /** Writes the document, with changes to it. */
  write(change: Partial<Topology> = {}): void {
    writeFileSync(this.file, serialiseTopology({ ...this.plain, ...change }));
  }

  everywhere(text: string): Promise<string[]> {
    return Promise.all(this.plain.hosts.map(({ name }) => rootScript(this.plain, name, text)));
  }

  traced(): Promise<string[]> {
    return Promise.all(this.plain.hosts.map(({ name }) => traces(this.plain, name)));
  }

  containers(): Promise<string[]> {
    return this.everywhere('docker ps --no-trunc -q');
  }

  /** Applies what the document says, and has Consul itself say that it is healthy. */
  async apply(...options: string[]): Promise<Pick<ApplySummary, 'result' | 'changed'>> {
    const summary = summaryOf(
      await run(0, 'apply', this.file, '--yes', '--json', ...this.unlock, ...options),
    );
    expect(summary.result).toBe('done');
    await run(0, 'status', this.file, ...this.unlock);
    return summary;
  }

  /** A new plan has nothing to do. */
  async nothingLeft(file = this.file): Promise<void> {
    expect(await run(0, 'plan', file, '--detailed-exitcode', ...this.unlock)).toContain('0 changes');
  }

  /** The cluster's secrets, as the vault keeps them. */
  async kept(): Promise<Record<string, string>> {
    const prefix = clusterPrefix(this.plain.id);
    const all = Object.entries(await (await this.opened()).read(prefix));
    return Object.fromEntries(all.map(([name, value]) => [name.slice(prefix.length), value]));
  }

  opened(): Promise<Vault> {
    return Vault.open(this.vault, readFileSync(this.passphrase, 'utf8').trim());
  }

  /** Writes a key into the cluster as it is now; `valueKept` finds it again. */
  async putValue(): Promise<void> {
    const put = await rootScript(this.plain, 'docker01', `${await this.#curl()} -X PUT -d kept ${KEY}`);
    expect(put).toBe('true');
  }

  async valueKept(): Promise<void> {
    await until(
      'the value that was written',
      30_000,
      async () => (await rootScript(this.plain, 'docker02', `${await this.#curl()} ${KEY}?raw`)) === 'kept',
    );
  }

  async #curl(): Promise<string> {
    const { [MANAGEMENT_TOKEN]: token = '' } = readTopology(readFileSync(this.file, 'utf8')).topology?.secure
      .acl
      ? await this.kept()
      : {};
    return `curl -s -H 'X-Consul-Token: ${token}'`;
  }

  /** Runs the exported start scripts by hand, as their reader does. */
  async runScripts(): Promise<void> {
    await run(0, 'export', this.file, '--out', join(this.folder, 'scripts'));
    await this.everywhere('systemctl stop firewalld');
    for (const { name } of this.plain.hosts) {
      const script = readFileSync(join(this.folder, 'scripts', name, 'consul-start.sh'), 'utf8');
      await rootScript(this.plain, name, script);
    }
    await this.leader();
  }

  async leader(file = this.file): Promise<void> {
    await until('a leader', 60_000, async () => (await raftyard('status', file)).code === 0);
  }

  /** Imports what runs on the hosts into a document of its own, which has no fault. @returns its path */
  async imported(): Promise<string> {
    const imported = join(this.folder, 'imported.raftyard');
    const hosts = range.hosts.flatMap((host) => ['--host', `root@127.0.0.1:${host.sshPort}`]);
    const login = ['--identity', range.identity, '--accept-new-host-keys'];
    await run(0, 'import', ...hosts, ...login, '--out', imported);
    const { topology, findings } = readTopology(readFileSync(imported, 'utf8'));
    expect(findings.filter(({ severity }) => severity === 'error')).toEqual([]);
    expect(topology?.datacenters[0]?.nodes.map(({ name, role }) => [name, role])).toEqual([
      ['node1', 'server'],
      ['node2', 'server'],
      ['node3', 'server'],
    ]);
    return imported;
  }

  /** Takes over what runs as it is: no container is made anew, and nothing is left to do. */
  async adopted(imported: string): Promise<void> {
    const containers = await this.containers();
    await run(0, 'apply', imported, '--adopt', '--yes');
    await run(0, 'plan', imported, '--detailed-exitcode');
    expect(await this.containers()).toEqual(containers);
  }
}

const KEY = 'http://127.0.0.1:8500/v1/kv/story';
