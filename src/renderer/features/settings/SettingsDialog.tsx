import { Button, Modal, SegmentedControl } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import type { LanguageChoice, ThemeChoice } from '../../../shared/ipc/index.js';
import { tell, tellError } from '../../app/tell.js';
import { call } from '../../lib/ipc.js';
import { useApp } from '../../stores/app.js';
import { useUi } from '../../stores/ui.js';
import { Row } from './Row.js';
import { UpdateRow } from './UpdateRow.js';

/** Appearance, language, secrets, logs, updates. Every choice holds at once. */
export function SettingsDialog() {
  const { t } = useTranslation('settings');
  const closeDialog = useUi((state) => state.closeDialog);
  const { info, setTheme, setLanguage } = useApp();
  if (info === null) return null;
  const forget = (): void => {
    call('hosts:forget-secrets', {}).then(() => tell(t('forgotten')), tellError);
  };
  return (
    <Modal opened onClose={closeDialog} title={<strong>{t('title')}</strong>} size="md">
      <Row label={t('theme')}>
        <SegmentedControl
          aria-label={t('theme')}
          value={info.settings.theme}
          onChange={(value) => setTheme(value as ThemeChoice).catch(tellError)}
          data={[
            { value: 'system', label: t('system') },
            { value: 'light', label: t('light') },
            { value: 'dark', label: t('dark') },
          ]}
        />
      </Row>
      <Row label={t('language')}>
        <SegmentedControl
          aria-label={t('language')}
          value={info.settings.language}
          onChange={(value) => setLanguage(value as LanguageChoice).catch(tellError)}
          data={[
            { value: 'system', label: t('system') },
            { value: 'en', label: 'English' },
            { value: 'zh', label: '中文' },
          ]}
        />
      </Row>
      <Row label={t('secrets')} text={t(info.secrets === 'keyring' ? 'keyring' : 'session')}>
        <Button variant="default" onClick={forget}>
          {t('forget')}
        </Button>
      </Row>
      <Row label={t('logs')} text={t('logsText')}>
        <Button variant="default" onClick={() => call('app:reveal-logs').catch(tellError)}>
          {t('reveal')}
        </Button>
      </Row>
      <UpdateRow />
    </Modal>
  );
}
