import { useTranslation } from 'react-i18next';
import { useLive } from '../stores/live.js';
import { Dot, type Tone } from '../ui/parts/Dot.js';
import styles from './App.module.css';

/** How the cluster is, and as of when; what cannot be known is said to be old, never guessed. */
export function Health() {
  const { t, i18n } = useTranslation();
  const { snapshot, watching } = useLive();
  const time = (iso: string): string => new Date(iso).toLocaleTimeString(i18n.language, { hour12: false });
  const say = (): { tone: Tone; text: string; asOf?: string } => {
    if (snapshot === null)
      return { tone: 'muted', text: t(watching ? 'health.connecting' : 'health.notApplied') };
    const nodes = snapshot.datacenters.flatMap((dc) => dc.nodes.filter((node) => node.inTopology));
    // Docker says that nothing is there: that is known, not old.
    if (nodes.every((node) => node.container === 'missing'))
      return { tone: 'muted', text: t('health.notApplied') };
    if (snapshot.staleSince !== null)
      return { tone: 'warn', text: t('health.stale', { time: time(snapshot.staleSince) }) };
    const asOf = t('health.asOf', { time: time(snapshot.asOf) });
    const alive = nodes.filter((node) => node.status === 'alive').length;
    if (alive === 0) return { tone: 'muted', text: t('health.notApplied') };
    const leaders = snapshot.datacenters.map((dc) => dc.leader);
    if (leaders.some((leader) => leader === null)) return { tone: 'bad', text: t('health.noLeader'), asOf };
    if (alive < nodes.length)
      return { tone: 'warn', text: t('health.degraded', { alive, all: nodes.length }), asOf };
    const old = snapshot.datacenters.find((dc) => dc.staleSince !== null);
    if (old !== undefined)
      return { tone: 'warn', text: t('health.partlyStale', { datacenter: old.name }), asOf };
    const cut = snapshot.wan.find(({ state }) => state === 'cut');
    if (cut !== undefined) return { tone: 'warn', text: t('health.cut', { a: cut.a, b: cut.b }), asOf };
    const critical = snapshot.problems.filter(({ code }) => code === 'check-critical').length;
    if (critical > 0) return { tone: 'warn', text: t('health.critical', { count: critical }), asOf };
    const only = leaders.length === 1 ? leaders[0] : undefined;
    const text = only == null ? t('health.healthy') : t('health.healthyLeader', { leader: only });
    return { tone: 'good', text, asOf };
  };
  const { tone, text, asOf } = say();
  return (
    <span className={styles.health} role="status" data-testid="health">
      <Dot tone={tone} />
      <span className={styles.healthText}>
        {text}
        {asOf !== undefined && <span className={styles.asOf}> · {asOf}</span>}
      </span>
    </span>
  );
}
