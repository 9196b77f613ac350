import { Button, Loader, TextInput } from '@mantine/core';
import { Search } from 'lucide-react';
import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ErrorEnvelope, toEnvelope } from '../../../shared/errors.js';
import type { Response } from '../../../shared/ipc/index.js';
import { call } from '../../lib/ipc.js';
import { ErrorNote } from '../../ui/parts/ErrorNote.js';
import type { SourceProps } from './form.js';
import styles from './hosts.module.css';
import { SshConfigRows } from './SshConfigRows.js';
import { fieldsOf, matchingHosts, withJumps } from './ssh-config.js';

const NONE: ReadonlySet<string> = new Set();

/** Hosts of ~/.ssh/config, to be searched and chosen from. */
export function SshConfigList({ taken, onHosts }: SourceProps) {
  const { t } = useTranslation('hosts');
  const [config, setConfig] = useState<Response<'hosts:ssh-config'> | null>(null);
  const [error, setError] = useState<ErrorEnvelope | null>(null);
  const [words, setWords] = useState('');
  const [chosen, setChosen] = useState(NONE);
  const wanted = useDeferredValue(words);
  useEffect(() => {
    call('hosts:ssh-config').then(setConfig, (cause) => setError(toEnvelope(cause)));
  }, []);
  const found = useMemo(() => matchingHosts(config?.hosts ?? [], wanted), [config, wanted]);
  const present = useMemo(() => new Set(taken.flatMap((host) => host.name ?? [])), [taken]);
  const picked = useMemo(() => {
    const all = config?.hosts ?? [];
    return withJumps(
      all.filter((host) => chosen.has(host.alias)),
      all,
      [...present],
    );
  }, [config, chosen, present]);
  useEffect(
    () => onHosts(fieldsOf([...picked.chosen, ...picked.jumps], [...present])),
    [picked, present, onHosts],
  );
  if (error !== null) return <ErrorNote error={error} />;
  if (config === null)
    return (
      <p className={styles.reading} role="status">
        <Loader size={14} /> {t('readingConfig')}
      </p>
    );
  if (config.hosts.length === 0) return <p className={styles.hint}>{t('noSshConfig')}</p>;
  const toggle = (alias: string): void => {
    const next = new Set(chosen);
    if (!next.delete(alias)) next.add(alias);
    setChosen(next);
  };
  const free = found.filter((host) => !present.has(host.alias));
  return (
    <>
      <TextInput
        data-autofocus
        aria-label={t('searchHosts')}
        placeholder={t('searchHosts')}
        leftSection={<Search size={14} />}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
        data-testid="search-hosts"
      />
      <SshConfigRows hosts={found} present={present} chosen={chosen} onToggle={toggle} />
      <div className={styles.listFoot}>
        <span aria-live="polite">{t('chosen', { count: chosen.size, all: config.hosts.length })}</span>
        <Button
          variant="subtle"
          size="compact-xs"
          disabled={free.length === 0}
          onClick={() => setChosen(new Set([...chosen, ...free.map((host) => host.alias)]))}
        >
          {t('chooseShown')}
        </Button>
        <Button
          variant="subtle"
          size="compact-xs"
          disabled={chosen.size === 0}
          onClick={() => setChosen(NONE)}
        >
          {t('chooseNone')}
        </Button>
      </div>
      {picked.jumps.length > 0 && (
        <p className={styles.hint} data-testid="jumps-too">
          {t('jumpsToo', { hosts: picked.jumps.map((host) => host.alias).join(', ') })}
        </p>
      )}
      {config.notes.map((note) => (
        <p key={note} className={styles.hint}>
          {note}
        </p>
      ))}
    </>
  );
}
