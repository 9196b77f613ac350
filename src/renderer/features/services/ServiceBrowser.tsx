import { Badge, TextInput } from '@mantine/core';
import { Layers, Search } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  checkKey,
  type LiveService,
  type LiveServiceInstance,
  type LiveSnapshot,
  placeText,
} from '../../../shared/live/index.js';
import { Dot } from '../../ui/parts/Dot.js';
import { EmptyState } from '../../ui/parts/EmptyState.js';
import { Maintenance } from '../live/Maintenance.js';
import { Changes, Flaps } from './Flaps.js';
import { filterServices, serviceHealth, serviceKey, TONE, worst } from './health.js';
import styles from './services.module.css';

interface ServiceBrowserProps {
  readonly snapshot: LiveSnapshot;
  /** Empty: all of them. */
  readonly datacenter: string;
}

/** Services on the left, the chosen one's instances and checks on the right. */
export function ServiceBrowser({ snapshot, datacenter }: ServiceBrowserProps) {
  const { t } = useTranslation('services');
  const [words, setWords] = useState('');
  const [chosen, setChosen] = useState<string | null>(null);
  const services = useMemo(
    () => filterServices(snapshot, { words, datacenter }),
    [snapshot, words, datacenter],
  );
  const service = services.find((entry) => serviceKey(entry) === chosen) ?? services[0];
  const many = snapshot.datacenters.length > 1;
  return (
    <div className={styles.split}>
      <div className={styles.side}>
        <div className={styles.filters}>
          <TextInput
            aria-label={t('search')}
            placeholder={t('search')}
            leftSection={<Search size={14} />}
            value={words}
            onChange={(event) => setWords(event.currentTarget.value)}
          />
        </div>
        <ul className={styles.list} aria-label={t('services')}>
          {services.map((entry) => (
            <li key={serviceKey(entry)}>
              <button
                type="button"
                className={styles.row}
                aria-current={entry === service ? 'true' : undefined}
                onClick={() => setChosen(serviceKey(entry))}
                data-testid={`service-${entry.name}`}
              >
                <Dot tone={TONE[serviceHealth(entry)]} />
                <span className={styles.rowName}>{entry.name}</span>
                <Flaps service={entry} />
                {many && <span className={styles.muted}>{entry.datacenter}</span>}
                <span className={styles.muted}>{t('instances', { count: entry.instances.length })}</span>
                <span className="visually-hidden">{t(`health.${serviceHealth(entry)}`)}</span>
              </button>
            </li>
          ))}
        </ul>
      </div>
      {service === undefined ? (
        <EmptyState
          icon={<Layers size={26} />}
          title={t('noServices')}
          text={words === '' ? t('noServicesText') : t('noMatch')}
        />
      ) : (
        <ServiceDetail service={service} />
      )}
    </div>
  );
}

function ServiceDetail({ service }: { readonly service: LiveService }) {
  const { t } = useTranslation('services');
  return (
    <section className={styles.detail} aria-label={service.name}>
      <h2>
        {service.name} <span className={styles.muted}>{service.datacenter}</span>
      </h2>
      {service.instances.map((instance) => (
        <Instance
          key={`${instance.node}/${instance.id}`}
          datacenter={service.datacenter}
          service={service.name}
          instance={instance}
        />
      ))}
      {service.instances.length === 0 && <p className={styles.muted}>{t('noInstances')}</p>}
    </section>
  );
}

interface InstanceProps {
  readonly datacenter: string;
  readonly service: string;
  readonly instance: LiveServiceInstance;
}

const SERVER_PORT = 8300;

/** Servers register themselves: no agent has that service. A person's own may bear the same id or name. */
const isServersOwn = (service: string, { id, port }: LiveServiceInstance): boolean =>
  service === 'consul' && id === 'consul' && port === SERVER_PORT;

function Instance({ datacenter, service, instance }: InstanceProps) {
  const { t } = useTranslation('services');
  const health = worst(instance.checks);
  return (
    <article className={styles.instance}>
      <header>
        <Dot tone={TONE[health]} />
        <strong>{instance.node}</strong>
        {instance.id !== service && <span className={`mono ${styles.muted}`}>{instance.id}</span>}
        <span className="mono">{placeText(instance)}</span>
        {instance.tags.map((tag) => (
          <Badge key={tag} size="sm" variant="default" tt="none">
            {tag}
          </Badge>
        ))}
        <span className={styles.state}>{t(`health.${health}`)}</span>
        {!isServersOwn(service, instance) && (
          <Maintenance
            datacenter={datacenter}
            node={instance.node}
            service={instance.id}
            reason={instance.maintenance}
          />
        )}
      </header>
      {instance.checks.map((check) => (
        <div key={check.id} className={styles.check}>
          <Dot tone={TONE[check.status]} size={7} />
          <span>{check.name}</span>
          <span className={styles.state}>{t(`health.${check.status}`)}</span>
          {check.output !== '' && <pre>{check.output}</pre>}
          <Changes of={checkKey(datacenter, instance.node, instance.id, check.id)} />
        </div>
      ))}
    </article>
  );
}
