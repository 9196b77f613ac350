import { Button, Modal, SimpleGrid, Switch, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import {
  canBeSecure,
  fromTemplate,
  hostsOf,
  isHostName,
  isIpAddress,
  TEMPLATES,
  type TemplateName,
} from '../../../shared/topology/index.js';
import { openText } from '../../app/files.js';
import { useUi } from '../../stores/ui.js';
import { TemplatePicture } from './TemplatePicture.js';
import styles from './welcome.module.css';

const valid = (address: string): boolean => isIpAddress(address) || isHostName(address);

/** A new cluster: its shape, its name, and the addresses as far as they are known already. */
export function TemplateDialog({ initial }: { readonly initial: TemplateName | undefined }) {
  const { t } = useTranslation('welcome');
  const closeDialog = useUi((state) => state.closeDialog);
  const [template, setTemplate] = useState<TemplateName>(initial ?? 'three');
  const [name, setName] = useState('');
  const [user, setUser] = useState('root');
  const [secure, setSecure] = useState(true);
  const [addresses, setAddresses] = useState<readonly string[]>([]);
  const count = hostsOf(template);
  const possible = canBeSecure(template);
  const wrong = (address: string): boolean => address.trim() !== '' && !valid(address.trim());
  const create = (): void => {
    closeDialog();
    openText(
      fromTemplate(template, {
        name: name.trim() || t('defaultName'),
        addresses,
        user: user.trim(),
        secure,
      }),
    );
  };
  /** A pasted list fills the fields from here on. */
  const setFrom = (index: number, value: string): void => {
    const parts = value.split(/[\s,;]+/).filter((part) => part !== '');
    const given = parts.length > 1 ? parts : [value];
    setAddresses(
      Array.from({ length: count }, (_, i) =>
        i >= index && i < index + given.length ? (given[i - index] ?? '') : (addresses[i] ?? ''),
      ),
    );
  };
  return (
    <Modal opened onClose={closeDialog} title={<strong>{t('newTitle')}</strong>} size="lg">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!addresses.some(wrong)) create();
        }}
      >
        <div className={styles.choices} role="radiogroup" aria-label={t('shape')}>
          {TEMPLATES.map((choice) => (
            <label key={choice} className={styles.choice} data-checked={choice === template}>
              <input
                type="radio"
                name="template"
                className="visually-hidden"
                checked={choice === template}
                onChange={() => setTemplate(choice)}
              />
              <TemplatePicture template={choice} />
              <span>{t(`template.${choice}.title`)}</span>
            </label>
          ))}
        </div>
        <p className={styles.muted}>{t(`template.${template}.text`)}</p>
        <SimpleGrid cols={2} mt="md">
          <TextInput
            data-autofocus
            label={t('name')}
            placeholder={t('defaultName')}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
          <TextInput
            label={t('user')}
            value={user}
            onChange={(event) => setUser(event.currentTarget.value)}
          />
        </SimpleGrid>
        <fieldset className={styles.addresses}>
          <legend>{t('addresses')}</legend>
          <SimpleGrid cols={3} spacing="xs">
            {Array.from({ length: count }, (_, i) => i).map((i) => {
              const value = addresses[i] ?? '';
              return (
                <TextInput
                  key={i}
                  aria-label={t('address', { number: i + 1 })}
                  placeholder={`docker${String(i + 1).padStart(2, '0')}`}
                  classNames={{ input: 'mono' }}
                  value={value}
                  error={wrong(value) ? t('badAddress') : undefined}
                  onChange={(event) => setFrom(i, event.currentTarget.value)}
                  onPaste={(event) => {
                    const pasted = event.clipboardData.getData('text');
                    if (!/[\s,;]/.test(pasted.trim())) return;
                    event.preventDefault();
                    setFrom(i, pasted);
                  }}
                />
              );
            })}
          </SimpleGrid>
          <p className={styles.muted}>{t('addressesHint')}</p>
        </fieldset>
        <Switch
          mt="md"
          label={t('secure')}
          description={t(possible ? (secure ? 'secureOn' : 'secureOff') : 'secureNever')}
          disabled={!possible}
          checked={possible && secure}
          onChange={(event) => setSecure(event.currentTarget.checked)}
          data-testid="template-secure"
        />
        <div className={styles.buttonsEnd}>
          <Button variant="default" onClick={closeDialog}>
            {t('cancel')}
          </Button>
          <Button type="submit" data-testid="create">
            {t('create')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
