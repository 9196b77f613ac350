import { Braces, Container, FileCode2, Image, ListOrdered, Spline } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import styles from './export.module.css';
import { FORMATS, type Format } from './formats.js';

const ICON: Readonly<Record<Format, typeof Image>> = {
  scripts: FileCode2,
  compose: Container,
  ansible: ListOrdered,
  config: Braces,
  png: Image,
  svg: Spline,
};

export function Formats({ format, onChoose }: { readonly format: Format; onChoose(format: Format): void }) {
  const { t } = useTranslation('exports');
  return (
    <nav className={styles.formats} aria-label={t('formats')}>
      {FORMATS.map((name) => {
        const Icon = ICON[name];
        return (
          <button
            key={name}
            type="button"
            className={styles.format}
            aria-current={name === format ? 'true' : undefined}
            onClick={() => onChoose(name)}
            data-testid={`format-${name}`}
          >
            <Icon size={17} strokeWidth={1.75} aria-hidden />
            {t(`format.${name}.title`)}
          </button>
        );
      })}
    </nav>
  );
}
