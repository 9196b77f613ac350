import { ActionIcon } from '@mantine/core';
import { Copy } from 'lucide-react';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { type DesiredNode, desiredNodes } from '../../../../shared/desired/index.js';
import { commandLine } from '../../../../shared/shell/index.js';
import type { Topology } from '../../../../shared/topology/index.js';
import { tell, tellError } from '../../../app/tell.js';
import { call } from '../../../lib/ipc.js';
import { useDocument } from '../../../stores/document.js';
import { commandLines } from './fields.js';
import { Glossary } from './Glossary.js';
import styles from './inspector.module.css';

function desiredOf(
  topology: Topology | undefined,
  datacenter: string,
  node: string,
): DesiredNode | undefined {
  if (topology === undefined) return undefined;
  try {
    return desiredNodes(topology).find((entry) => entry.node === node && entry.datacenter === datacenter);
  } catch {
    // A document that cannot be carried out is said by the plan; here there is no command of it.
    return undefined;
  }
}

/** The exact agent command that a node starts with, out of the same source as the plan. */
export function Command({ datacenter, node }: { readonly datacenter: string; readonly node: string }) {
  const { t } = useTranslation('inspector');
  const topology = useDocument((state) => state.model.topology);
  const desired = useMemo(() => desiredOf(topology, datacenter, node), [topology, datacenter, node]);
  const copy = async (command: readonly string[]): Promise<void> => {
    try {
      await call('app:write-clipboard', commandLine(command));
      tell(t('node.copied'));
    } catch (error) {
      tellError(error);
    }
  };
  return (
    <div>
      <div className={styles.commandRow}>
        <span className={styles.labelRow} style={{ margin: 0 }}>
          <span className={styles.label}>{t('node.startsWith')}</span>
          <Glossary term="retry-join" />
        </span>
        {desired !== undefined && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            aria-label={t('node.copyCommand')}
            title={t('node.copyCommand')}
            onClick={() => void copy(desired.container.command)}
          >
            <Copy size={14} />
          </ActionIcon>
        )}
      </div>
      {desired === undefined ? (
        <p className={styles.note}>{t('node.startsWithInvalid')}</p>
      ) : (
        <pre className={styles.command} data-testid="agent-command">
          {commandLines(desired.container.command).join('\n')}
        </pre>
      )}
    </div>
  );
}
