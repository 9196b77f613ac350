/** One cluster on hosts that are each set up otherwise than most: sudo that wants a terminal, another language and shell. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { containerOperation } from '../../src/main/cluster/node-ops.js';
import { rangeTopology } from '../../src/main/range/index.js';
import { readTopology } from '../../src/shared/topology/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { install } from './packages.js';
import { afterEarlierSteps } from './steps.js';
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

/** Speaks Chinese, in a fish. */
let fishy = '';
/** Has a sudo that wants a terminal; so has the third. */
let strict = '';
const FISH = ['fish', 'fish-common', 'libpcre2-32-0'];

beforeAll(async () => {
  asRoot = await rangeDocument();
  await bareHosts(asRoot);
  [fishy = '', strict = ''] = asRoot.hosts.map(({ name }) => name);
  await everywhere(`useradd -m -s /bin/bash -G docker dock
    cp -r /root/.ssh ~dock/; chown -R dock ~dock/.ssh`);
  await Promise.all(
    asRoot.hosts
      .filter(({ name }) => name !== fishy)
      .map(({ name }) =>
        rootScript(
          asRoot,
          name,
          'echo "Defaults requiretty" > /etc/sudoers.d/zz-tty; chmod 440 /etc/sudoers.d/zz-tty',
        ),
      ),
  );
  await install(asRoot, fishy, 'libc-l10n', 'locales', ...FISH);
  await rootScript(
    asRoot,
    fishy,
    `localedef -i zh_CN -f UTF-8 zh_CN.UTF-8; echo LANG=zh_CN.UTF-8 > /etc/default/locale
    usermod -s /usr/bin/fish pw; install -d -o pw ~pw/.config ~pw/.config/fish
    echo 'echo junk from the fish; echo more junk >&2' > ~pw/.config/fish/config.fish`,
  );
});
afterAll(async () => {
  await everywhere('rm -f /etc/sudoers.d/zz-tty; pkill -KILL -u dock; userdel -rf dock 2>/dev/null; true');
  await rootScript(
    asRoot,
    fishy,
    `usermod -s /bin/bash pw; rm -rf ~pw/.config ~pw/.local ~pw/.cache /etc/default/locale
     dpkg --purge ${FISH.join(' ')} locales libc-l10n >/dev/null 2>&1; rm -rf /usr/lib/locale/locale-archive`,
  );
  await bareHosts(asRoot);
});

describe('a sudo that wants a terminal', () => {
  it.each(['pw', 'op'] as const)(
    'is given one: input, outputs and exit codes of %s are as they were sent',
    async (user) => {
      await onHost(documentOf(user), strict, async (connection) => {
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
});

describe('a login that speaks Chinese, in a fish', () => {
  it('is heard without what it says by itself', async () => {
    // As a program without Raftyard would hear it.
    const said = await onHost(documentOf('pw'), fishy, (connection) =>
      connection.exec(['env', 'LC_ALL=zh_CN.UTF-8', 'sh', '-c', 'locale charmap; date +%A; echo "$LANG"']),
    );
    expect(said.stdout).toMatch(/^UTF-8\n星期.\nzh_CN.UTF-8\n$/);
    expect(said.stderr).toBe('');
    const shell = await rootScript(asRoot, fishy, 'getent passwd pw | cut -d: -f7');
    expect(shell.trim()).toBe('/usr/bin/fish');
  });
});

describe('a cluster on these hosts', () => {
  beforeEach(afterEarlierSteps);
  /** A user in the group docker, without sudo. */
  const asDock = (): Topology => ({
    ...asRoot,
    hosts: asRoot.hosts.map((host) => ({ ...host, ssh: { ...host.ssh, user: 'dock' } })),
  });

  it('is not raised by who may use Docker and nothing else, who is told what a plan needs', async () => {
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
  });

  it('is raised by a user with a sudo password', async () => {
    const topology = documentOf('pw');
    expect((await applyTo(topology)).summary.failed).toEqual([]);
    expect((await statusOf(topology)).problems).toEqual([]);
  });

  it('is watched, stopped and started by who may use Docker and nothing else', async () => {
    const mine = asDock();
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
  });

  it('is removed by the user with a sudo password', async () => {
    expect((await destroyAll(documentOf('pw'))).failed).toEqual([]);
    expect(await everywhere('docker ps -aq; docker volume ls -q; ls -A /opt')).toEqual(['', '', '']);
  });
});
