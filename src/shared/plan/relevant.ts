import { digestOf } from '../digest.js';
import type { Facts, HostFacts } from './facts.js';
import { restartDueOf } from './restart-due.js';

/** What of a host's facts a plan depends on: no latency, clock, free disk or passing listener. */
function relevant(facts: HostFacts): unknown {
  if (!facts.reachable) return { reachable: false };
  const { updated: _updated, ...state } = facts.workdir.state ?? { updated: '' };
  const due = restartDueOf(facts);
  const { offForS: _off, ...volume } = facts.volume ?? {};
  return {
    user: facts.user,
    root: facts.root,
    docker: facts.docker === undefined ? null : { kind: facts.docker.kind, version: facts.docker.version },
    image: facts.image ?? null,
    containers: facts.containers
      .map(({ startedAt: _startedAt, offForS: _offForS, ...container }) => container)
      .sort((a, b) => a.name.localeCompare(b.name)),
    volume: facts.volume === undefined ? null : volume,
    sourceTowards: facts.sourceTowards,
    firewall: facts.firewall,
    dns: facts.dns ?? null,
    workdir: {
      exists: facts.workdir.exists,
      files: facts.workdir.files,
      state,
      proven: facts.workdir.proven ?? null,
      ...(due === undefined ? {} : { restartDue: due }),
    },
  };
}

/** Digest of the plan-relevant facts: equal facts give an equal plan. */
export function factsDigest(facts: Facts): string {
  return digestOf(Object.fromEntries(Object.entries(facts).map(([host, value]) => [host, relevant(value)])));
}
