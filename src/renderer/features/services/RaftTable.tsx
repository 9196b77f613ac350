import { useTranslation } from 'react-i18next';
import type { LiveDatacenter, LiveSnapshot } from '../../../shared/live/index.js';
import styles from './services.module.css';

/** The Raft configuration as the leader has it, with how far each server is. */
export function RaftTable({ snapshot }: { readonly snapshot: LiveSnapshot }) {
  return (
    <div className={styles.scroll}>
      {snapshot.datacenters.map((datacenter) => (
        <Datacenter key={datacenter.name} datacenter={datacenter} />
      ))}
    </div>
  );
}

function Datacenter({ datacenter }: { readonly datacenter: LiveDatacenter }) {
  const { t } = useTranslation('services');
  const { quorum, raft, nodes } = datacenter;
  const number = (value: number | undefined): string =>
    value === undefined ? '–' : value.toLocaleString('fr');
  return (
    <section className={styles.raft} aria-label={datacenter.name}>
      <h2>
        {datacenter.name}{' '}
        <span className={styles.muted}>
          {quorum === null
            ? t('votersUnknown')
            : t('quorum', {
                alive: quorum.alive,
                voters: quorum.voters,
                needed: quorum.needed,
                count: quorum.tolerates,
              })}
        </span>
      </h2>
      {raft === null ? (
        <p className={styles.muted}>{t('noRaft')}</p>
      ) : (
        <table className={styles.table} data-testid={`raft-${datacenter.name}`}>
          <thead>
            <tr>
              {(['node', 'address', 'role', 'protocol', 'contact', 'log', 'applied', 'id'] as const).map(
                (column) => (
                  <th key={column} scope="col">
                    {t(`column.${column}`)}
                  </th>
                ),
              )}
            </tr>
          </thead>
          <tbody>
            {raft.map((server) => {
              const progress = nodes.find((node) => node.name === server.node)?.raft;
              return (
                <tr key={server.id}>
                  <th scope="row">{server.node}</th>
                  <td className="mono">{server.address}</td>
                  <td>{t(server.leader ? 'leader' : server.voter ? 'voter' : 'nonVoter')}</td>
                  <td>{server.protocol === '' ? '–' : server.protocol}</td>
                  <td>{progress?.lastContactMs === undefined ? '–' : `${progress.lastContactMs} ms`}</td>
                  <td>{number(progress?.lastIndex)}</td>
                  <td>{number(progress?.appliedIndex)}</td>
                  <td className="mono">{server.id}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      )}
    </section>
  );
}
