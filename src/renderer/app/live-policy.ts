/** When the window watches a cluster: once there is one to watch, and never by surprise. */
import { useDocument } from '../stores/document.js';
import { useLive } from '../stores/live.js';
import { useRun } from '../stores/run.js';

/** Watches the open document's cluster, as the document is now. */
export async function watch(): Promise<void> {
  const { text, model } = useDocument.getState();
  if (model.topology !== undefined) await useLive.getState().start(text);
}

/**
 * A run or a check that reached agents shows that there is a cluster: it is watched from then on. Opening a
 * file alone connects to nothing, because that could ask for passwords.
 */
export function startLivePolicy(): void {
  useRun.subscribe((state, before) => {
    if (state.phase === 'applying' && before.phase !== 'applying' && state.view?.plan.kind === 'apply')
      void watch();
    if (state.summary !== before.summary && state.summary !== null) {
      if (state.view?.plan.kind === 'destroy') {
        void useLive.getState().stop();
        useLive.getState().clear();
      } else void watch();
    }
    const looked = state.facts !== before.facts || state.view !== before.view;
    if (looked && !useLive.getState().watching && hasAgent(state.facts, state.view?.agents)) void watch();
  });
  useDocument.subscribe((state, before) => {
    // A cluster of other hosts or nodes is another one to watch; a moved card is not.
    const { topology } = state.model;
    if (!useLive.getState().watching || topology === undefined || topology === before.model.topology) return;
    clearTimeout(timer);
    timer = setTimeout(() => void watch(), 1500);
  });
}

let timer: ReturnType<typeof setTimeout> | undefined;

function hasAgent(facts: ReturnType<typeof useRun.getState>['facts'], planned: boolean | undefined): boolean {
  if (planned === true) return true;
  return facts !== null && Object.values(facts).some((fact) => fact.reachable && fact.agent !== undefined);
}
