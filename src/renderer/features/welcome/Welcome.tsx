import { ActionIcon, Button } from '@mantine/core';
import { FolderOpen, Import, Laptop, Settings } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { TEMPLATES } from '../../../shared/topology/index.js';
import { openFile } from '../../app/files.js';
import { useUi } from '../../stores/ui.js';
import { Logo } from '../../ui/parts/Logo.js';
import { Recent } from './Recent.js';
import { Recovery } from './Recovery.js';
import { TemplatePicture } from './TemplatePicture.js';
import styles from './welcome.module.css';

/** The first thing a person sees: begin, go on, or try. */
export function Welcome() {
  const { t } = useTranslation('welcome');
  const { openDialog } = useUi();
  return (
    <main className={styles.page}>
      <div className={styles.column}>
        <header className={styles.head}>
          <Logo size={44} />
          <div>
            <h1 className={styles.title}>Raftyard</h1>
            <p className={styles.lead}>{t('lead')}</p>
          </div>
          <ActionIcon
            variant="subtle"
            color="gray"
            size="lg"
            className={styles.settings}
            aria-label={t('settings')}
            data-testid="open-settings"
            onClick={() => openDialog({ kind: 'settings' })}
          >
            <Settings size={20} strokeWidth={1.75} />
          </ActionIcon>
        </header>
        <Recovery />
        <section aria-labelledby="new-cluster">
          <h2 id="new-cluster" className={styles.section}>
            {t('new')}
          </h2>
          <div className={styles.templates}>
            {TEMPLATES.map((template) => (
              <button
                key={template}
                type="button"
                className={styles.template}
                data-testid={`template-${template}`}
                onClick={() => openDialog({ kind: 'templates', template })}
              >
                <TemplatePicture template={template} />
                <strong>{t(`template.${template}.title`)}</strong>
                <span className={styles.muted}>{t(`template.${template}.text`)}</span>
              </button>
            ))}
          </div>
        </section>
        <div className={styles.lower}>
          <section aria-labelledby="existing">
            <h2 id="existing" className={styles.section}>
              {t('existing')}
            </h2>
            <div className={styles.ways}>
              <Way
                icon={<FolderOpen size={18} />}
                title={t('open')}
                text={t('openText')}
                onClick={() => void openFile()}
                testid="open"
              />
              <Way
                icon={<Import size={18} />}
                title={t('import')}
                text={t('importText')}
                onClick={() => openDialog({ kind: 'import' })}
                testid="import"
              />
              <Way
                icon={<Laptop size={18} />}
                title={t('range')}
                text={t('rangeText')}
                onClick={() => openDialog({ kind: 'range' })}
                testid="range"
              />
            </div>
          </section>
          <Recent />
        </div>
      </div>
    </main>
  );
}

interface WayProps {
  readonly icon: ReactNode;
  readonly title: string;
  readonly text: string;
  readonly testid: string;
  onClick(): void;
}

function Way({ icon, title, text, testid, onClick }: WayProps) {
  return (
    <Button
      variant="default"
      justify="flex-start"
      leftSection={<span className={styles.wayIcon}>{icon}</span>}
      className={styles.way}
      classNames={{ label: styles.wayLabel ?? '' }}
      onClick={onClick}
      data-testid={`welcome-${testid}`}
    >
      <span>
        <strong>{title}</strong>
        <span className={styles.wayText}>{text}</span>
      </span>
    </Button>
  );
}
