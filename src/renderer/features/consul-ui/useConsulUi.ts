import { useCallback, useEffect, useState } from 'react';
import { type ErrorEnvelope, toEnvelope } from '../../../shared/errors.js';
import type { Bounds, ConsulUiState } from '../../../shared/ipc/index.js';
import { call, listen } from '../../lib/ipc.js';
import { useDocument } from '../../stores/document.js';
import { useQuestions } from '../../stores/questions.js';
import { useUi } from '../../stores/ui.js';

function boundsOf(element: HTMLElement): Bounds {
  const { x, y, width, height } = element.getBoundingClientRect();
  return { x, y, width, height };
}

interface ConsulUi {
  /** Ref of the element that the native view covers. */
  readonly place: (element: HTMLElement | null) => void;
  readonly state: ConsulUiState | null;
  readonly error: ErrorEnvelope | null;
  retry(): void;
}

/**
 * Keeps the native view over an element for as long as it is on the screen. Native views paint above the
 * page: while a dialog or a question is open, the view is hidden.
 *
 * @param wanted `datacenter/node`, or null for any server that answers
 */
export function useConsulUi(enabled: boolean, wanted: string | null): ConsulUi {
  const [element, place] = useState<HTMLElement | null>(null);
  const [state, setState] = useState<ConsulUiState | null>(null);
  const [error, setError] = useState<ErrorEnvelope | null>(null);
  const [round, setRound] = useState(0);
  const dialog = useUi((ui) => ui.dialog !== null);
  const asked = useQuestions((questions) => questions.queue.length > 0);
  const covered = dialog || asked;
  useEffect(() => listen('consul-ui:state', setState), []);
  useEffect(() => {
    // `round` asks again after an error.
    if (element === null || !enabled || covered || round < 0) return;
    const [datacenter, node] = wanted?.split('/') ?? [];
    let gone = false;
    setError(null);
    call('consul-ui:show', {
      text: useDocument.getState().text,
      bounds: boundsOf(element),
      ...(datacenter === undefined || node === undefined ? {} : { datacenter, node }),
    }).then(
      (shown) => {
        if (!gone) setState(shown);
      },
      (cause) => {
        if (!gone) setError(toEnvelope(cause));
      },
    );
    const observer = new ResizeObserver(() => void call('consul-ui:bounds', { bounds: boundsOf(element) }));
    observer.observe(element);
    return () => {
      gone = true;
      observer.disconnect();
      void call('consul-ui:hide');
    };
  }, [element, enabled, covered, wanted, round]);
  const retry = useCallback(() => setRound((n) => n + 1), []);
  return { place, state, error: error ?? state?.error ?? null, retry };
}
