import { useEffect, useState } from 'react';
import { type ErrorEnvelope, toEnvelope } from '../../../shared/errors.js';
import type { KvListing, KvValue } from '../../../shared/ipc/index.js';
import { call } from '../../lib/ipc.js';

/** Keys change under our eyes: a folder that is looked at is read again this often. */
const AGAIN_MS = 3000;

interface Kv {
  readonly listing: KvListing | null;
  readonly value: KvValue | null;
  readonly error: ErrorEnvelope | null;
  readonly loading: boolean;
}

/** What is in a folder, and the value of the chosen key, kept fresh while they are on the screen. */
export function useKv(
  { datacenter, through }: { readonly datacenter: string; readonly through: string | null },
  prefix: string,
  key: string | null,
): Kv {
  const [state, setState] = useState<Kv>({ listing: null, value: null, error: null, loading: true });
  useEffect(() => {
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    setState((before) => ({ ...before, value: null, loading: true }));
    const from = { datacenter, ...(through === null ? {} : { through }) };
    const read = async (): Promise<void> => {
      try {
        const listing = await call('kv:list', { ...from, prefix });
        const value = key === null ? null : await call('kv:value', { ...from, key });
        if (!gone) setState({ listing, value, error: null, loading: false });
      } catch (error) {
        if (!gone) setState((before) => ({ ...before, error: toEnvelope(error), loading: false }));
      }
      if (!gone) timer = setTimeout(() => void read(), AGAIN_MS);
    };
    void read();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [datacenter, through, prefix, key]);
  return state;
}
