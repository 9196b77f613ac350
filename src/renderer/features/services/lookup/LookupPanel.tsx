import { Button, TextInput } from '@mantine/core';
import { SearchCheck } from 'lucide-react';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type ErrorEnvelope, toEnvelope } from '../../../../shared/errors.js';
import {
  type LiveSnapshot,
  type LookupResult,
  NAME_PROBLEMS,
  parseLookup,
} from '../../../../shared/live/index.js';
import { call, newTask } from '../../../lib/ipc.js';
import { useSay } from '../../../lib/useSay.js';
import { EmptyState } from '../../../ui/parts/EmptyState.js';
import { ErrorNote } from '../../../ui/parts/ErrorNote.js';
import { agentOf, usePlace } from '../place.js';
import { Answer } from './Answer.js';
import styles from './lookup.module.css';

interface State {
  readonly result: LookupResult | null;
  readonly error: ErrorEnvelope | null;
  readonly busy: boolean;
}

/** Kept while other tabs are looked at. */
let lastName = '';

/** Who answers for a name right now, and why not another. */
export function LookupPanel({ snapshot }: { readonly snapshot: LiveSnapshot }) {
  const { t } = useTranslation('lookup');
  const say = useSay();
  const { datacenter, agent } = usePlace();
  const asked = agentOf(snapshot, agent)?.node ?? null;
  const about = datacenter === '' ? snapshot.datacenters[0]?.name : datacenter;
  const [name, setName] = useState(lastName);
  const [state, setState] = useState<State>({ result: null, error: null, busy: false });
  const problem = name.trim() === '' ? undefined : parseLookup(name).problem;
  const wrong = problem !== undefined && problem !== 'no-kind';
  useEffect(() => {
    lastName = name;
  }, [name]);
  const task = useRef<string | null>(null);
  const cancel = (): void => {
    if (task.current !== null) void call('task:cancel', { task: task.current }).catch(() => undefined);
  };
  // Whoever leaves does not wait for the answer.
  useEffect(() => cancel, []);
  const go = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (name.trim() === '' || wrong || state.busy) return;
    setState((before) => ({ ...before, busy: true, error: null }));
    task.current = newTask('look-up');
    try {
      const result = await call('live:look-up', {
        task: task.current,
        name,
        ...(asked === null ? {} : { node: asked }),
        ...(about === undefined ? {} : { about }),
      });
      setState({ result, error: null, busy: false });
    } catch (error) {
      const envelope = toEnvelope(error);
      // What was found before stays where the person did not want to wait.
      if (envelope.code === 'cancelled') setState((before) => ({ ...before, busy: false }));
      else setState({ result: null, error: envelope, busy: false });
    } finally {
      task.current = null;
    }
  };
  return (
    <section className={styles.panel} aria-label={t('lookUp')}>
      <form className={styles.form} onSubmit={(event) => void go(event)}>
        <TextInput
          className={styles.name}
          aria-label={t('name')}
          placeholder={t('namePlaceholder')}
          value={name}
          spellCheck={false}
          autoFocus
          error={wrong && problem !== undefined ? say(NAME_PROBLEMS[problem]) : undefined}
          onChange={(event) => setName(event.currentTarget.value)}
          data-testid="lookup-name"
        />
        <Button
          type="submit"
          loading={state.busy}
          disabled={name.trim() === '' || wrong}
          data-testid="lookup-go"
        >
          {t('go')}
        </Button>
        {state.busy && (
          <Button variant="default" onClick={cancel} data-testid="lookup-cancel">
            {t('cancel')}
          </Button>
        )}
      </form>
      <p className={styles.asking} role="status">
        {state.busy &&
          (asked === null ? t('askingAny', { datacenter: about ?? '' }) : t('askingAgent', { node: asked }))}
      </p>
      {state.error !== null && <ErrorNote error={state.error} />}
      {state.result === null ? (
        state.error === null && (
          <EmptyState icon={<SearchCheck size={26} />} title={t('emptyTitle')} text={t('emptyText')} />
        )
      ) : (
        <Answer result={state.result} />
      )}
    </section>
  );
}
