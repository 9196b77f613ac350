import { Button } from '@mantine/core';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type DocumentPath, isIpAddress, renameHost } from '../../../../shared/topology/index.js';
import { runCommand } from '../../../app/commands.js';
import { useDocument } from '../../../stores/document.js';
import { rename, write } from './edit.js';
import { asList, fieldKey, isFreeName } from './fields.js';
import { Identity } from './Identity.js';
import { NumberField, SwitchField, TextField, useWritten } from './inputs.js';
import styles from './inspector.module.css';
import { JumpField } from './JumpField.js';
import { Panel } from './Panel.js';
import { SecretField } from './SecretField.js';
import { TestConnection } from './TestConnection.js';

const SSH = [
  'user',
  'port',
  'identity',
  'agent',
  'password',
  'passphrase',
  'sudoPassword',
  'jump',
  'hostKeys',
];

export function HostPanel({ index }: { readonly index: number }) {
  const { t } = useTranslation('inspector');
  const draft = useDocument((state) => state.shown.draft);
  const host = draft.hosts[index];
  const own = (field: string): DocumentPath => ['hosts', index, field];
  const ssh = (field: string): DocumentPath => ['hosts', index, 'ssh', field];
  const written = {
    agent: useWritten(ssh('agent')),
    identity: useWritten(ssh('identity')),
    password: useWritten(ssh('password')),
  };
  if (host === undefined) return null;
  const name = host.name ?? '';
  const node = draft.datacenters
    .flatMap((datacenter) => datacenter.nodes)
    .find((entry) => name !== '' && entry.host === name);
  const address = host.address ?? '';
  // As reading the document has it: the agent is asked where neither a key nor a password is given.
  const usual = written.identity === undefined && written.password === undefined;
  return (
    <Panel
      title={t('kind.host', { name: name === '' ? t('kind.unnamed') : name })}
      path={host.path}
      fields={[...['name', 'address', 'advertise', 'advertiseWan'].map(own), ...SSH.map(ssh)]}
    >
      <p className={styles.note}>
        {node === undefined ? t('host.free') : t('host.runs', { node: node.name ?? '' })}
      </p>
      <HostName index={index} />
      <TextField path={own('address')} label={t('host.address')} help={t('host.addressHelp')} mono />
      <TextField
        path={own('advertise')}
        label={t('host.advertise')}
        term="advertise"
        help={t(address === '' || isIpAddress(address) ? 'host.advertiseHelp' : 'host.advertiseNeeded')}
        mono
        optional
        placeholder={isIpAddress(address) ? address : undefined}
      />
      {(draft.datacenters.length > 1 || host.advertiseWan !== undefined) && (
        <TextField
          path={own('advertiseWan')}
          label={t('host.advertiseWan')}
          help={t('host.advertiseWanHelp')}
          mono
          optional
          placeholder={host.advertise ?? (isIpAddress(address) ? address : undefined)}
        />
      )}
      <h3 className={styles.section}>{t('host.ssh')}</h3>
      <div className={styles.pair}>
        <TextField path={ssh('user')} label={t('host.user')} optional placeholder="root" />
        <NumberField path={ssh('port')} label={t('host.port')} min={1} max={65_535} fallback={22} />
      </div>
      <Identity path={ssh('identity')} />
      <SwitchField
        path={ssh('agent')}
        label={t('host.agent')}
        help={t('host.agentHelp')}
        checked={typeof written.agent === 'boolean' ? written.agent : usual}
        onSwitch={(on) => write(ssh('agent'), on === usual ? undefined : on)}
      />
      <SecretField path={ssh('passphrase')} label={t('host.passphrase')} />
      <SecretField path={ssh('password')} label={t('host.password')} />
      <SecretField path={ssh('sudoPassword')} label={t('host.sudoPassword')} help={t('host.sudoHelp')} />
      <p className={styles.note}>{t('host.secret.help')}</p>
      <JumpField path={ssh('jump')} host={name} />
      <HostKeys path={ssh('hostKeys')} />
      <TestConnection key={index} index={index} />
      <div className={styles.buttons}>
        <Button
          variant="default"
          size="xs"
          leftSection={<Trash2 size={14} />}
          onClick={() => runCommand('delete')}
        >
          {t('host.remove')}
        </Button>
      </div>
    </Panel>
  );
}

/**
 * A host is referred to by its name. While what is typed is the name of another host, or nothing, it is not written:
 * the nodes of both would become those of one.
 */
function HostName({ index }: { readonly index: number }) {
  const { t } = useTranslation('inspector');
  const { t: hostsText } = useTranslation('hosts');
  const hosts = useDocument((state) => state.shown.draft.hosts);
  const [taken, setTaken] = useState(false);
  const others = hosts.filter((_, i) => i !== index).map((host) => host.name);
  return (
    <TextField
      path={['hosts', index, 'name']}
      label={t('name')}
      help={t('host.nameHelp')}
      onLeave={() => setTaken(false)}
      problem={taken ? hostsText('nameTaken') : undefined}
      commit={(next) => {
        const free = isFreeName(next, others);
        setTaken(!free && next !== '');
        if (free) rename(['hosts', index, 'name'], (text) => renameHost(text, index, next));
      }}
    />
  );
}

function HostKeys({ path }: { readonly path: DocumentPath }) {
  const { t } = useTranslation('inspector');
  const count = asList(useWritten(path)).length;
  return (
    <div className={styles.field} data-field={fieldKey(path)}>
      <div className={styles.labelRow}>
        <span className={styles.label}>{t('host.keys')}</span>
      </div>
      <div className={styles.note}>{t('host.keysCount', { count })}</div>
      {count > 0 && (
        <button type="button" className={styles.link} onClick={() => write(path, undefined)}>
          {t('host.keysForget')}
        </button>
      )}
    </div>
  );
}
