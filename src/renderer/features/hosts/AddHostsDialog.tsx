import { Modal, Tabs } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { addHosts, type HostFields } from '../../../shared/topology/index.js';
import { tell, tellError } from '../../app/tell.js';
import { useDocument } from '../../stores/document.js';
import { useUi } from '../../stores/ui.js';
import { HostForm } from './HostForm.js';
import { PasteList } from './PasteList.js';
import { SshConfigList } from './SshConfigList.js';

/** Hosts for the inventory: by hand, from a list, or from what ssh knows already. */
export function AddHostsDialog({ tab }: { readonly tab: 'form' | 'paste' | 'ssh-config' }) {
  const { t } = useTranslation('hosts');
  const closeDialog = useUi((state) => state.closeDialog);
  const add = (hosts: readonly HostFields[]): void => {
    try {
      useDocument.getState().edit((text) => addHosts(text, hosts));
      closeDialog();
      tell(t('added', { count: hosts.length }));
    } catch (error) {
      tellError(error);
    }
  };
  return (
    <Modal opened onClose={closeDialog} size="lg" title={<strong>{t('addTitle')}</strong>}>
      <Tabs defaultValue={tab} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="form">{t('tab.form')}</Tabs.Tab>
          <Tabs.Tab value="paste">{t('tab.paste')}</Tabs.Tab>
          <Tabs.Tab value="ssh-config">{t('tab.sshConfig')}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="form">
          <HostForm onAdd={add} />
        </Tabs.Panel>
        <Tabs.Panel value="paste">
          <PasteList onAdd={add} />
        </Tabs.Panel>
        <Tabs.Panel value="ssh-config">
          <SshConfigList onAdd={add} />
        </Tabs.Panel>
      </Tabs>
    </Modal>
  );
}
