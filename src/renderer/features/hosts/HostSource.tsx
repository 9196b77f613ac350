import { Tabs } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SourceProps } from './form.js';
import { HostForm } from './HostForm.js';
import { PasteList } from './PasteList.js';
import { SshConfigList } from './SshConfigList.js';

const SOURCES = ['form', 'paste', 'ssh-config'] as const;
export type SourceName = (typeof SOURCES)[number];

/** Where hosts come from: a form, a list, or what ssh knows already. */
export function HostSource({ first, taken, onHosts }: SourceProps & { readonly first: SourceName }) {
  const { t } = useTranslation('hosts');
  const [source, setSource] = useState<SourceName>(first);
  const change = (next: string | null): void => {
    const found = SOURCES.find((name) => name === next);
    if (found === undefined || found === source) return;
    onHosts([]);
    setSource(found);
  };
  return (
    <Tabs value={source} onChange={change} keepMounted={false}>
      <Tabs.List mb="md">
        <Tabs.Tab value="form">{t('tab.form')}</Tabs.Tab>
        <Tabs.Tab value="paste">{t('tab.paste')}</Tabs.Tab>
        <Tabs.Tab value="ssh-config">{t('tab.sshConfig')}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="form">
        <HostForm taken={taken} onHosts={onHosts} />
      </Tabs.Panel>
      <Tabs.Panel value="paste">
        <PasteList taken={taken} onHosts={onHosts} />
      </Tabs.Panel>
      <Tabs.Panel value="ssh-config">
        <SshConfigList taken={taken} onHosts={onHosts} />
      </Tabs.Panel>
    </Tabs>
  );
}
