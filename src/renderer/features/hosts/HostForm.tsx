import { Button, NumberInput, SimpleGrid, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { freeName, type HostFields, isHostName, isIpAddress } from '../../../shared/topology/index.js';
import { tellError } from '../../app/tell.js';
import { call } from '../../lib/ipc.js';
import { useDocument } from '../../stores/document.js';
import { HostTestResult, useHostTest } from './HostTest.js';
import styles from './hosts.module.css';

export function HostForm({ onAdd }: { onAdd(hosts: readonly HostFields[]): void }) {
  const { t } = useTranslation('hosts');
  const taken = useDocument((state) => state.shown.draft.hosts);
  const [name, setName] = useState(() =>
    freeName(
      'docker',
      taken.map((host) => host.name),
      2,
    ),
  );
  const [address, setAddress] = useState('');
  const [user, setUser] = useState('root');
  const [port, setPort] = useState(22);
  const [identity, setIdentity] = useState('');
  const { test, result, testing } = useHostTest();
  const badAddress = address !== '' && !isIpAddress(address) && !isHostName(address);
  const nameTaken = taken.some((host) => host.name === name);
  const host = { name, address, user, port, ...(identity === '' ? {} : { identity }) };
  const ready = address !== '' && !badAddress && !nameTaken && isHostName(name);
  const choose = async (): Promise<void> => {
    try {
      const chosen = await call('hosts:choose-identity');
      if (chosen !== null) setIdentity(chosen.path);
    } catch (error) {
      tellError(error);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) onAdd([host]);
      }}
    >
      <SimpleGrid cols={2}>
        <TextInput
          data-autofocus
          label={t('address')}
          placeholder="192.0.2.11"
          value={address}
          error={badAddress ? t('problem.address') : undefined}
          onChange={(event) => setAddress(event.currentTarget.value.trim())}
        />
        <TextInput
          label={t('name')}
          value={name}
          error={nameTaken ? t('nameTaken') : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput label={t('user')} value={user} onChange={(event) => setUser(event.currentTarget.value)} />
        <NumberInput
          label={t('port')}
          min={1}
          max={65_535}
          value={port}
          onChange={(value) => setPort(typeof value === 'number' ? value : 22)}
        />
      </SimpleGrid>
      <TextInput
        mt="sm"
        label={t('identity')}
        description={t('identityHelp')}
        value={identity}
        onChange={(event) => setIdentity(event.currentTarget.value)}
        rightSectionWidth={92}
        rightSection={
          <Button size="compact-xs" variant="default" onClick={() => void choose()}>
            {t('choose')}
          </Button>
        }
      />
      <HostTestResult result={result} />
      <div className={styles.buttons}>
        <Button variant="default" disabled={!ready} loading={testing} onClick={() => void test(host)}>
          {t('test')}
        </Button>
        <Button type="submit" disabled={!ready} data-testid="add-host-submit">
          {t('add')}
        </Button>
      </div>
    </form>
  );
}
