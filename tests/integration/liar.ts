/** A practice host on which somebody answers in place of Docker and Consul; see liar.py. */
import { readFileSync } from 'node:fs';
import type { Topology } from '../../src/shared/topology/types.js';
import { RESTART_DOCKER, rootScript, until } from './support.js';

export const LIAR = 'docker01';

/** @param mode markup, names (the same with ids that are none), wrong, long, endless or silent */
export async function lie(topology: Topology, mode: string): Promise<void> {
  const script = readFileSync('tests/integration/liar.py').toString('base64');
  await rootScript(
    topology,
    LIAR,
    `systemctl stop raftyard-liar 2>/dev/null; systemctl reset-failed raftyard-liar 2>/dev/null
     systemctl stop docker.socket docker.service; echo '${script}' | base64 -d > /run/liar.py
     systemd-run -q --unit=raftyard-liar python3 /run/liar.py ${mode}`,
  );
  await until('the liar', 10_000, async () => {
    const state = await rootScript(
      topology,
      LIAR,
      'test -S /var/run/docker.sock && ss -ltn | grep -c 127.0.0.1:8500',
    );
    return state === '1';
  });
}

/** The host with its own Docker again. */
export async function honest(topology: Topology): Promise<void> {
  await rootScript(
    topology,
    LIAR,
    `systemctl stop raftyard-liar; rm -f /run/liar.py /var/run/docker.sock; systemctl start docker.socket; ${RESTART_DOCKER}`,
  );
}
