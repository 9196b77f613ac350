import { Button, Modal } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { addHosts, type HostFields } from '../../../shared/topology/index.js';
import { tell, tellError } from '../../app/tell.js';
import { useDocument } from '../../stores/document.js';
import { useUi } from '../../stores/ui.js';
import { HostRows } from './HostRows.js';
import { HostSource, type SourceName } from './HostSource.js';
import styles from './hosts.module.css';
import { useHostTests } from './useHostTests.js';
import { inputOf } from './way.js';

/** Hosts for the inventory, all of them in one step of undo. */
export function AddHostsDialog({ tab }: { readonly tab: SourceName }) {
  const { t } = useTranslation('hosts');
  const closeDialog = useUi((state) => state.closeDialog);
  const taken = useDocument((state) => state.shown.draft.hosts);
  const [hosts, setHosts] = useState<readonly HostFields[]>([]);
  const { states, running, start, stop } = useHostTests();
  const add = (): void => {
    if (hosts.length === 0) return;
    try {
      useDocument.getState().edit((text) => addHosts(text, hosts));
      closeDialog();
      tell(t('added', { count: hosts.length }));
    } catch (error) {
      tellError(error);
    }
  };
  const known = taken.flatMap(({ name, address, port, jump }) =>
    name === undefined || name === '' || address === undefined || address === ''
      ? []
      : [inputOf({ name, address, port, jump: jump.flatMap((hop) => hop ?? []) })],
  );
  return (
    <Modal opened onClose={closeDialog} size="lg" title={<strong>{t('addTitle')}</strong>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          add();
        }}
      >
        <HostSource first={tab} taken={taken} onHosts={setHosts} />
        <HostRows hosts={hosts} tests={states} />
        <div className={styles.foot}>
          <Button
            variant="default"
            className={styles.left}
            disabled={hosts.length === 0 && !running}
            onClick={() => (running ? stop() : start(hosts, known))}
            data-testid="test-hosts"
          >
            {running ? t('stopTest') : t('test')}
          </Button>
          <Button variant="default" onClick={closeDialog}>
            {t('cancel')}
          </Button>
          <Button type="submit" disabled={hosts.length === 0} data-testid="add-hosts-submit">
            {hosts.length === 0 ? t('addTitle') : t('addCount', { count: hosts.length })}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
