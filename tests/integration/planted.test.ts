/**
 * Known secrets are planted wherever a person gives one, every command is run, and all that it said and wrote is
 * searched for them and for those that Raftyard made: on this computer, on the hosts, and in both process lists.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { clusterPrefix } from '../../src/main/cluster/secrets.js';
import { Vault } from '../../src/main/store/secrets/vault.js';
import { serialiseTopology, WHOLLY_SECURED } from '../../src/shared/topology/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { temporaryFolder } from '../temporary.js';
import { afterEarlierSteps } from './steps.js';
import {
  bareHosts,
  passwordOfPw,
  range,
  rangeDocument,
  rootScript,
  withoutSharedConnections,
} from './support.js';

withoutSharedConnections();

const folder = temporaryFolder('raftyard-planted-');
/** What people keep: here secrets lie by right. */
const kept = join(folder, 'kept');
/** All that Raftyard writes: its own folder, temporary files, and what it is told to write. */
const written = join(folder, 'written');
for (const path of [kept, written, join(written, 'tmp')]) mkdirSync(path);

const PLANTED = {
  vault: 'planted-vault-passphrase-0815',
  kit: 'planted-kit-passphrase-0816',
  key: 'planted-key-passphrase-0817',
  wrong: 'planted-wrong-sudo-0818',
};
const at = (name: keyof typeof PLANTED): string => join(kept, name);
for (const [name, value] of Object.entries(PLANTED))
  writeFileSync(join(kept, name), `${value}\n`, { mode: 0o600 });

let asRoot: Topology;
let topology: Topology;
let document = '';
let told = '';
const seen = new Set<string>();

const processes = (): string[] => readdirSync('/proc').filter((name) => /^\d+$/.test(name));

/** Every argument of every process of this computer that began since a command did. */
function lookAtProcesses(before: ReadonlySet<string>): void {
  for (const pid of processes().filter((name) => !before.has(name)))
    try {
      seen.add(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    } catch {
      // It has ended.
    }
}

async function raftyard(...args: string[]): Promise<number> {
  // Those of all practice hosts are among them: to read each one every time would take a third of a core.
  const before = new Set(processes());
  const timer = setInterval(() => lookAtProcesses(before), 40);
  try {
    const child = spawn(process.execPath, ['bin/raftyard.js', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        HOME: join(written, 'home'),
        TMPDIR: join(written, 'tmp'),
        RAFTYARD_HOME: join(written, 'raftyard'),
      },
    });
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        told += chunk.toString();
      });
    return await new Promise<number>((resolve) => child.on('close', (code) => resolve(code ?? -1)));
  } finally {
    clearInterval(timer);
  }
}

const unlock = ['--vault-passphrase-file', at('vault')];

/** Notes every argument of every process of a host; `end` gives back how many it saw. */
const SAMPLER = {
  begin: `touch /run/planted-since
    systemd-run -q --unit=planted-sampler sh -c "while sleep 0.1; do cat /proc/[0-9]*/cmdline 2>/dev/null; done | tr '\\\\0' '\\\\n' | awk '!s[\\$0]++ {print; fflush()}' > /dev/shm/planted-seen"`,
  end: `systemctl stop planted-sampler.service 2>/dev/null || true; wc -l < /dev/shm/planted-seen`,
  remove:
    'systemctl stop planted-sampler.service 2>/dev/null; rm -f /dev/shm/planted-* /run/planted-since; true',
};

const everywhere = <T>(use: (name: string) => Promise<T>): Promise<T[]> =>
  Promise.all(topology.hosts.map(({ name }) => use(name)));

/** Names of files, and of lists, that hold one of the secrets; the patterns go by standard input of a file in memory. */
async function holding(host: string, secrets: readonly string[]): Promise<string[]> {
  const text = await rootScript(
    asRoot,
    host,
    `set -e; patterns=/dev/shm/planted-patterns; umask 077
     base64 -d > "$patterns" <<'EOF'
${Buffer.from(`${secrets.join('\n')}\n`).toString('base64')}
EOF
     find / -xdev \\( -path /proc -o -path /sys -o -path /dev \\) -prune -o -type f -newer /run/planted-since -print0 2>/dev/null > /dev/shm/planted-files
     for place in /run /tmp /var/lib/docker /var/log; do
       find "$place" -xdev -type f -newer /run/planted-since -print0 2>/dev/null >> /dev/shm/planted-files
     done
     xargs -0 grep -lFf "$patterns" < /dev/shm/planted-files 2>/dev/null | sort -u || true
     containers=$(docker ps -aq)
     for one in $containers; do
       docker inspect "$one" | grep -qFf "$patterns" && echo 'docker inspect' || true
       docker logs "$one" 2>&1 | grep -qFf "$patterns" && echo 'docker logs' || true
     done
     journalctl --no-pager -q | grep -qFf "$patterns" && echo journal || true
     grep -qFf "$patterns" /dev/shm/planted-seen && echo 'process list' || true
     rm -f "$patterns" /dev/shm/planted-files`,
  );
  return text.split('\n').filter((line) => line !== '');
}

/** What is to be found in the folder of all that was written, with the names of files. */
function files(path: string): { readonly name: string; readonly text: string }[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((name) => ({ name, text: readFileSync(name, 'latin1') }));
}

/** The lines of a key, or the secret itself: what a leak would hold, also when JSON has folded it. */
const lines = (secret: string): string[] =>
  secret.split('\n').filter((line) => line.length > 20 && !line.startsWith('-----'));

/** What of a made secret has to stay secret: a certificate is public, its key is not. */
function secretLines(value: string): string[] {
  if (!value.includes('-----BEGIN')) return [value];
  return (value.match(/-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]*-----END/g) ?? []).flatMap(lines);
}

const made: Record<string, string> = {};
async function remember(): Promise<void> {
  const vault = await Vault.open(join(written, 'raftyard', 'vault.json'), PLANTED.vault);
  // A changed secret is as secret as the one after it.
  const prefix = clusterPrefix(topology.id);
  for (const [name, value] of Object.entries(await vault.read(prefix)))
    made[`${name.slice(prefix.length)} ${Object.keys(made).length}`] = value;
}

beforeAll(async () => {
  asRoot = await rangeDocument();
  await bareHosts(asRoot);
  const identity = join(kept, 'id_planted');
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', PLANTED.key, '-C', 'planted', '-f', identity]);
  const authorized = readFileSync(`${identity}.pub`, 'utf8').trim();
  topology = {
    ...asRoot,
    secure: WHOLLY_SECURED,
    hosts: asRoot.hosts.map((host, index) => ({
      ...host,
      // A password for both, and a key with a passphrase of its own.
      ssh: {
        ...(index === 0
          ? { identity, passphrase: `file:${at('key')}` }
          : { password: `file:${range.passwordFile}` }),
        port: host.ssh.port,
        hostKeys: host.ssh.hostKeys,
        jump: host.ssh.jump,
        user: 'pw',
        agent: false,
        sudoPassword: `file:${range.passwordFile}`,
      },
    })),
  };
  document = join(written, 'planted.raftyard');
  writeFileSync(document, serialiseTopology(topology));
  const first = topology.hosts[0]?.name ?? '';
  await rootScript(
    asRoot,
    first,
    `install -d -m 700 -o pw ~pw/.ssh; touch ~pw/.ssh/authorized_keys; cp -p ~pw/.ssh/authorized_keys /run/planted-keys
     echo '${authorized}' >> ~pw/.ssh/authorized_keys; chown pw ~pw/.ssh/authorized_keys; chmod 600 ~pw/.ssh/authorized_keys`,
  );
  await everywhere((name) => rootScript(asRoot, name, SAMPLER.begin));
});
afterAll(async () => {
  const first = topology.hosts[0]?.name ?? '';
  await rootScript(
    asRoot,
    first,
    'cat /run/planted-keys > ~pw/.ssh/authorized_keys; rm -f /run/planted-keys',
  );
  await everywhere((name) => rootScript(asRoot, name, SAMPLER.remove));
  await bareHosts(asRoot);
});

describe('secrets that are planted everywhere', () => {
  beforeEach(afterEarlierSteps);
  it('serve every command', async () => {
    // A folder for each try: nothing is written over what another one left.
    const folderOfTry = mkdtempSync(join(written, 'try-'));
    const out = (name: string): string => join(folderOfTry, name);
    expect(await raftyard('validate', document, '--json')).toBe(0);
    expect(await raftyard('plan', document, '--out', out('plan.json'), '--verbose')).toBe(0);
    const wrong = out('wrong.raftyard');
    const hosts = topology.hosts.map((host) => ({
      ...host,
      ssh: { ...host.ssh, sudoPassword: `file:${at('wrong')}` },
    }));
    writeFileSync(wrong, serialiseTopology({ ...topology, hosts }));
    expect(await raftyard('apply', wrong, '--yes', '--verbose', ...unlock)).toBe(1);
    expect(await raftyard('apply', document, '--yes', '--verbose', '--json', ...unlock), told).toBe(0);
    await remember();
    expect(await raftyard('status', document, '--json', ...unlock), told).toBe(0);
    for (const format of ['scripts', 'compose', 'ansible', 'config'])
      expect(await raftyard('export', document, '--format', format, '--out', out(format), '--zip')).toBe(0);
    const tls = join(mkdtempSync(join(kept, 'try-')), 'tls');
    expect(await raftyard('secrets', 'certificates', document, '--out', tls, ...unlock)).toBe(0);
    const kit = out('cluster.kit');
    expect(
      await raftyard('secrets', 'kit', document, '--out', kit, '--kit-passphrase-file', at('kit'), ...unlock),
      told,
    ).toBe(0);
    const other = ['--vault', out('other.json'), ...unlock];
    expect(
      await raftyard('secrets', 'restore', kit, '--kit-passphrase-file', at('kit'), ...other),
      told,
    ).toBe(0);
    expect(await raftyard('rotate', document, '--yes', '--verbose', ...unlock), told).toBe(0);
    await remember();
    expect(await raftyard('acl-reset', document, '--yes', '--verbose', ...unlock), told).toBe(0);
    await remember();
    expect(await raftyard('apply', document, '--yes', ...unlock), told).toBe(0);
    const wanted = ['gossip', 'tls-ca', 'tls-ca-key', 'acl-management', 'acl-read'];
    for (const name of wanted)
      expect(Object.keys(made).filter((entry) => entry.startsWith(name))).not.toEqual([]);
  }, 480_000);

  it('are in nothing that was said or written here, and in no process list', () => {
    const secrets = [
      ...Object.values(PLANTED),
      passwordOfPw(),
      ...lines(readFileSync(join(kept, 'id_planted'), 'utf8')),
      ...Object.values(made).flatMap(secretLines),
    ];
    expect(secrets.length).toBeGreaterThan(15);
    expect(seen.size).toBeGreaterThan(5);
    for (const secret of secrets) {
      expect(told.includes(secret)).toBe(false);
      expect([...seen].filter((line) => line.includes(secret))).toEqual([]);
    }
    for (const { name, text } of files(written))
      expect(
        secrets.filter((secret) => text.includes(secret)),
        name,
      ).toEqual([]);
  });

  it('are on the hosts only where Consul reads them', async () => {
    const ofTheCluster = Object.entries(made)
      .filter(([name]) => !name.startsWith('tls-ca'))
      .flatMap(([, value]) => secretLines(value));
    const neverThere = [
      ...Object.values(PLANTED),
      passwordOfPw(),
      ...Object.entries(made)
        .filter(([name]) => name.startsWith('tls-ca-key'))
        .flatMap(([, value]) => lines(value)),
    ];
    expect(ofTheCluster.length).toBeGreaterThan(5);
    expect(neverThere.length).toBeGreaterThan(6);
    const saw = await everywhere((name) => rootScript(asRoot, name, SAMPLER.end));
    for (const count of saw) expect(Number(count)).toBeGreaterThan(30);
    for (const { name } of topology.hosts) {
      expect(await holding(name, neverThere), name).toEqual([]);
      const found = await holding(name, ofTheCluster);
      // Its configuration, and the data of Consul itself.
      const allowed = /^\/opt\/consul\/\.secret\/|^\/var\/lib\/docker\/volumes\/[^/]+\/_data\//;
      expect(
        found.filter((path) => !allowed.test(path)),
        name,
      ).toEqual([]);
      expect(found.length, name).toBeGreaterThan(1);
    }
  });

  it('are gone from the hosts after destroy', async () => {
    expect(await raftyard('destroy', document, '--yes'), told).toBe(0);
    const all = Object.values(made).flatMap(secretLines);
    for (const { name } of topology.hosts) expect(await holding(name, all), name).toEqual([]);
  });
});
