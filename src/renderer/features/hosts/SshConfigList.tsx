import { Button, Checkbox, Loader, TextInput } from '@mantine/core';
import { Search } from 'lucide-react';
import { type UIEvent, useDeferredValue, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ErrorEnvelope, toEnvelope } from '../../../shared/errors.js';
import type { Response, SshConfigHost } from '../../../shared/ipc/index.js';
import type { HostFields } from '../../../shared/topology/index.js';
import { call } from '../../lib/ipc.js';
import { useDocument } from '../../stores/document.js';
import { ErrorNote } from '../../ui/parts/ErrorNote.js';
import styles from './hosts.module.css';
import { fieldsOf, matchingHosts } from './ssh-config.js';

const ROW = 38;
const SHOWN = 8;
/** Rows drawn beyond what is seen, so that scrolling never shows a gap. */
const SPARE = 6;

/** Hosts of ~/.ssh/config. Only the rows in sight are drawn: 1,500 entries stay quick. */
export function SshConfigList({ onAdd }: { onAdd(hosts: readonly HostFields[]): void }) {
  const { t } = useTranslation('hosts');
  const taken = useDocument((state) => state.shown.draft.hosts);
  const [config, setConfig] = useState<Response<'hosts:ssh-config'> | null>(null);
  const [error, setError] = useState<ErrorEnvelope | null>(null);
  const [words, setWords] = useState('');
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const [top, setTop] = useState(0);
  const wanted = useDeferredValue(words);
  useEffect(() => {
    call('hosts:ssh-config').then(setConfig, (cause) => setError(toEnvelope(cause)));
  }, []);
  const found = useMemo(() => matchingHosts(config?.hosts ?? [], wanted), [config, wanted]);
  const present = useMemo(() => new Set(taken.map((host) => host.name)), [taken]);
  if (error !== null) return <ErrorNote error={error} />;
  if (config === null) return <Loader size="sm" />;
  if (config.hosts.length === 0) return <p className={styles.hint}>{t('noSshConfig')}</p>;
  const first = Math.max(0, Math.floor(top / ROW) - SPARE);
  const visible = found.slice(first, first + SHOWN + 2 * SPARE);
  const toggle = (alias: string): void => {
    const next = new Set(chosen);
    if (!next.delete(alias)) next.add(alias);
    setChosen(next);
  };
  const add = (): void => {
    const picked = config.hosts.filter((host) => chosen.has(host.alias));
    onAdd(fieldsOf(picked, [...present]));
  };
  return (
    <>
      <TextInput
        data-autofocus
        aria-label={t('searchHosts')}
        placeholder={t('searchHosts')}
        leftSection={<Search size={14} />}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
      />
      <section
        className={styles.list}
        style={{ height: Math.min(SHOWN, Math.max(1, found.length)) * ROW }}
        onScroll={(event: UIEvent<HTMLElement>) => setTop(event.currentTarget.scrollTop)}
        aria-label={t('sshHosts', { count: found.length })}
      >
        <div style={{ height: found.length * ROW, position: 'relative' }}>
          {visible.map((host, index) => (
            <Row
              key={host.alias}
              host={host}
              top={(first + index) * ROW}
              present={present.has(host.alias)}
              checked={chosen.has(host.alias)}
              onToggle={() => toggle(host.alias)}
            />
          ))}
        </div>
      </section>
      {config.notes.map((note) => (
        <p key={note} className={styles.hint}>
          {note}
        </p>
      ))}
      <div className={styles.buttons}>
        <Button disabled={chosen.size === 0} onClick={add}>
          {t('addCount', { count: chosen.size })}
        </Button>
      </div>
    </>
  );
}

interface RowProps {
  readonly host: SshConfigHost;
  readonly top: number;
  readonly present: boolean;
  readonly checked: boolean;
  onToggle(): void;
}

function Row({ host, top, present, checked, onToggle }: RowProps) {
  const { t } = useTranslation('hosts');
  const { alias, user, address, port, jump } = host;
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is Mantine's checkbox, inside
    <label className={styles.listRow} style={{ top, height: ROW }}>
      <Checkbox size="xs" checked={checked || present} disabled={present} onChange={onToggle} />
      <strong>{alias}</strong>
      <span className="mono">{`${user === undefined ? '' : `${user}@`}${address}${port === undefined ? '' : `:${port}`}`}</span>
      {jump !== undefined && <span className={styles.hint}>{t('via', { jump: jump.join(' → ') })}</span>}
      {present && <span className={styles.hint}>{t('present')}</span>}
    </label>
  );
}
