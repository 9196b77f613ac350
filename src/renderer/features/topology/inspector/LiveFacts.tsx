import { useTranslation } from 'react-i18next';
import type { LiveNode, LiveSecurity } from '../../../../shared/live/index.js';
import { useLive } from '../../../stores/live.js';
import { Dot, type Tone } from '../../../ui/parts/Dot.js';
import { NodeActions } from '../../live/NodeActions.js';
import { Glossary } from './Glossary.js';
import styles from './inspector.module.css';

const TONE: Readonly<Record<LiveNode['status'], Tone>> = {
  alive: 'good',
  failed: 'bad',
  left: 'muted',
  leaving: 'warn',
  unreachable: 'warn',
  missing: 'muted',
  none: 'muted',
};

/** What Consul and Docker say about a node now, and what can be done with its container. */
export function LiveFacts({ datacenter, node }: { readonly datacenter: string; readonly node: string }) {
  const { t, i18n } = useTranslation('inspector');
  const found = useLive((state) =>
    state.snapshot?.datacenters
      .find((entry) => entry.name === datacenter)
      ?.nodes.find((entry) => entry.name === node),
  );
  if (found === undefined || found.status === 'none') return null;
  const { raft, security } = found;
  const number = (value: number): string => value.toLocaleString(i18n.language);
  const contact =
    raft?.lastContactMs === undefined
      ? null
      : found.leader
        ? t('live.itself')
        : t('live.ms', { ms: number(raft.lastContactMs) });
  return (
    <>
      <h3 className={styles.section}>
        {t('node.live')}
        <Glossary term={found.role === 'server' ? 'raft' : 'lan-gossip'} />
      </h3>
      <dl className={styles.facts} data-testid="live-facts">
        <dt>{t('live.status')}</dt>
        <dd>
          <Dot tone={TONE[found.status]} size={8} /> {t(`live.statuses.${found.status}`)}
        </dd>
        {found.role === 'server' && <Fact label={t('live.voter')} value={t(voteWord(found))} />}
        {found.version !== '' && <Fact label={t('live.version')} value={found.version} />}
        {found.container !== null && (
          <Fact label={t('live.container')} value={t(`live.containers.${found.container}`)} />
        )}
        {found.maintenance !== undefined && (
          <Fact
            label={t('live.maintenance')}
            value={found.maintenance === '' ? t('live.noReason') : found.maintenance}
          />
        )}
        {found.checks.critical > 0 && (
          <Fact label={t('live.checks')} value={t('live.critical', { count: found.checks.critical })} />
        )}
        {security !== undefined && (
          <Fact label={t('live.traffic')} value={t(`live.encrypted.${trafficWord(security)}`)} />
        )}
        {security?.certificateEnds !== undefined && (
          <Fact
            label={t('live.certificate')}
            value={new Date(security.certificateEnds).toLocaleDateString(i18n.language)}
          />
        )}
        {contact !== null && <Fact label={t('live.contact')} value={contact} />}
        {raft?.lastIndex !== undefined && <Fact label={t('live.log')} value={number(raft.lastIndex)} />}
        {raft?.appliedIndex !== undefined && (
          <Fact label={t('live.applied')} value={number(raft.appliedIndex)} />
        )}
      </dl>
      <NodeActions datacenter={datacenter} node={node} />
    </>
  );
}

function voteWord({ leader, voter }: LiveNode) {
  if (voter === null) return 'live.unknown';
  return leader ? 'live.isLeader' : voter ? 'live.votes' : 'live.votesNot';
}

function trafficWord({ gossip, tls }: LiveSecurity) {
  if (gossip && tls) return 'both';
  return gossip ? 'gossip' : tls ? 'tls' : 'none';
}

function Fact({ label, value }: { readonly label: string; readonly value: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd>{value}</dd>
    </>
  );
}
