import { Autocomplete } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { imageFamily } from '../../../../shared/consul/index.js';
import { useSay } from '../../../lib/useSay.js';
import { useDocument } from '../../../stores/document.js';
import { write } from './edit.js';
import { Field } from './Field.js';
import { asText } from './fields.js';
import { useWritten } from './inputs.js';
import styles from './inspector.module.css';
import { offersOf, placeOf } from './offers.js';
import { RegistryLine } from './RegistryLine.js';
import { releaseNotes } from './release.js';
import { useDraft } from './useDraft.js';
import { useVersions } from './versions.js';

const PATH = ['image'];
const MIRROR = ['pull', 'mirror'];
const USER = ['pull', 'user'];

/** Of what is offered beside the registry's list, or instead of it. */
const HEADING = { none: 'known', asking: 'knownAsking', failed: 'knownFailed', listed: 'others' } as const;

/** An image in the list, with what is to be said of its Consul. */
function Offer({ image }: { readonly image: string }) {
  const { t } = useTranslation('inspector');
  const say = useSay();
  const marks = releaseNotes(image, imageFamily(image).version);
  return (
    <span className={styles.offer}>
      <span className={styles.offered}>{image}</span>
      {marks.map(({ mark, reason }) => (
        <span key={`${mark}${reason}`} className={mark === 'untried' ? styles.offerNote : styles.mark}>
          {t(`cluster.releaseMark.${mark}`)}
          {reason !== undefined && t('cluster.registry.because', { reason: say(reason) })}
        </span>
      ))}
    </span>
  );
}

/** The Docker image; below it what is known of its family and of its Consul. The registry is asked when the list opens. */
export function ImageField() {
  const { t } = useTranslation('inspector');
  const say = useSay();
  const image = asText(useWritten(PATH));
  const place = placeOf(image, asText(useWritten(MIRROR)), asText(useWritten(USER)));
  const versions = useVersions(({ of }) => of[place]);
  const [typing, setTyping] = useState(false);
  const draft = useDraft(image, (next) => write(PATH, next));
  const ask = (thorough: boolean): void => {
    const { model, text } = useDocument.getState();
    // What a document with faults means is not known, nor what its registry is.
    if (model.topology !== undefined) void useVersions.getState().ask(place, text, thorough);
  };
  const { family, version, dataDir } = imageFamily(image);
  const kind =
    version === undefined
      ? t(`cluster.imageFamily.${family}Any`, { dataDir })
      : t(`cluster.imageFamily.${family}`, { version, dataDir });
  const notes = releaseNotes(image, version).map(({ mark, reason }) =>
    t(`cluster.release.${mark}`, { reason: reason === undefined ? '' : say(reason) }),
  );
  const found = versions?.state === 'listed' ? versions : undefined;
  const { listed, known } = offersOf(image, found?.versions, typing ? draft.value : '');
  const groups = [
    {
      group:
        found?.host == null
          ? t('cluster.registry.has', { registry: found?.registry })
          : t('cluster.registry.hasThrough', { registry: found.registry, host: found.host }),
      items: [...listed],
    },
    {
      // The line below the field is behind the list: its heading says as much.
      group: t(`cluster.registry.${HEADING[versions?.state ?? 'none']}`),
      items: [...known],
    },
  ].filter(({ items }) => items.length > 0);
  return (
    <Field
      path={PATH}
      label={t('cluster.image')}
      help={image === '' ? undefined : [kind, ...notes].join(' ')}
    >
      {(props) => (
        <>
          <Autocomplete
            {...props}
            {...draft}
            onChange={(next) => {
              setTyping(true);
              draft.onChange(next);
            }}
            onDropdownOpen={() => {
              setTyping(false);
              ask(false);
            }}
            data={groups}
            // All of them: they are offered beside what is written, which begins none of them.
            filter={({ options }) => options}
            renderOption={({ option: { value } }) => <Offer image={value} />}
            maxDropdownHeight={340}
            className={styles.mono}
            spellCheck={false}
          />
          <RegistryLine
            versions={versions}
            onThorough={() => ask(true)}
            onCancel={() => useVersions.getState().cancel(place)}
          />
        </>
      )}
    </Field>
  );
}
