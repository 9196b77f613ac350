import { Autocomplete } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { imageFamily, offeredImages } from '../../../../shared/consul/index.js';
import { useSay } from '../../../lib/useSay.js';
import { write } from './edit.js';
import { Field } from './Field.js';
import { asText } from './fields.js';
import { useWritten } from './inputs.js';
import styles from './inspector.module.css';
import { releaseNotes } from './release.js';
import { useDraft } from './useDraft.js';

const IMAGES = [...offeredImages().map(({ image }) => image), 'progrium/consul'];
const PATH = ['image'];

/** The Docker image; below it what is known of its family and of its Consul. */
export function ImageField() {
  const { t } = useTranslation('inspector');
  const say = useSay();
  const image = asText(useWritten(PATH));
  const draft = useDraft(image, (next) => write(PATH, next));
  const { family, version, dataDir } = imageFamily(image);
  const kind =
    version === undefined
      ? t(`cluster.imageFamily.${family}Any`, { dataDir })
      : t(`cluster.imageFamily.${family}`, { version, dataDir });
  const notes = releaseNotes(image, version).map(({ mark, reason }) =>
    t(`cluster.release.${mark}`, { reason: reason === undefined ? '' : say(reason) }),
  );
  return (
    <Field
      path={PATH}
      label={t('cluster.image')}
      help={image === '' ? undefined : [kind, ...notes].join(' ')}
    >
      {(props) => (
        <Autocomplete
          {...props}
          {...draft}
          data={IMAGES}
          // All of them: they are offered beside what is written, which begins none of them.
          filter={({ options }) => options}
          renderOption={({ option: { value } }) => {
            const marks = releaseNotes(value, imageFamily(value).version);
            return (
              <span className={styles.offer}>
                <span className={styles.offered}>{value}</span>
                {marks.length > 0 && (
                  <span className={styles.mark}>
                    {marks.map(({ mark }) => t(`cluster.releaseMark.${mark}`)).join(', ')}
                  </span>
                )}
              </span>
            );
          }}
          className={styles.mono}
          spellCheck={false}
        />
      )}
    </Field>
  );
}
