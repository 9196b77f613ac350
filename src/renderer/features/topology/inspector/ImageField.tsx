import { Autocomplete } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { imageFamily } from '../../../../shared/consul/index.js';
import { write } from './edit.js';
import { Field } from './Field.js';
import { asText } from './fields.js';
import { useWritten } from './inputs.js';
import styles from './inspector.module.css';
import { useDraft } from './useDraft.js';

const IMAGES = ['hashicorp/consul:1.22', 'hashicorp/consul:1.21', 'progrium/consul'];
const PATH = ['image'];

/** The Docker image; below it what is known of its family. */
export function ImageField() {
  const { t } = useTranslation('inspector');
  const image = asText(useWritten(PATH));
  const draft = useDraft(image, (next) => write(PATH, next));
  const { family, version, dataDir } = imageFamily(image);
  const help =
    image === ''
      ? undefined
      : version === undefined
        ? t(`cluster.imageFamily.${family}Any`, { dataDir })
        : t(`cluster.imageFamily.${family}`, { version, dataDir });
  return (
    <Field path={PATH} label={t('cluster.image')} help={help}>
      {(props) => (
        <Autocomplete
          {...props}
          {...draft}
          data={IMAGES}
          // All of them: they are offered beside what is written, which begins none of them.
          filter={({ options }) => options}
          className={styles.mono}
          spellCheck={false}
        />
      )}
    </Field>
  );
}
