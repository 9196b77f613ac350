import { Button, Switch } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { UpdateState } from '../../../shared/ipc/index.js';
import { tellError } from '../../app/tell.js';
import { call } from '../../lib/ipc.js';
import { useApp } from '../../stores/app.js';
import { Row } from './Row.js';

/** Which version this is, whether there is a newer one, and the one next step. */
export function UpdateRow() {
  const { t } = useTranslation('settings');
  const { info, setLookForUpdates } = useApp();
  if (info === null) return null;
  const { update, version, settings } = info;
  const words = {
    off: () => t('update.off', { version }),
    checking: () => t('update.checking', { version }),
    current: () => t('update.current', { version }),
    available: () => t('update.available', { version: 'version' in update ? update.version : '' }),
    downloading: () =>
      t('update.downloading', {
        version: 'version' in update ? update.version : '',
        percent: 'percent' in update ? update.percent : 0,
      }),
    ready: () => t('update.ready', { version: 'version' in update ? update.version : '' }),
    failed: () => t('update.failed', { reason: 'reason' in update ? update.reason : '' }),
  }[update.kind]();
  return (
    <Row label={t('updates')} text={words} testid="updates">
      <NextStep update={update} />
      {update.kind !== 'off' && (
        <Switch
          label={t('update.look')}
          checked={settings.lookForUpdates}
          onChange={(event) => setLookForUpdates(event.currentTarget.checked).catch(tellError)}
        />
      )}
    </Row>
  );
}

function NextStep({ update }: { readonly update: UpdateState }) {
  const { t } = useTranslation('settings');
  const step = (name: 'check' | 'download' | 'install') => () =>
    void call('app:update', name).catch(tellError);
  switch (update.kind) {
    case 'off':
      return null;
    case 'available':
      return update.self ? (
        <Button onClick={step('download')}>{t('update.download')}</Button>
      ) : (
        <Button onClick={() => call('app:open-page', 'releases').catch(tellError)}>
          {t('update.openPage')}
        </Button>
      );
    case 'ready':
      return <Button onClick={step('install')}>{t('update.restart')}</Button>;
    default:
      return (
        <Button
          variant="default"
          loading={update.kind === 'checking' || update.kind === 'downloading'}
          onClick={step('check')}
        >
          {t('update.check')}
        </Button>
      );
  }
}
