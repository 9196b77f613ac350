import { useTranslation } from 'react-i18next';
import {
  assignHost,
  type DocumentPath,
  type Draft,
  isIpAddress,
  type NodeRef,
} from '../../../../shared/topology/index.js';
import { useDocument } from '../../../stores/document.js';
import { useUi } from '../../../stores/ui.js';
import { change } from './edit.js';
import { asText, writtenAt } from './fields.js';
import { type Choice, ChoiceField, TextField } from './inputs.js';
import styles from './inspector.module.css';

interface HostOfNodeProps {
  readonly at: NodeRef;
  readonly host: string;
  readonly path: DocumentPath;
}

/** Node that runs on a host, other than the one that is looked at. */
function otherOn(draft: Draft, host: string, at: NodeRef): string | undefined {
  for (const [d, datacenter] of draft.datacenters.entries())
    for (const [n, node] of datacenter.nodes.entries())
      if (node.host === host && (d !== at.datacenter || n !== at.node)) return node.name ?? '';
  return undefined;
}

/** Where a node runs: the host, its address for SSH, and the address that Consul tells the others. */
export function HostOfNode({ at, host, path }: HostOfNodeProps) {
  const { t } = useTranslation('inspector');
  const { draft, value } = useDocument((state) => state.shown);
  const select = useUi((state) => state.select);
  const index = draft.hosts.findIndex((entry) => entry.name === host);
  const choices = draft.hosts.flatMap((entry, i): Choice[] => {
    if (entry.name === undefined || entry.name === '') return [];
    const other = otherOn(draft, entry.name, at);
    const user = asText(writtenAt(value, ['hosts', i, 'ssh', 'user'])) || 'root';
    const address = entry.address ?? '';
    const label =
      other !== undefined && entry.name !== host
        ? t('node.hostUsed', { host: entry.name, node: other })
        : address === ''
          ? entry.name
          : `${entry.name} · ${user}@${address}`;
    return [{ value: entry.name, label, disabled: other !== undefined && entry.name !== host }];
  });
  const unknown = index < 0 && host !== '';
  const address = draft.hosts[index]?.address ?? '';
  return (
    <>
      <ChoiceField
        path={path}
        label={t('node.host')}
        value={host}
        data={
          // Twice the same name is a finding; a list must hold a value once.
          [
            ...new Map(choices.map((choice) => [choice.value, choice])).values(),
            ...(unknown ? [{ value: host, label: t('node.hostUnknown', { host }) }] : []),
          ]
        }
        onChoose={(next) => change((text) => assignHost(text, at, next))}
      />
      {index >= 0 && (
        <>
          <TextField path={['hosts', index, 'address']} label={t('node.address')} mono />
          <TextField
            path={['hosts', index, 'advertise']}
            label={t('node.advertise')}
            term="advertise"
            mono
            optional
            placeholder={isIpAddress(address) ? address : undefined}
          />
          <button
            type="button"
            className={styles.link}
            onClick={() => select([{ kind: 'host', host: index }])}
          >
            {t('node.openHost', { host })}
          </button>
        </>
      )}
    </>
  );
}
