import { Button } from '@mantine/core';
import { Pin, PinOff } from 'lucide-react';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { withoutDigest } from '../../../../shared/consul/index.js';
import { type ErrorEnvelope, toEnvelope } from '../../../../shared/errors.js';
import { setField } from '../../../../shared/topology/index.js';
import { call, newTask } from '../../../lib/ipc.js';
import { useDocument } from '../../../stores/document.js';
import { ErrorNote } from '../../../ui/parts/ErrorNote.js';
import { change, write } from './edit.js';
import { asText, writtenAt } from './fields.js';
import { TextField, useWritten } from './inputs.js';
import styles from './inspector.module.css';
import { SecretField } from './SecretField.js';

const IMAGE = ['image'];
const USER = ['pull', 'user'];
const PASSWORD = ['pull', 'password'];

/** A step of undo of its own, whatever was typed before. */
const setImage = (image: string): void => change((text) => setField(text, IMAGE, image));

/** A user without a password would be refused: whoever names one is asked for it, unless something else is chosen. */
function writeUser(user: string, password: unknown): void {
  write(USER, user === '' ? undefined : user);
  if (user === '') write(PASSWORD, undefined);
  else if (password === undefined) write(PASSWORD, 'prompt');
}

/** Holds every host to the image that the name stands for now; and lets go of it again. */
function PinButton() {
  const { t } = useTranslation('inspector');
  const image = asText(useWritten(IMAGE));
  const readable = useDocument((state) => state.model.topology !== undefined);
  const [error, setError] = useState<ErrorEnvelope | null>(null);
  const [asking, setAsking] = useState(false);
  const task = useRef('');
  const plain = withoutDigest(image);
  const pin = async (): Promise<void> => {
    setError(null);
    setAsking(true);
    task.current = newTask('pin');
    try {
      const pinned = await call('cluster:pin', { task: task.current, text: useDocument.getState().text });
      // Changed meanwhile: the digest would be that of another image.
      if (asText(writtenAt(useDocument.getState().shown.value, IMAGE)) === image) setImage(pinned.image);
    } catch (cause) {
      const failed = toEnvelope(cause);
      if (failed.code !== 'cancelled') setError(failed);
    } finally {
      setAsking(false);
    }
  };
  if (plain !== image)
    return (
      <div className={styles.field}>
        <Button
          variant="default"
          size="xs"
          fullWidth
          leftSection={<PinOff size={14} />}
          onClick={() => setImage(plain)}
          data-testid="unpin-image"
        >
          {t('cluster.pull.unpin')}
        </Button>
        <div className={styles.description}>{t('cluster.pull.pinned')}</div>
      </div>
    );
  return (
    <div className={styles.field}>
      {asking ? (
        <Button
          variant="default"
          size="xs"
          fullWidth
          onClick={() => void call('task:cancel', { task: task.current })}
          data-testid="cancel-pin"
        >
          {t('cluster.pull.asking')}
        </Button>
      ) : (
        <Button
          variant="default"
          size="xs"
          fullWidth
          leftSection={<Pin size={14} />}
          disabled={image === '' || !readable}
          onClick={() => void pin()}
          data-testid="pin-image"
        >
          {t('cluster.pull.pin')}
        </Button>
      )}
      <div className={styles.description}>{t('cluster.pull.pinHelp')}</div>
      {error !== null && <ErrorNote error={error} />}
    </div>
  );
}

/** Where the hosts get the image, as whom, and whether they are held to one digest. */
export function ImageSource() {
  const { t } = useTranslation('inspector');
  const user = asText(useWritten(USER));
  const password = useWritten(PASSWORD);
  return (
    <>
      <PinButton />
      <TextField
        path={['pull', 'mirror']}
        label={t('cluster.pull.mirror')}
        help={t('cluster.pull.mirrorHelp')}
        placeholder={t('cluster.pull.mirrorNone')}
        mono
        optional
      />
      <TextField
        path={USER}
        label={t('cluster.pull.user')}
        help={t('cluster.pull.userHelp')}
        placeholder={t('cluster.pull.userNone')}
        optional
        commit={(next) => writeUser(next, password)}
      />
      {(user !== '' || password !== undefined) && (
        <SecretField
          path={PASSWORD}
          label={t('cluster.pull.password')}
          help={t('cluster.pull.passwordHelp')}
          examples={{ env: 'REGISTRY_PASSWORD', file: '~/.secrets/registry' }}
        />
      )}
    </>
  );
}
