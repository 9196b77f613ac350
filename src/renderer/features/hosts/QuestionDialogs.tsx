import { Badge } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useQuestions } from '../../stores/questions.js';
import { HostKeyDialog } from './HostKeyDialog.js';
import { SecretDialog } from './SecretDialog.js';

/** The question that is next: one at a time, above everything else. */
export function QuestionDialogs() {
  const { t } = useTranslation('hosts');
  const { queue, answer } = useQuestions();
  const [question] = queue;
  if (question === undefined) return null;
  const more =
    queue.length > 1 ? <Badge variant="light">{t('questions', { count: queue.length })}</Badge> : null;
  // Each question is a dialog of its own: what was typed for one is never there for the next.
  return question.kind === 'host-key' ? (
    <HostKeyDialog
      key={question.id}
      question={question}
      more={more}
      onAnswer={(accept) => void answer(question.id, { accept })}
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
