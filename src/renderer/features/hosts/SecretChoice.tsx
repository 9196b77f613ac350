import { Select, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import styles from './hosts.module.css';

interface SecretChoiceProps {
  readonly label: string;
  /** A reference, or nothing. */
  readonly value: string;
  onChange(value: string): void;
}

/** Where a secret is found: asked for, in a variable, in a file. There is no field for the secret itself. */
export function SecretChoice({ label, value, onChange }: SecretChoiceProps) {
  const { t } = useTranslation('inspector');
  const colon = value.indexOf(':');
  const kind = value === '' ? 'none' : colon < 0 ? value : value.slice(0, colon);
  const named = kind === 'env' || kind === 'file';
  const kinds = (['none', 'prompt', 'env', 'file'] as const).map((entry) => ({
    value: entry,
    label: t(`host.secret.${entry}`),
  }));
  return (
    <div className={styles.secret}>
      <Select
        label={label}
        data={kinds}
        value={kind}
        onChange={(next) =>
          onChange(next === null || next === 'none' ? '' : next === 'prompt' ? 'prompt' : `${next}:`)
        }
        allowDeselect={false}
      />
      {named && (
        <TextInput
          aria-label={t(kind === 'env' ? 'host.secret.envName' : 'host.secret.filePath')}
          placeholder={t(kind === 'env' ? 'host.secret.envName' : 'host.secret.filePath')}
          classNames={{ input: 'mono' }}
          value={value.slice(colon + 1)}
          onChange={(event) => onChange(`${kind}:${event.currentTarget.value}`)}
          spellCheck={false}
        />
      )}
    </div>
  );
}
