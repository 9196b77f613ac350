/** What Consul itself says, as main tells it; and what happened since the window is open. */
import { create } from 'zustand';
import type { ErrorEnvelope } from '../../shared/errors.js';
import { toEnvelope } from '../../shared/errors.js';
import { type CheckHistory, NO_HISTORY, rememberChanges } from '../../shared/live/index.js';
import type { LiveEvent, LiveSnapshot } from '../../shared/live/types.js';
import { call, listen } from '../lib/ipc.js';

interface LiveStore {
  readonly watching: boolean;
  readonly snapshot: LiveSnapshot | null;
  /** Newest first, bounded. */
  readonly events: readonly LiveEvent[];
  /** How often checks of services changed, bounded. */
  readonly history: CheckHistory;
  readonly error: ErrorEnvelope | null;
  start(text: string): Promise<void>;
  stop(): Promise<void>;
  clear(): void;
}

const MAX_EVENTS = 500;

export const useLive = create<LiveStore>((set, get) => ({
  watching: false,
  snapshot: null,
  events: [],
  history: NO_HISTORY,
  error: null,
  start: async (text) => {
    set({ watching: true, error: null });
    try {
      await call('live:start', { text });
    } catch (error) {
      set({ watching: false, error: toEnvelope(error) });
    }
  },
  stop: async () => {
    if (!get().watching) return;
    set({ watching: false });
    await call('live:stop');
  },
  clear: () => set({ snapshot: null, events: [], history: NO_HISTORY, error: null }),
}));

export function listenToLive(): void {
  const { setState, getState } = useLive;
  listen('live:snapshot', (snapshot) => {
    const { history, snapshot: before } = getState();
    setState({ snapshot, error: null, history: rememberChanges(history, before, snapshot) });
  });
  listen('live:events', (events) =>
    setState({ events: [...[...events].reverse(), ...getState().events].slice(0, MAX_EVENTS) }),
  );
  listen('live:failed', (error) => setState({ error }));
}
