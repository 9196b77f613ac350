import { useCallback, useEffect, useRef, useState } from 'react';
import { type ErrorEnvelope, toEnvelope } from '../../../shared/errors.js';
import { call, listen, newTask } from '../../lib/ipc.js';
import { appendLines, type NumberedLine } from './lines.js';

const TAIL = 500;

interface Logs {
  readonly lines: readonly NumberedLine[];
  readonly paused: boolean;
  /** Lines that came while paused. */
  readonly held: number;
  readonly ended: boolean;
  readonly error: ErrorEnvelope | null;
  pause(on: boolean): void;
  clear(): void;
  again(): void;
}

/**
 * Follows a node's log for as long as it is on the screen.
 *
 * @param node `datacenter/node`
 */
export function useLogs(node: string | null): Logs {
  const [all, setAll] = useState<readonly NumberedLine[]>([]);
  const [stopped, setStopped] = useState<readonly NumberedLine[] | null>(null);
  const [ended, setEnded] = useState(false);
  const [error, setError] = useState<ErrorEnvelope | null>(null);
  const [round, setRound] = useState(0);
  const latest = useRef(all);
  latest.current = all;
  useEffect(() => {
    if (node === null || round < 0) return;
    const [datacenter = '', name = ''] = node.split('/');
    const stream = newTask('logs');
    setAll([]);
    setStopped(null);
    setEnded(false);
    setError(null);
    const stopLines = listen('logs:lines', (told) => {
      if (told.stream === stream) setAll((before) => appendLines(before, told.lines));
    });
    const stopEnd = listen('logs:ended', (told) => {
      if (told.stream !== stream) return;
      setEnded(true);
      if (told.error !== undefined) setError(told.error);
    });
    call('logs:start', { stream, datacenter, node: name, tail: TAIL }).catch((cause: unknown) =>
      setError(toEnvelope(cause)),
    );
    return () => {
      stopLines();
      stopEnd();
      void call('logs:stop', { stream });
    };
  }, [node, round]);
  const pause = useCallback((on: boolean) => setStopped(on ? latest.current : null), []);
  const clear = useCallback(() => {
    setAll([]);
    setStopped((before) => (before === null ? null : []));
  }, []);
  const again = useCallback(() => setRound((n) => n + 1), []);
  const held = stopped === null ? 0 : (all.at(-1)?.number ?? 0) - (stopped.at(-1)?.number ?? 0);
  return { lines: stopped ?? all, paused: stopped !== null, held, ended, error, pause, clear, again };
}
