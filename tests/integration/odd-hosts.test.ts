/** Hosts that are set up otherwise than most: sudo that wants a terminal, and a login in another language. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rangeTopology } from '../../src/main/range/index.js';
import { readTopology } from '../../src/shared/topology/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { install } from './packages.js';
import {
  applyTo,
  bareHosts,
  destroyAll,
  onHost,
  range,
  rangeDocument,
  rootScript,
  statusOf,
} from './support.js';

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

describe('a login that speaks Chinese', () => {
  beforeAll(async () => {
    await Promise.all(asRoot.hosts.map(({ name }) => install(asRoot, name, 'libc-l10n', 'locales')));
    await everywhere('localedef -i zh_CN -f UTF-8 zh_CN.UTF-8; echo LANG=zh_CN.UTF-8 > /etc/default/locale');
  });
  afterAll(() =>
    everywhere(
      'rm -f /etc/default/locale; dpkg --purge locales libc-l10n >/dev/null 2>&1; rm -rf /usr/lib/locale/locale-archive',
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
    expect((await applyTo(topology)).summary.failed).toEqual([]);
    expect((await statusOf(topology)).problems).toEqual([]);
    expect((await destroyAll(topology)).failed).toEqual([]);
  });
});
