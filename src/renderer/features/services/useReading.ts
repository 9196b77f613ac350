import { useEffect, useState } from 'react';
import { type ErrorEnvelope, toEnvelope } from '../../../shared/errors.js';
import type { DatacenterReading } from '../../../shared/ipc/index.js';
import { call } from '../../lib/ipc.js';

/** A reading through another datacenter costs its servers more than the live view does. */
const AGAIN_MS = 3000;

export interface Reading {
  readonly reading: DatacenterReading | null;
  readonly error: ErrorEnvelope | null;
}

/** What an agent tells of another datacenter, read again while it is on the screen; nothing while `through` is null. */
export function useReading(datacenter: string, through: string | null): Reading {
  const [state, setState] = useState<Reading>({ reading: null, error: null });
  useEffect(() => {
    let gone = false;
    let timer: ReturnType<typeof setTimeout> | undefined;
    setState({ reading: null, error: null });
    if (through === null) return;
    const read = async (): Promise<void> => {
      try {
        const reading = await call('live:read', { datacenter, through });
        if (!gone) setState({ reading, error: null });
      } catch (error) {
        if (!gone) setState((before) => ({ ...before, error: toEnvelope(error) }));
      }
      if (!gone) timer = setTimeout(() => void read(), AGAIN_MS);
    };
    void read();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, [datacenter, through]);
  return state;
}
