/** What a datacenter's head says of it: '3 servers', '1 client', 'tolerates 1 failure'. Pure. */
import type { TFunction } from 'i18next';
import { type AreaData, tolerance } from './graph.js';

type T = TFunction<'topology'>;

export function areaSummary(data: AreaData, t: T): string[] {
  const { servers, clients } = data;
  return [
    servers > 0 ? t('servers', { count: servers }) : t('noServers'),
    ...(clients > 0 ? [t('clients', { count: clients })] : []),
    ...(servers > 0 ? [outlook(data, t)] : []),
  ];
}

/** What the next failure would do: by the voters that are alive where they are known, else by the drawing. */
function outlook({ servers, quorum }: AreaData, t: T): string {
  if (quorum === null || quorum.voters === 0 || quorum.alive === quorum.voters) {
    const spare = quorum === null || quorum.voters === 0 ? tolerance(servers) : quorum.tolerates;
    return spare === 0 ? t('noRedundancy') : t('tolerates', { count: spare });
  }
  const { alive, voters, needed, tolerates } = quorum;
  if (alive < needed) return t('quorumLost', { alive, voters });
  return tolerates === 0 ? t('oneMore', { alive, voters }) : t('votersAlive', { alive, voters });
}
