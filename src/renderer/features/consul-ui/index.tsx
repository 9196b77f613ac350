import { ActionIcon, Button, Select } from '@mantine/core';
import {
  ArrowLeft,
  ArrowRight,
  ExternalLink,
  House,
  Lock,
  LockOpen,
  PanelsTopLeft,
  RotateCw,
} from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { runCommand } from '../../app/commands.js';
import { tellError } from '../../app/tell.js';
import { call } from '../../lib/ipc.js';
import { useDocument } from '../../stores/document.js';
import { EmptyState } from '../../ui/parts/EmptyState.js';
import { ErrorNote } from '../../ui/parts/ErrorNote.js';
import styles from './consul-ui.module.css';
import { useConsulUi } from './useConsulUi.js';

/**
 * The cluster's own web UI. The page itself is a native view that main lays over the empty part of this one;
 * it comes through SSH, and no port is opened for it.
 */
export function ConsulUiView() {
  const { t, i18n } = useTranslation('consulUi');
  const topology = useDocument((state) => state.model.topology);
  const [node, setNode] = useState<string | null>(null);
  const { place, state, error, retry } = useConsulUi(topology !== undefined, node);
  const changesUntil = state?.changesUntil ?? null;
  const servers =
    topology?.datacenters.flatMap((dc) =>
      dc.nodes.filter(({ role }) => role === 'server').map(({ name }) => `${dc.name}/${name}`),
    ) ?? [];
  if (topology === undefined || servers.length === 0)
    return (
      <EmptyState icon={<PanelsTopLeft size={26} />} title={t('none.title')} text={t('none.text')}>
        <Button onClick={() => runCommand('view-topology')}>{t('none.go')}</Button>
      </EmptyState>
    );
  const go = (where: 'back' | 'forward' | 'reload' | 'home') => () => {
    call('consul-ui:go', where).catch(tellError);
  };
  return (
    <div className={styles.page}>
      <div className={styles.bar} role="toolbar" aria-label={t('toolbar')}>
        <Tool label={t('back')} disabled={state?.canGoBack !== true} onClick={go('back')}>
          <ArrowLeft size={17} />
        </Tool>
        <Tool label={t('forward')} disabled={state?.canGoForward !== true} onClick={go('forward')}>
          <ArrowRight size={17} />
        </Tool>
        <Tool label={t('reload')} onClick={go('reload')}>
          <RotateCw size={16} className={state?.loading === true ? styles.turning : undefined} />
        </Tool>
        <Tool label={t('home')} onClick={go('home')}>
          <House size={16} />
        </Tool>
        <span className={styles.address} title={state?.title}>
          {pathOf(state?.url)}
        </span>
        <Select
          aria-label={t('server')}
          className={styles.server}
          value={node ?? 'auto'}
          onChange={(value) => setNode(value === 'auto' ? null : value)}
          allowDeselect={false}
          data={[
            { value: 'auto', label: state?.node == null ? t('auto') : t('autoNode', { node: state.node }) },
            ...servers.map((name) => ({ value: name, label: name })),
          ]}
        />
        <Button
          size="compact-sm"
          variant={changesUntil === null ? 'default' : 'filled'}
          color={changesUntil === null ? 'gray' : 'orange'}
          leftSection={changesUntil === null ? <Lock size={13} /> : <LockOpen size={13} />}
          title={t(changesUntil === null ? 'changes.allowHint' : 'changes.stopHint')}
          onClick={() => call('consul-ui:changes', { allow: changesUntil === null }).catch(tellError)}
          data-testid="consul-ui-changes"
        >
          {changesUntil === null
            ? t('changes.readOnly')
            : t('changes.allowed', {
                time: new Date(changesUntil).toLocaleTimeString(i18n.language, {
                  hour: '2-digit',
                  minute: '2-digit',
                }),
              })}
        </Button>
        <Tool label={t('browser')} onClick={() => call('consul-ui:open-in-browser').catch(tellError)}>
          <ExternalLink size={16} />
        </Tool>
      </div>
      <div className={styles.place} ref={place} data-testid="consul-ui-place">
        {error !== null ? (
          <div className={styles.error}>
            <ErrorNote error={error}>
              <Button mt="sm" size="compact-sm" variant="default" onClick={retry}>
                {t('retry')}
              </Button>
            </ErrorNote>
          </div>
        ) : (
          <p className={styles.waiting}>{t('connecting')}</p>
        )}
      </div>
    </div>
  );
}

/** What of the address a person can use: the path inside Consul's UI. */
function pathOf(url: string | undefined): string {
  if (url === undefined || url === '') return '';
  return URL.canParse(url) ? new URL(url).pathname : url;
}

interface ToolProps {
  readonly label: string;
  readonly disabled?: boolean;
  readonly children: ReactNode;
  onClick(): void;
}

function Tool({ label, disabled, children, onClick }: ToolProps) {
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      size="md"
      aria-label={label}
      title={label}
      disabled={disabled === true}
      onClick={onClick}
    >
      {children}
    </ActionIcon>
  );
}
