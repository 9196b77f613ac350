/** The one door between the window and the main process: who asks, what is asked, and how an error leaves. */
import { cleaned } from '../../shared/clean.js';
import { toEnvelope } from '../../shared/errors.js';
import {
  CHANNELS,
  type Channel,
  type Envelope,
  type EventName,
  type Events,
  type Request,
  type Response,
  requestSchemas,
} from '../../shared/ipc/index.js';

/** What of Electron's ipcMain is used. */
export interface IpcMainLike {
  handle(channel: string, listener: (event: SenderLike, ...args: unknown[]) => unknown): void;
}
export interface SenderLike {
  readonly senderFrame: { readonly url: string; readonly parent: unknown } | null;
}

export type Handler<C extends Channel> = (request: Request<C>) => Promise<Response<C>> | Response<C>;
export type Handlers = { readonly [C in Channel]?: Handler<C> };

/** Events to the window; nothing is sent to one that is gone. */
export interface Outbox {
  send<E extends EventName>(event: E, payload: Events[E]): void;
}

export interface GatewayOptions {
  readonly ipc: IpcMainLike;
  /** The only origin whose top frame may ask, e.g. `raftyard-app://app`. */
  readonly origin: string;
  readonly log: (level: 'warn' | 'error', text: string) => void;
}

const refused = (message: string): Envelope<never> => ({
  ok: false,
  error: { code: 'usage', message, retryable: false },
});

/** Whether a message comes from the page that we serve, not from a frame in it or another page. */
export function isOurs(sender: SenderLike, origin: string): boolean {
  const frame = sender.senderFrame;
  return (
    frame !== null && frame.parent === null && (frame.url === origin || frame.url.startsWith(`${origin}/`))
  );
}

/** What is shown or kept letter by letter: documents, values of KV, settings; and log lines, which the page reads itself. */
const EXACT = /^(?:document|kv|app|menu|logs|export):/;

/**
 * A value as the page may draw it: hosts say part of it, and neither control characters nor marks that reverse the
 * direction of text may make a person read something else than what is there.
 */
export function drawable<T>(channel: string, value: T): T {
  return EXACT.test(channel) ? value : cleaned(value);
}

/** Registers every channel of the contract; one without a handler answers that it is not there. */
export function openGateway(options: GatewayOptions, handlers: Handlers): void {
  for (const channel of CHANNELS) {
    options.ipc.handle(channel, (event, payload) => answer(options, handlers, channel, event, payload));
  }
}

async function answer<C extends Channel>(
  { origin, log }: GatewayOptions,
  handlers: Handlers,
  channel: C,
  event: SenderLike,
  payload: unknown,
): Promise<Envelope<Response<C>>> {
  if (!isOurs(event, origin)) {
    log('warn', `${channel}: refused, it does not come from our page`);
    return refused('this page may not ask');
  }
  const request = requestSchemas[channel].safeParse(payload);
  if (!request.success) {
    log('warn', `${channel}: refused, the request is not as the contract says`);
    return refused('the request is not as the contract says');
  }
  const handler = handlers[channel] as Handler<C> | undefined;
  if (handler === undefined) return refused(`${channel} is not available`);
  try {
    return { ok: true, value: drawable(channel, await handler(request.data as Request<C>)) };
  } catch (error) {
    const envelope = toEnvelope(error);
    if (envelope.code === 'internal')
      log('error', `${channel}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return { ok: false, error: cleaned(envelope) };
  }
}
