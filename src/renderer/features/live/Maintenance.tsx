import { ActionIcon, Button, Group, Modal, TextInput, Tooltip } from '@mantine/core';
import { Wrench } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { maintenanceOutlook } from '../../../shared/live/index.js';
import { tell, tellError } from '../../app/tell.js';
import { call, newTask } from '../../lib/ipc.js';
import { useLive } from '../../stores/live.js';
import styles from './live.module.css';

interface MaintenanceProps {
  readonly datacenter: string;
  readonly node: string;
  /** Id of one service of the node; absent: the node. */
  readonly service?: string;
  /** Why it is in maintenance now; undefined where it is not. */
  readonly reason: string | undefined;
}

const MOST = 400;

/** The switch that leaves a node or an instance out of the answers; what that costs is said before it is done. */
export function Maintenance({ datacenter, node, service, reason: now }: MaintenanceProps) {
  const { t } = useTranslation('live');
  const snapshot = useLive((state) => state.snapshot);
  const [asking, setAsking] = useState(false);
  const [reason, setReason] = useState('');
  const [busy, setBusy] = useState(false);
  const what = service === undefined ? node : t('maintenance.serviceOn', { service, node });
  const on = now === undefined;
  const go = async (): Promise<void> => {
    setAsking(false);
    setBusy(true);
    try {
      const of = service === undefined ? {} : { service };
      const text = reason.trim();
      await call('live:maintenance', {
        task: newTask('maintenance'),
        node,
        ...of,
        on,
        reason: on ? text : '',
      });
      tell(t(on ? 'maintenance.isOn' : 'maintenance.isOff', { what }));
    } catch (error) {
      tellError(error);
    } finally {
      setBusy(false);
    }
  };
  const outlook = snapshot === null ? null : maintenanceOutlook(snapshot, datacenter, node, service);
  const label = t(on ? 'maintenance.on' : 'maintenance.off', { what });
  const id = service === undefined ? node : `${node}-${service}`;
  return (
    <>
      <Tooltip label={label}>
        <ActionIcon
          variant={on ? 'default' : 'light'}
          color={on ? 'gray' : 'orange'}
          size="md"
          loading={busy}
          aria-label={label}
          aria-pressed={!on}
          onClick={() => (on ? setAsking(true) : void go())}
          data-testid={`maintenance-${id}`}
        >
          <Wrench size={15} />
        </ActionIcon>
      </Tooltip>
      <Modal opened={asking} onClose={() => setAsking(false)} title={<strong>{label}</strong>}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void go();
          }}
        >
          <p className={styles.cost}>
            {t(service === undefined ? 'maintenance.node' : 'maintenance.service')}
          </p>
          {outlook !== null && (
            <p
              className={styles.cost}
              data-writes={outlook.emptied.length > 0 ? 'stopped' : 'safe'}
              data-testid="maintenance-cost"
            >
              {outlook.emptied.length > 0
                ? t('maintenance.emptied', { services: outlook.emptied.join(', ') })
                : outlook.instances.length > 0
                  ? t('maintenance.others')
                  : t('maintenance.nothing')}
            </p>
          )}
          <TextInput
            mt="sm"
            label={t('maintenance.reason')}
            description={t('maintenance.reasonHelp')}
            maxLength={MOST}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
            data-autofocus
          />
          <Group justify="flex-end" mt="md">
            <Button variant="default" onClick={() => setAsking(false)}>
              {t('cancel')}
            </Button>
            <Button
              type="submit"
              color={outlook !== null && outlook.emptied.length > 0 ? 'red' : 'raft'}
              data-testid="confirm-maintenance"
            >
              {t('maintenance.go')}
            </Button>
          </Group>
        </form>
      </Modal>
    </>
  );
}
