/** The exported playbook makes what apply makes, and nothing a second time. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { document, sameAsApply, using, written } from './exported.js';
import { containerIds } from './inspect.js';
import { nothingChanged, playbook } from './playbook.js';
import { more } from './steps.js';
import { applyTo, CONSUL, PROGRIUM, rootScript, statusOf } from './support.js';

describe('ansible', () => {
  let directory: string;

  const play = (...argv: string[]): ReturnType<typeof playbook> => playbook(directory, argv);
  const nothing = nothingChanged(3);

  it('makes the cluster of apply, by sudo and past firewalld; a second run changes nothing', async () => {
    const topology = await using(await document({}, 'op'));
    directory = written(topology, 'ansible');
    const first = await play();
    expect(first, first.output).toMatchObject({ code: 0 });
    for (const { name } of topology.hosts) {
      expect(first.recap[name]?.changed).toBeGreaterThan(0);
      expect(await rootScript(topology, name, 'firewall-cmd --state 2>&1')).toBe('running');
    }
    // The playbook itself has waited for it: now, not soon.
    const cluster = await statusOf(topology);
    expect(cluster.healthy).toBe(true);

    const second = await play();
    expect(second.recap, second.output).toEqual(nothing);

    await sameAsApply(topology);
    // And the other way about: what apply made needs nothing more. What scripts made: exports-secure.
    if (more.MORE) expect((await play()).recap).toEqual(nothing);
  }, 400_000);

  more.it(
    'changes nothing when it only checks, and starts an agent that was stopped',
    async () => {
      const topology = await using(await document({}));
      directory = written(topology, 'ansible');
      const checked = await play('--check');
      expect(checked, checked.output).toMatchObject({ code: 0 });
      const bare = 'docker ps -aq; ls -A /opt; firewall-cmd --list-rich-rules | grep ^rule || true';
      for (const { name } of topology.hosts) expect(await rootScript(topology, name, bare)).toBe('');
      await applyTo(topology);
      const before = await containerIds(topology);
      await rootScript(topology, 'docker02', 'docker stop consul02');
      const ran = await play();
      expect(ran.recap, ran.output).toEqual({ ...nothing, docker02: { changed: 1, failed: 0 } });
      expect(await containerIds(topology)).toEqual(before);
    },
    400_000,
  );

  more.it(
    'makes the tutorial’s cluster with its firewall off, and leaves Docker’s own rules',
    async () => {
      const topology = await using(
        await document({ bootstrap: 'classic', firewall: 'disable', data: 'anonymous', image: PROGRIUM }),
      );
      directory = written(topology, 'ansible');
      const first = await play();
      expect(first, first.output).toMatchObject({ code: 0 });
      for (const { name } of topology.hosts) {
        expect(await rootScript(topology, name, 'systemctl is-active firewalld || true')).toBe('inactive');
        await rootScript(topology, name, 'iptables -t nat -n -L DOCKER');
      }
      expect((await statusOf(topology)).healthy).toBe(true);
      expect((await play()).recap).toEqual(nothing);
      await sameAsApply(topology);
    },
    400_000,
  );

  more.it(
    'replaces an outdated container one host at a time',
    async () => {
      const topology = await using(await document({}));
      await applyTo(topology);
      const before = await containerIds(topology);
      const changed = { ...topology, agentOptions: ['-log-level=debug'] };
      directory = written(changed, 'ansible');
      const ran = await play();
      expect(ran, ran.output).toMatchObject({ code: 0 });
      const after = await containerIds(topology);
      for (const id of before) expect(after).not.toContain(id);
      expect((await statusOf(changed)).healthy).toBe(true);
      expect((await play()).recap).toEqual(nothing);
    },
    400_000,
  );

  more.it(
    'says why an agent does not come up',
    async () => {
      const topology = await using(await document({ agentOptions: ['-unheard-of={{ 7 * 7 }}'] }));
      directory = written(topology, 'ansible');
      const yaml = join(directory, 'playbook.yaml');
      writeFileSync(yaml, readFileSync(yaml, 'utf8').replaceAll('retries: 120', 'retries: 1'));
      const ran = await play();
      expect(ran.code).not.toBe(0);
      expect(ran.output).toMatch(/Its last words: .*unheard-of/);
    },
    200_000,
  );

  it('stops at a foreign container, before anything is changed', async () => {
    const topology = await using(await document({}));
    await rootScript(topology, 'docker02', `docker create --name consul02 '${CONSUL}'`);
    directory = written(topology, 'ansible');
    const ran = await play();
    expect(ran.code).not.toBe(0);
    expect(ran.output).toContain('A container named consul02 is there already and is not of this cluster');
    expect(Object.values(ran.recap).map(({ changed }) => changed)).toEqual([0, 0, 0]);
    expect(await rootScript(topology, 'docker01', 'docker ps -aq')).toBe('');
  }, 200_000);
});
