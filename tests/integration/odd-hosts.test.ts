/** Hosts that are set up otherwise than most: sudo that wants a terminal, another language, shell or set of rights. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerOperation } from '../../src/main/cluster/node-ops.js';
import { rangeTopology } from '../../src/main/range/index.js';
import { readTopology } from '../../src/shared/topology/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { install } from './packages.js';
import {
  applyTo,
  bareHosts,
  destroyAll,
  newContext,
  onHost,
  planFor,
  range,
  rangeDocument,
  rootScript,
  statusOf,
  until,
  withoutSharedConnections,
} from './support.js';

withoutSharedConnections();

let asRoot: Topology;
const everywhere = (text: string): Promise<string[]> =>
  Promise.all(asRoot.hosts.map(({ name }) => rootScript(asRoot, name, text)));

/** The range's document for a user; `pw` gives its password to SSH and to sudo. */
function documentOf(user: 'pw' | 'op'): Topology {
  const { topology } = readTopology(rangeTopology(range.name, { user }));
  if (topology === undefined) throw new Error('no topology');
  return topology;
}

beforeAll(async () => {
  asRoot = await rangeDocument();
  await bareHosts(asRoot);
});
afterAll(async () => {
  await bareHosts(asRoot);
});

describe('a sudo that wants a terminal', () => {
  beforeAll(() =>
    everywhere('echo "Defaults requiretty" > /etc/sudoers.d/zz-tty; chmod 440 /etc/sudoers.d/zz-tty'),
  );
  afterAll(() => everywhere('rm -f /etc/sudoers.d/zz-tty'));

  it.each(['pw', 'op'] as const)(
    'is given one: input, outputs and exit codes of %s are as they were sent',
    async (user) => {
      const topology = documentOf(user);
      const { name } = topology.hosts[0] ?? { name: '' };
      await onHost(topology, name, async (connection) => {
        const refused = await connection.exec(['sudo', '-n', 'true']);
        expect(refused.stderr).toMatch(/must have a tty|password/);
        // No byte may be changed by a terminal: no echo, no carriage return, no end of file in the middle.
        const bytes = randomBytes(300_000);
        await connection.writeFile('/run/raftyard-bytes', bytes, 0o600);
        expect((await connection.readFile('/run/raftyard-bytes'))?.equals(bytes)).toBe(true);
        const result = await connection.script('cat >/dev/null; echo out; echo oh >&2; exit 42', [], {
          root: true,
        });
        expect(result).toMatchObject({ code: 42, stdout: 'out\n', stderr: 'oh\n' });
        await connection.exec(['rm', '/run/raftyard-bytes'], { root: true });
      });
    },
  );

  it('raises and removes a cluster', async () => {
    const topology = documentOf('pw');
    expect((await applyTo(topology)).summary.failed).toEqual([]);
    expect((await statusOf(topology)).problems).toEqual([]);
    expect((await destroyAll(topology)).failed).toEqual([]);
  });
});

describe('a login that speaks Chinese, in a fish', () => {
  const fish = ['fish', 'fish-common', 'libpcre2-32-0'];
  /** One host of the cluster: the others are as they always are. */
  const odd = (): string => asRoot.hosts[0]?.name ?? '';
  beforeAll(async () => {
    const packages = ['libc-l10n', 'locales', ...fish];
    await install(asRoot, odd(), ...packages);
    await rootScript(
      asRoot,
      odd(),
      `localedef -i zh_CN -f UTF-8 zh_CN.UTF-8; echo LANG=zh_CN.UTF-8 > /etc/default/locale
      usermod -s /usr/bin/fish pw; install -d -o pw ~pw/.config ~pw/.config/fish
      echo 'echo junk from the fish; echo more junk >&2' > ~pw/.config/fish/config.fish`,
    );
  });
  afterAll(() =>
    rootScript(
      asRoot,
      odd(),
      `usermod -s /bin/bash pw; rm -rf ~pw/.config ~pw/.local ~pw/.cache /etc/default/locale
       dpkg --purge ${fish.join(' ')} locales libc-l10n >/dev/null 2>&1; rm -rf /usr/lib/locale/locale-archive`,
    ),
  );

  it('raises and removes the same cluster, for a user with a sudo password', async () => {
    const topology = documentOf('pw');
    const { name } = topology.hosts[0] ?? { name: '' };
    // As a program without Raftyard would hear it.
    const said = await onHost(topology, name, (connection) =>
      connection.exec(['env', 'LC_ALL=zh_CN.UTF-8', 'sh', '-c', 'locale charmap; date +%A; echo "$LANG"']),
    );
    expect(said.stdout).toMatch(/^UTF-8\n星期.\nzh_CN.UTF-8\n$/);
    const shell = await rootScript(asRoot, name, 'getent passwd pw | cut -d: -f7');
    expect(shell.trim()).toBe('/usr/bin/fish');
    expect(said.stderr).toBe('');
    expect((await applyTo(topology)).summary.failed).toEqual([]);
    expect((await statusOf(topology)).problems).toEqual([]);
    expect((await destroyAll(topology)).failed).toEqual([]);
  });
});

describe('a user in the group docker, without sudo', () => {
  beforeAll(() =>
    everywhere(`useradd -m -s /bin/bash -G docker dock
      cp -r /root/.ssh ~dock/; chown -R dock ~dock/.ssh`),
  );
  afterAll(() => everywhere('pkill -KILL -u dock; userdel -rf dock 2>/dev/null; true'));

  const asDock = (): Topology => ({
    ...asRoot,
    hosts: asRoot.hosts.map((host) => ({ ...host, ssh: { ...host.ssh, user: 'dock' } })),
  });

  it('may look and watch, and is told what else a plan needs', async () => {
    const mine = asDock();
    const plan = await planFor(mine);
    const blockers = plan.issues.filter(({ severity }) => severity === 'blocker');
    expect(blockers.map(({ code, host }) => `${code} ${host}`)).toEqual(
      mine.hosts.map(({ name }) => `no-root ${name}`),
    );
    for (const { message, hint } of blockers) {
      expect(message).toBe('dock may use Docker, and can neither act as root nor use sudo');
      expect(hint).toContain('sudo');
    }
    expect((await applyTo(mine).catch(() => null))?.summary.changed ?? 0).toBe(0);

    expect((await applyTo(asRoot)).summary.failed).toEqual([]);
    expect((await statusOf(mine)).problems).toEqual([]);
    const context = newContext(mine);
    try {
      await containerOperation(mine, 'node3', 'stop', context);
      await until('it is seen', 30_000, async () => (await statusOf(mine)).problems.length > 0);
      await containerOperation(mine, 'node3', 'start', context);
      await until('it is back', 60_000, async () => (await statusOf(mine)).problems.length === 0);
    } finally {
      await context.close();
    }
    expect((await destroyAll(asRoot)).failed).toEqual([]);
  }, 300_000);
});
