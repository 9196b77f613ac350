/** Short words that come and go: what was done, what went wrong outside any dialog. */
import { create } from 'zustand';
import { type ErrorEnvelope, toEnvelope } from '../../shared/errors.js';

export interface Toast {
  readonly id: number;
  readonly kind: 'done' | 'error';
  readonly text?: string;
  readonly error?: ErrorEnvelope;
}

let next = 1;
const SHOWN_MS = 5000;

export const useToasts = create<{ readonly toasts: readonly Toast[] }>(() => ({ toasts: [] }));

export function dismissToast(id: number): void {
  useToasts.setState((state) => ({ toasts: state.toasts.filter((toast) => toast.id !== id) }));
}

function add(toast: Omit<Toast, 'id'>): number {
  const id = next++;
  useToasts.setState((state) => ({ toasts: [...state.toasts.slice(-3), { ...toast, id }] }));
  return id;
}

/** Says that something was done; goes by itself. */
export function tell(text: string): void {
  const id = add({ kind: 'done', text });
  setTimeout(() => dismissToast(id), SHOWN_MS);
}

/** Says what went wrong; stays until it is dismissed. What the person cancelled is no error. */
export function tellError(error: unknown): void {
  const envelope = toEnvelope(error);
  if (envelope.code !== 'cancelled') add({ kind: 'error', error: envelope });
}
