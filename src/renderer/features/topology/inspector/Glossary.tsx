import { ActionIcon, Popover } from '@mantine/core';
import { CircleHelp } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { en } from '../../../i18n/en/index.js';
import styles from './inspector.module.css';

export type Term = Exclude<keyof (typeof en)['glossary'], 'explain' | 'here'>;

/** The question mark beside a label: what Consul's term means, and what it means here. */
export function Glossary({ term }: { readonly term: Term }) {
  const { t } = useTranslation('glossary');
  const title = t(`${term}.title`);
  return (
    <Popover position="left-start" withArrow shadow="md" radius={10} trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon
          type="button"
          variant="transparent"
          size={18}
          className={styles.explain}
          aria-label={t('explain', { term: title })}
          data-testid={`explain-${term}`}
        >
          <CircleHelp size={14} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown className={styles.term} aria-label={title}>
        {/* A dialog wants something that takes the focus; the text itself is what is read. */}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: see above */}
        <div tabIndex={0} data-autofocus style={{ outline: 'none' }}>
          <strong>{title}</strong>
          <p>{t(`${term}.text`)}</p>
          <p className={styles.here}>{t(`${term}.here`)}</p>
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}
