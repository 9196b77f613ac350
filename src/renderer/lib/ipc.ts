/** The window's one way to the main process. */
import { type ErrorEnvelope, RaftyardError } from '../../shared/errors.js';
import type {
  Channel,
  EventName,
  Events,
  RaftyardBridge,
  Request,
  Response,
} from '../../shared/ipc/index.js';

declare global {
  interface Window {
    readonly raftyard: RaftyardBridge;
  }
}

/** An error of the main process, as an error of this side, with everything that its envelope says. */
export function fromEnvelope(error: ErrorEnvelope): RaftyardError {
  return new RaftyardError(error.code, error.message, {
    host: error.host,
    hint: error.hint,
    retryable: error.retryable,
  });
}

type Arguments<C extends Channel> = Request<C> extends undefined ? [] : [request: Request<C>];

/**
 * Asks the main process.
 *
 * @throws RaftyardError with the code that main gave
 */
export async function call<C extends Channel>(channel: C, ...request: Arguments<C>): Promise<Response<C>> {
  const answer = await window.raftyard.invoke(channel, request[0] as Request<C>);
  if (!answer.ok) throw fromEnvelope(answer.error);
  return answer.value;
}

/** Subscribes to an event; returns the function that ends the subscription. */
export function listen<E extends EventName>(event: E, listener: (payload: Events[E]) => void): () => void {
  return window.raftyard.on(event, listener);
}

/** Name of a task, stream or draft that is unique in this run. */
export function newTask(prefix: string): string {
  return `${prefix}-${crypto.randomUUID()}`;
}
