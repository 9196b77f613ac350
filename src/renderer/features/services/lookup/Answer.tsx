import { ActionIcon, Badge, Tooltip } from '@mantine/core';
import { Check, Copy, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import {
  type ExplainedInstance,
  type LookupResult,
  noteText,
  placeText,
  reasonsOf,
} from '../../../../shared/live/index.js';
import { tell, tellError } from '../../../app/tell.js';
import { call } from '../../../lib/ipc.js';
import { useSay } from '../../../lib/useSay.js';
import { PathLine } from '../PathLine.js';
import styles from './lookup.module.css';

/** What DNS and HTTP answered, what is registered beside that and why it is not among the answers, and how to ask by hand. */
export function Answer({ result }: { readonly result: LookupResult }) {
  const { t, i18n } = useTranslation('lookup');
  const say = useSay();
  const { dns, http, instances, notes } = result;
  const records = dns.replies.flatMap(({ answers }) => answers);
  const statuses = [...new Set(dns.replies.map(({ status }) => status))].join(', ');
  const time = new Date(result.at).toLocaleTimeString(i18n.language, { hour12: false });
  return (
    <div className={styles.answer} data-testid="lookup-answer">
      <h2>
        <span className="mono">{result.name}</span> <span className={styles.muted}>{t('at', { time })}</span>
      </h2>
      <div className={styles.two}>
        <section aria-label="DNS" className={styles.box} data-testid="lookup-dns">
          <h3>DNS</h3>
          <PathLine path={dns.path} />
          {dns.problem !== undefined && <p className={styles.bad}>{say(dns.problem)}</p>}
          {dns.problem === undefined && records.length === 0 && (
            <p className={styles.none}>{t('noRecord', { status: statuses })}</p>
          )}
          {records.length > 0 && (
            <table className={styles.records}>
              <tbody>
                {records.map((record) => (
                  <tr key={`${record.type} ${record.data}`}>
                    <th scope="row">{record.type}</th>
                    <td className="mono">{record.data}</td>
                    <td className={styles.muted}>TTL {record.ttl}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </section>
        <section aria-label="HTTP" className={styles.box} data-testid="lookup-http">
          <h3>
            HTTP{' '}
            <span className={`mono ${styles.url}`}>{result.http.url.replace(/^http:\/\/[^/]+/, '')}</span>
          </h3>
          <PathLine path={http.path} />
          {http.problem !== undefined && <p className={styles.bad}>{say(http.problem)}</p>}
          {http.problem === undefined && http.answers.length === 0 && (
            <p className={styles.none}>{t('nobody')}</p>
          )}
          <ul className={styles.answers}>
            {http.answers.map((answer) => (
              <li key={answer} className="mono">
                {answer}
              </li>
            ))}
          </ul>
        </section>
      </div>
      {instances.length > 0 && (
        <section aria-label={t('registered')}>
          <h3 className={styles.heading}>{t('registered')}</h3>
          <ul className={styles.instances}>
            {instances.map((instance) => (
              <Instance key={`${instance.node}/${instance.id}`} instance={instance} />
            ))}
          </ul>
        </section>
      )}
      {notes.map((note) => (
        <p key={note.code} className={styles.note} data-testid={`note-${note.code}`}>
          {say(noteText(note))}
        </p>
      ))}
      <section aria-label={t('byHand')}>
        <h3 className={styles.heading}>{t('byHandOn', { host: result.asked.host })}</h3>
        <ul className={styles.commands}>
          {result.commands.map((command) => (
            <Command key={command} command={command} />
          ))}
        </ul>
      </section>
    </div>
  );
}

function Instance({ instance }: { readonly instance: ExplainedInstance }) {
  const { t } = useTranslation('lookup');
  const say = useSay();
  const { node, id, tags, inDns, inHttp } = instance;
  return (
    <li className={styles.instance} data-testid={`lookup-${id === '' ? node : id}`} data-in-dns={inDns}>
      <div className={styles.head}>
        <strong>{node}</strong>
        {id !== '' && <span className={styles.muted}>{id}</span>}
        <span className="mono">{placeText(instance)}</span>
        {tags.map((tag) => (
          <Badge key={tag} size="sm" variant="default" tt="none">
            {tag}
          </Badge>
        ))}
        <span className={styles.marks}>
          <Mark name="DNS" is={inDns} />
          {inHttp !== null && <Mark name="HTTP" is={inHttp} />}
        </span>
      </div>
      {reasonsOf(instance).map(({ text, of }) => (
        <p key={text} className={styles.reason}>
          <span className={styles.muted}>{t(`leftOut.${of}`)}</span> {say(text)}
        </p>
      ))}
    </li>
  );
}

function Mark({ name, is }: { readonly name: string; readonly is: boolean }) {
  const { t } = useTranslation('lookup');
  const Icon = is ? Check : X;
  return (
    <span className={styles.mark} data-is={is}>
      <Icon size={14} aria-hidden /> {name}
      <span className="visually-hidden">{t(is ? 'isIn' : 'isNotIn')}</span>
    </span>
  );
}

function Command({ command }: { readonly command: string }) {
  const { t } = useTranslation('lookup');
  const copy = (): void => {
    call('app:write-clipboard', command).then(() => tell(t('copied')), tellError);
  };
  return (
    <li>
      <code className="mono">{command}</code>
      <Tooltip label={t('copy')}>
        <ActionIcon variant="subtle" size="sm" aria-label={t('copy')} onClick={copy}>
          <Copy size={13} />
        </ActionIcon>
      </Tooltip>
    </li>
  );
}
