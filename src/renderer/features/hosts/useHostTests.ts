import { useCallback, useEffect, useRef, useState } from 'react';
import { toEnvelope } from '../../../shared/errors.js';
import type { HostInput, HostTest } from '../../../shared/ipc/index.js';
import type { HostFields } from '../../../shared/topology/index.js';
import { call, newTask } from '../../lib/ipc.js';
import { pooled } from './pool.js';
import { inputOf, jumpsOf } from './way.js';

export type TestState =
  | { readonly state: 'waiting' | 'running' }
  | { readonly state: 'done'; readonly result: HostTest };

/** As many hosts at once as a small uplink and one person's passwords can take. */
const AT_ONCE = 4;

interface HostTests {
  /** By {@link testKey}: a host that was edited since has no result. */
  readonly states: ReadonlyMap<string, TestState>;
  readonly running: boolean;
  start(hosts: readonly HostFields[], others: readonly HostInput[]): void;
  stop(): void;
}

/** The host as it was tested. */
export const testKey = (host: HostFields): string => JSON.stringify(inputOf(host));

/** Tries the way into several hosts, four at a time. Changes nothing there. */
export function useHostTests(): HostTests {
  const [states, setStates] = useState<ReadonlyMap<string, TestState>>(new Map());
  const [running, setRunning] = useState(false);
  const abort = useRef<AbortController | null>(null);
  const stop = useCallback(() => abort.current?.abort(), []);
  useEffect(() => stop, [stop]);
  const start = useCallback((hosts: readonly HostFields[], others: readonly HostInput[]) => {
    abort.current?.abort();
    const own = new AbortController();
    abort.current = own;
    const set = (host: HostFields, state: TestState): void => {
      if (abort.current === own) setStates((before) => new Map(before).set(testKey(host), state));
    };
    setStates(new Map(hosts.map((host) => [testKey(host), { state: 'waiting' }])));
    setRunning(true);
    const all = [...hosts.map(inputOf), ...others];
    void pooled(
      hosts,
      AT_ONCE,
      async (host) => {
        set(host, { state: 'running' });
        set(host, { state: 'done', result: await testOne(inputOf(host), all, own.signal) });
      },
      own.signal,
    ).finally(() => {
      if (abort.current !== own) return;
      setRunning(false);
      // What was not begun has no state any more.
      setStates((before) => new Map([...before].filter(([, { state }]) => state === 'done')));
    });
  }, []);
  return { states, running, start, stop };
}

async function testOne(host: HostInput, all: readonly HostInput[], signal: AbortSignal): Promise<HostTest> {
  const task = newTask('test');
  const cancel = (): void => void call('task:cancel', { task }).catch(() => undefined);
  signal.addEventListener('abort', cancel, { once: true });
  try {
    return await call('hosts:test', { task, host, others: jumpsOf(host, all) });
  } catch (error) {
    return { host: host.name, ok: false, error: toEnvelope(error, host.name) };
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}
