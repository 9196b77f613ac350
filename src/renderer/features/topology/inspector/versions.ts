/** What registries have said of their versions in this session; asked when a person opens the list, never before. */
import { create } from 'zustand';
import { type ErrorEnvelope, toEnvelope } from '../../../../shared/errors.js';
import type { Response } from '../../../../shared/ipc/index.js';
import { call, newTask } from '../../../lib/ipc.js';

export type Versions =
  | { readonly state: 'asking'; readonly task: string }
  | ({ readonly state: 'listed' } & Response<'cluster:versions'>)
  | { readonly state: 'failed'; readonly error: ErrorEnvelope };

interface VersionsStore {
  /** By place (offers.ts). */
  readonly of: Readonly<Record<string, Versions>>;
  /**
   * Once for each place, unless `thorough`: then again, with a question for the password, and through hosts.
   * @param text the document
   */
  ask(place: string, text: string, thorough?: boolean): Promise<void>;
  cancel(place: string): void;
}

export const useVersions = create<VersionsStore>((set, get) => ({
  of: {},
  ask: async (place, text, thorough = false) => {
    const before = get().of[place];
    if (before?.state === 'asking' || (before !== undefined && !thorough)) return;
    const task = newTask('versions');
    const put = (versions: Versions | undefined): void =>
      set(({ of: { [place]: _, ...others } }) => ({
        of: versions === undefined ? others : { ...others, [place]: versions },
      }));
    put({ state: 'asking', task });
    try {
      put({
        state: 'listed',
        ...(await call('cluster:versions', { task, text, ...(thorough ? { thorough } : {}) })),
      });
    } catch (cause) {
      const error = toEnvelope(cause);
      put(error.code === 'cancelled' ? before : { state: 'failed', error });
    }
  },
  cancel: (place) => {
    const now = get().of[place];
    if (now?.state === 'asking') void call('task:cancel', { task: now.task }).catch(() => undefined);
  },
}));
