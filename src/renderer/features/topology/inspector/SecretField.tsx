import { Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { write } from './edit.js';
import { Field, type FieldProps } from './Field.js';
import { useWritten } from './inputs.js';
import styles from './inspector.module.css';
import { formatReference, isReferenceKind, parseReference, REFERENCE_KINDS } from './reference.js';
import { useDraft } from './useDraft.js';

interface SecretFieldProps extends FieldProps {
  /** What is shown while nothing is typed. */
  readonly examples?: { readonly env: string; readonly file: string };
}

const EXAMPLES = { env: 'SSH_PASSWORD', file: '~/.secrets/ssh' };

/** Where a secret is found; there is no field for the secret itself. */
export function SecretField({ examples = EXAMPLES, ...field }: SecretFieldProps) {
  const { t } = useTranslation('inspector');
  const { kind, target } = parseReference(useWritten(field.path));
  const [chosen, setChosen] = useState(false);
  const draft = useDraft(
    target,
    (next) => write(field.path, formatReference({ kind, target: next.trim() })),
    (next) => next.trim(),
  );
  const named = kind === 'env' || kind === 'file';
  return (
    <Field {...field}>
      {({ error, description, ...props }) => (
        <div className={styles.secret}>
          <Select
            {...props}
            description={named ? null : description}
            error={named ? null : error}
            value={kind === 'unclear' ? null : kind}
            placeholder={t('host.secret.unclear')}
            allowDeselect={false}
            data={REFERENCE_KINDS.map((value) => ({ value, label: t(`host.secret.${value}`) }))}
            onChange={(next) => {
              if (!isReferenceKind(next) || next === kind) return;
              setChosen(true);
              write(field.path, formatReference({ kind: next, target: '' }));
            }}
          />
          {named && (
            <TextInput
              {...draft}
              onChange={(event) => draft.onChange(event.currentTarget.value)}
              inputWrapperOrder={props.inputWrapperOrder}
              classNames={props.classNames}
              description={description}
              error={error}
              // Whoever has just chosen it types its name next.
              autoFocus={chosen}
              className={styles.mono}
              aria-label={t(kind === 'env' ? 'host.secret.envName' : 'host.secret.filePath')}
              placeholder={examples[kind]}
              spellCheck={false}
              autoComplete="off"
            />
          )}
        </div>
      )}
    </Field>
  );
}
