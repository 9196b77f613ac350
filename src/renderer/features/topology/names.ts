/** What a screen reader says of cards and areas. */
import type { TFunction } from 'i18next';
import { areaSummary } from './area-summary.js';
import type { Names } from './flow.js';
import type { CardData } from './graph.js';
import { statusLine } from './status.js';

type T = TFunction<'topology'>;

export function namesIn(t: T): Names {
  return {
    card: (data) => cardName(data, t),
    area: (data) => t('datacenterNamed', { name: data.name, summary: areaSummary(data, t).join(', ') }),
  };
}

/** `3 services, worst check critical`; without the state where nothing is live. */
export function servicesWords({ services, servicesHealth, stale }: CardData, t: T): string {
  const count = t('servicesCount', { count: services });
  return servicesHealth === null || stale
    ? count
    : t('servicesState', { services: count, state: t(`checks.${servicesHealth}`) });
}

function cardName(data: CardData, t: T): string {
  const { live, doing } = data;
  const line = statusLine(data);
  const parts = [
    data.name === '' ? t('noName') : data.name,
    t(data.role === 'client' ? 'client' : 'server'),
    ...(data.flag === 'chosen' ? [t('bootstrapServer')] : []),
    ...(live?.leader === true && !data.stale ? [t('leader')] : []),
    ...(doing !== null ? [t(`status.${line.key}`, line.values)] : []),
    ...(live === null || live.status === 'none' ? [] : [t(`state.${live.status}`)]),
    ...(live?.maintenance === undefined || doing !== null ? [] : [t(`status.${line.key}`, line.values)]),
    ...(data.ghost ? [t('status.ghost')] : []),
    ...(data.services > 0 ? [servicesWords(data, t)] : []),
    ...(data.errors > 0 ? [t('hasProblems')] : []),
    data.address === '' ? t('noAddress') : data.address,
  ];
  return parts.join(', ');
}
