import { ActionIcon, Button, Group, Modal, Tooltip } from '@mantine/core';
import { Play, RotateCw, Square } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { quorumAfterLosing } from '../../../shared/live/index.js';
import { tell, tellError } from '../../app/tell.js';
import { call, newTask } from '../../lib/ipc.js';
import { useLive } from '../../stores/live.js';
import styles from './live.module.css';
import { Maintenance } from './Maintenance.js';

type Operation = 'start' | 'stop' | 'restart';
const ICON = { start: Play, stop: Square, restart: RotateCw };

interface NodeActionsProps {
  readonly datacenter: string;
  readonly node: string;
}

/** Start, stop, restart of a node's container; what a stop would cost is said before it is done. */
export function NodeActions({ datacenter, node }: NodeActionsProps) {
  const { t } = useTranslation('live');
  const snapshot = useLive((state) => state.snapshot);
  const [asking, setAsking] = useState<Operation | null>(null);
  const [busy, setBusy] = useState<Operation | null>(null);
  const found = snapshot?.datacenters
    .find((dc) => dc.name === datacenter)
    ?.nodes.find((entry) => entry.name === node);
  if (found === undefined || found.container === null || found.container === 'missing') return null;
  const running = found.container === 'running' || found.container === 'restarting';
  const possible: readonly Operation[] = running ? ['restart', 'stop'] : ['start'];
  const operate = async (operation: Operation): Promise<void> => {
    setAsking(null);
    setBusy(operation);
    try {
      await call('live:operate', { task: newTask('operate'), datacenter, node, operation });
      tell(t(`done.${operation}`, { node }));
    } catch (error) {
      tellError(error);
    } finally {
      setBusy(null);
    }
  };
  const outlook = snapshot === null ? null : quorumAfterLosing(snapshot, datacenter, [node]);
  const cost =
    outlook === null || found.role === 'client'
      ? t('cost.none')
      : t(`cost.${outlook.writes}`, { alive: outlook.aliveAfter, voters: outlook.voters });
  return (
    <Group gap={6}>
      {possible.map((operation) => {
        const Icon = ICON[operation];
        return (
          <Tooltip key={operation} label={t(`operation.${operation}`, { node })}>
            <ActionIcon
              variant="default"
              size="md"
              loading={busy === operation}
              disabled={busy !== null}
              aria-label={t(`operation.${operation}`, { node })}
              onClick={() => (operation === 'start' ? void operate(operation) : setAsking(operation))}
              data-testid={`${operation}-${node}`}
            >
              <Icon size={15} />
            </ActionIcon>
          </Tooltip>
        );
      })}
      {found.status === 'alive' && (
        <Maintenance datacenter={datacenter} node={node} reason={found.maintenance} />
      )}
      <Modal
        opened={asking !== null}
        onClose={() => setAsking(null)}
        title={<strong>{asking === null ? '' : t(`operation.${asking}`, { node })}</strong>}
      >
        <p className={styles.cost} data-writes={outlook?.writes}>
          {cost}
        </p>
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={() => setAsking(null)} data-autofocus>
            {t('cancel')}
          </Button>
          <Button
            color={outlook?.writes === 'safe' || found.role === 'client' ? 'raft' : 'red'}
            onClick={() => asking !== null && void operate(asking)}
            data-testid="confirm-operation"
          >
            {asking === null ? '' : t(`verb.${asking}`)}
          </Button>
        </Group>
      </Modal>
    </Group>
  );
}
