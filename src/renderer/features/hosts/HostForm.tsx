import { ActionIcon, Collapse, Select, SimpleGrid, TextInput } from '@mantine/core';
import { FolderOpen } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { tellError } from '../../app/tell.js';
import { call } from '../../lib/ipc.js';
import { EMPTY_FORM, type FormFields, hostOfForm, readForm, type SourceProps } from './form.js';
import styles from './hosts.module.css';
import { SecretChoice } from './SecretChoice.js';

/** One host by hand. */
export function HostForm({ taken, onHosts }: SourceProps) {
  const { t } = useTranslation('hosts');
  const [form, setForm] = useState<FormFields>(EMPTY_FORM);
  const [more, setMore] = useState(false);
  const read = useMemo(() => readForm(form, taken), [form, taken]);
  useEffect(() => {
    const host = hostOfForm(form, read);
    onHosts(host === null ? [] : [host]);
  }, [form, read, onHosts]);
  const set = (field: keyof FormFields) => (value: string) => setForm((now) => ({ ...now, [field]: value }));
  const input = (field: keyof FormFields) => ({
    value: form[field],
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      set(field)(event.currentTarget.value),
    error: read.wrong[field] === undefined ? undefined : t(`wrong.${read.wrong[field]}`),
    spellCheck: false,
    autoComplete: 'off',
  });
  const choose = async (): Promise<void> => {
    try {
      const chosen = await call('hosts:choose-identity');
      if (chosen !== null) set('identity')(chosen.path);
    } catch (error) {
      tellError(error);
    }
  };
  const others = taken.flatMap((host) => host.name || []);
  return (
    <>
      <SimpleGrid cols={2} spacing="sm" verticalSpacing="sm">
        <TextInput
          data-autofocus
          label={t('address')}
          description={t('addressHelp')}
          placeholder="192.0.2.11"
          classNames={{ input: 'mono' }}
          {...input('address')}
          data-testid="host-address"
        />
        <TextInput
          label={t('name')}
          description={t('nameHelp')}
          placeholder={read.name}
          {...input('name')}
          data-testid="host-name"
        />
        <TextInput label={t('user')} placeholder={read.user} {...input('user')} />
        <TextInput label={t('port')} placeholder={read.port} inputMode="numeric" {...input('port')} />
      </SimpleGrid>
      <TextInput
        mt="sm"
        label={t('identity')}
        description={t('identityHelp')}
        placeholder="~/.ssh/id_ed25519"
        classNames={{ input: 'mono' }}
        {...input('identity')}
        rightSection={
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('choose')}
            title={t('choose')}
            onClick={() => void choose()}
          >
            <FolderOpen size={15} />
          </ActionIcon>
        }
      />
      <button
        type="button"
        className={styles.more}
        aria-expanded={more}
        onClick={() => setMore(!more)}
        data-testid="more-fields"
      >
        {t(more ? 'less' : 'moreFields')}
      </button>
      <Collapse expanded={more}>
        <SimpleGrid cols={2} spacing="sm" verticalSpacing="sm" mt="sm">
          <SecretChoice label={t('password')} value={form.password} onChange={set('password')} />
          <SecretChoice label={t('sudoPassword')} value={form.sudoPassword} onChange={set('sudoPassword')} />
          <TextInput
            label={t('advertise')}
            description={t('advertiseHelp')}
            placeholder={read.advertise}
            classNames={{ input: 'mono' }}
            {...input('advertise')}
          />
          <Select
            label={t('jump')}
            description={t('jumpHelp')}
            data={others}
            value={form.jump === '' ? null : form.jump}
            onChange={(value) => set('jump')(value ?? '')}
            disabled={others.length === 0}
            placeholder={t('jumpNone')}
            clearable
          />
        </SimpleGrid>
      </Collapse>
    </>
  );
}
