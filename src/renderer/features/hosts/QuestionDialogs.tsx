import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { useQuestions } from '../../stores/questions.js';
import { HostKeyDialog } from './HostKeyDialog.js';
import styles from './hosts.module.css';
import { PassphraseDialog } from './PassphraseDialog.js';
import { type Position, positionIn } from './position.js';
import { SecretDialog } from './SecretDialog.js';

/** The question that is next: one at a time, above everything else. */
export function QuestionDialogs() {
  const { t } = useTranslation('hosts');
  const { queue, answer } = useQuestions();
  const [question] = queue;
  const before = useRef<Position | null>(null);
  const position = positionIn(
    before.current,
    queue.map((entry) => entry.id),
  );
  before.current = position;
  if (question === undefined || position === null) return null;
  const more =
    position.all > 1 ? (
      <span className={styles.muted} data-testid="question-position">
        {t('position', { number: position.number, all: position.all })}
      </span>
    ) : null;
  // Each question is a dialog of its own: what was typed for one is never there for the next.
  return question.kind === 'host-key' ? (
    <HostKeyDialog
      key={question.id}
      question={question}
      more={more}
      onAnswer={(accept) => void answer(question.id, { accept })}
    />
  ) : question.kind === 'passphrase' ? (
    <PassphraseDialog
      key={question.id}
      question={question}
      onAnswer={(given) => void answer(question.id, given)}
    />
  ) : (
    <SecretDialog
      key={question.id}
      question={question}
      more={more}
      onAnswer={(given) => void answer(question.id, given)}
    />
  );
}
