import { Button } from '@mantine/core';
import { Copy, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import {
  type DocumentPath,
  type NodeRef,
  renameNode,
  setBootstrap,
  setRole,
} from '../../../../shared/topology/index.js';
import { runCommand } from '../../../app/commands.js';
import { useDocument } from '../../../stores/document.js';
import { Command } from './Command.js';
import { change, rename, write } from './edit.js';
import { HostOfNode } from './HostOfNode.js';
import { ChoiceField, LinesField, SwitchField, TextField } from './inputs.js';
import styles from './inspector.module.css';
import { LiveFacts } from './LiveFacts.js';
import { Panel } from './Panel.js';
import { ServicesFields } from './Services.js';

const FIELDS = ['name', 'host', 'role', 'bootstrap', 'container', 'agentOptions', 'services'] as const;

/** One agent: where it runs, what it is, what it starts with, and how it is now. */
export function NodePanel({ at }: { readonly at: NodeRef }) {
  const { t } = useTranslation('inspector');
  const draft = useDocument((state) => state.shown.draft);
  const datacenter = draft.datacenters[at.datacenter];
  const node = datacenter?.nodes[at.node];
  if (datacenter === undefined || node === undefined) return null;
  const path = (field: (typeof FIELDS)[number]): DocumentPath => [...node.path, field];
  const name = node.name === undefined || node.name === '' ? t('kind.unnamed') : node.name;
  const style = draft.bootstrap === 'classic' ? 'classic' : 'robust';
  // The flag is given to another server, never just taken away; one too many can be.
  const keeps =
    node.bootstrap &&
    node.role === 'server' &&
    !datacenter.nodes.some((other) => other !== node && other.role === 'server' && other.bootstrap);
  return (
    <Panel title={t(`kind.${node.role}`, { name })} path={node.path} fields={FIELDS.map(path)}>
      <TextField
        path={path('name')}
        label={t('name')}
        term="agent"
        commit={(next) => rename(path('name'), (text) => renameNode(text, at, next))}
      />
      <HostOfNode at={at} host={node.host ?? ''} path={path('host')} />
      <ChoiceField
        path={path('role')}
        label={t('role')}
        term={node.role === 'client' ? 'client' : 'server'}
        value={node.role}
        data={[
          { value: 'server', label: t('roles.server') },
          { value: 'client', label: t('roles.client') },
        ]}
        onChoose={(role) => change((text) => setRole(text, at, role === 'client' ? 'client' : 'server'))}
      />
      <SwitchField
        path={path('bootstrap')}
        label={t('node.bootstrap')}
        term="bootstrap-expect"
        help={t(node.role === 'client' ? 'node.bootstrapClient' : `node.bootstrapHelp.${style}`)}
        hint={keeps ? t('node.bootstrapKeep') : undefined}
        checked={node.bootstrap}
        disabled={keeps || (node.role !== 'server' && !node.bootstrap)}
        onSwitch={(on) =>
          on ? change((text) => setBootstrap(text, at)) : write(path('bootstrap'), undefined)
        }
      />
      <TextField
        path={path('container')}
        label={t('node.container')}
        help={t('node.containerHelp')}
        mono
        optional
        placeholder={node.container}
      />
      <LinesField path={path('agentOptions')} label={t('node.options')} help={t('node.optionsHelp')} />
      <ServicesFields at={at} services={node.services} />
      <Command datacenter={datacenter.name ?? ''} node={node.name ?? ''} />
      <LiveFacts datacenter={datacenter.name ?? ''} node={node.name ?? ''} />
      <div className={styles.buttons}>
        <Button
          variant="default"
          size="xs"
          leftSection={<Copy size={14} />}
          onClick={() => runCommand('duplicate')}
        >
          {t('node.duplicate')}
        </Button>
        <Button
          variant="default"
          size="xs"
          leftSection={<Trash2 size={14} />}
          onClick={() => runCommand('delete')}
        >
          {t('node.remove')}
        </Button>
      </div>
    </Panel>
  );
}
