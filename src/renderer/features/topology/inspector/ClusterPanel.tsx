import { useTranslation } from 'react-i18next';
import { DEFAULT_WORKDIR } from '../../../../shared/topology/index.js';
import { documentName, useDocument } from '../../../stores/document.js';
import { DnsFields } from './DnsFields.js';
import { write } from './edit.js';
import { asText, multiplierKind } from './fields.js';
import { ImageField } from './ImageField.js';
import { ImageSource } from './ImageSource.js';
import { ChoiceField, LinesField, NumberField, SwitchField, TextField, useWritten } from './inputs.js';
import { Panel } from './Panel.js';
import { SecureFields } from './SecureFields.js';

const FIELDS = [
  'name',
  'image',
  'pull',
  'bootstrap',
  'api',
  'firewall',
  'data',
  'secure',
  'dns',
  'workdir',
  'raftMultiplier',
  'agentOptions',
  'disableUpdateCheck',
  'serverRejoinAgeMax',
  // Said on the canvas, and with their own things.
  'datacenters',
  'hosts',
].map((field) => [field]);

/** The value of a choice that is written, or the one that holds without it. */
function useChoice<T extends string>(
  field: string,
  values: readonly [T, ...T[]],
): [value: T, written: string] {
  const written = asText(useWritten([field]));
  return [values.find((value) => value === written) ?? values[0], written === '' ? values[0] : written];
}

/** Nothing is selected: the cluster itself. What each choice costs is said where it is made. */
export function ClusterPanel() {
  const { t } = useTranslation('inspector');
  const name = useDocument(documentName);
  const [bootstrap, bootstrapWritten] = useChoice('bootstrap', ['robust', 'classic']);
  const [api, apiWritten] = useChoice('api', ['loopback', 'exposed']);
  const guarded = useWritten(['secure', 'acl']) === true;
  const [firewall, firewallWritten] = useChoice('firewall', ['open', 'disable', 'leave']);
  const [data, dataWritten] = useChoice('data', ['volume', 'anonymous']);
  const multiplier = Number(asText(useWritten(['raftMultiplier'])) || '1');
  const quiet = useWritten(['disableUpdateCheck']) === true;
  const set = (field: string) => (value: string) => write([field], value);
  return (
    <Panel
      title={t('kind.cluster', { name: name === '' ? t('kind.unnamed') : name })}
      path={[]}
      fields={FIELDS}
    >
      <TextField path={['name']} label={t('cluster.name')} />
      <ImageField />
      <ImageSource />
      <ChoiceField
        path={['bootstrap']}
        label={t('cluster.bootstrap')}
        term="bootstrap-expect"
        value={bootstrapWritten}
        data={(['robust', 'classic'] as const).map((value) => ({
          value,
          label: t(`cluster.bootstraps.${value}`),
        }))}
        help={t(`cluster.bootstrapHelp.${bootstrap}`)}
        onChoose={set('bootstrap')}
      />
      <ChoiceField
        path={['api']}
        label={t('cluster.api')}
        value={apiWritten}
        data={(['loopback', 'exposed'] as const).map((value) => ({
          value,
          label: t(`cluster.apis.${value}`),
        }))}
        help={t(`cluster.apiHelp.${api === 'exposed' && guarded ? 'guarded' : api}`)}
        onChoose={set('api')}
      />
      <ChoiceField
        path={['firewall']}
        label={t('cluster.firewall')}
        term="lan-gossip"
        value={firewallWritten}
        data={(['open', 'disable', 'leave'] as const).map((value) => ({
          value,
          label: t(`cluster.firewalls.${value}`),
        }))}
        help={t(`cluster.firewallHelp.${firewall}`)}
        onChoose={set('firewall')}
      />
      <ChoiceField
        path={['data']}
        label={t('cluster.data')}
        term="data-volume"
        value={dataWritten}
        data={(['volume', 'anonymous'] as const).map((value) => ({
          value,
          label: t(`cluster.dataKinds.${value}`),
        }))}
        help={t(`cluster.dataHelp.${data}`)}
        onChoose={set('data')}
      />
      <SecureFields style={bootstrap} />
      <DnsFields />
      <TextField
        path={['workdir']}
        label={t('cluster.workdir')}
        help={t('cluster.workdirHelp')}
        mono
        optional
        placeholder={DEFAULT_WORKDIR}
      />
      <NumberField
        path={['raftMultiplier']}
        label={t('cluster.multiplier')}
        term="raft-multiplier"
        min={1}
        max={10}
        fallback={1}
        help={t(`cluster.multiplierHelp.${multiplierKind(multiplier, bootstrap)}`)}
      />
      <SwitchField
        path={['disableUpdateCheck']}
        label={t('cluster.updateCheck')}
        help={t('cluster.updateCheckHelp')}
        checked={quiet}
        onSwitch={(on) => write(['disableUpdateCheck'], on ? true : undefined)}
      />
      <TextField
        path={['serverRejoinAgeMax']}
        label={t('cluster.rejoinAge')}
        help={t('cluster.rejoinAgeHelp')}
        mono
        optional
        placeholder="168h"
      />
      <LinesField path={['agentOptions']} label={t('cluster.options')} help={t('cluster.optionsHelp')} />
    </Panel>
  );
}
