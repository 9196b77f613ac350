/** Questions that connections ask: host keys, passwords. One is shown at a time, in order. */
import { create } from 'zustand';
import type { Answer, Question } from '../../shared/ipc/index.js';
import { call, listen } from '../lib/ipc.js';

interface QuestionStore {
  readonly queue: readonly Question[];
  answer(id: string, answer: Answer): Promise<void>;
}

export const useQuestions = create<QuestionStore>((set, get) => ({
  queue: [],
  answer: async (id, answer) => {
    set({ queue: get().queue.filter((q) => q.id !== id) });
    await call('question:answer', { id, answer });
  },
}));

export function listenToQuestions(): void {
  const { setState, getState } = useQuestions;
  listen('question', (question) => setState({ queue: [...getState().queue, question] }));
  listen('question:withdrawn', ({ id }) =>
    setState({ queue: getState().queue.filter((question) => question.id !== id) }),
  );
}
