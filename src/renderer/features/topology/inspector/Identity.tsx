import { ActionIcon } from '@mantine/core';
import { FolderOpen } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { DocumentPath } from '../../../../shared/topology/index.js';
import { tellError } from '../../../app/tell.js';
import { call } from '../../../lib/ipc.js';
import { write } from './edit.js';
import { TextField } from './inputs.js';

/** Path of the private key: typed, or chosen as a file. */
export function Identity({ path }: { readonly path: DocumentPath }) {
  const { t } = useTranslation('inspector');
  const choose = async (): Promise<void> => {
    try {
      const chosen = await call('hosts:choose-identity');
      if (chosen !== null) write(path, chosen.path);
    } catch (error) {
      tellError(error);
    }
  };
  return (
    <TextField
      path={path}
      label={t('host.identity')}
      help={t('host.identityHelp')}
      mono
      optional
      placeholder="~/.ssh/id_ed25519"
      rightSection={
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('host.choose')}
          title={t('host.choose')}
          onClick={() => void choose()}
        >
          <FolderOpen size={15} />
        </ActionIcon>
      }
    />
  );
}
