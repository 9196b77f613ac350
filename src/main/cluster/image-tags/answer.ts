/** What asking a registry gives, whichever way it is asked, and what may be asked. */
import { RaftyardError } from '../../../shared/errors.js';

export interface RegistryAnswer {
  readonly status: number;
  /** By its name in lower case; several of one name are joined by commas. */
  header(name: string): string | undefined;
  readonly body: string;
}

/**
 * One GET, without following a redirect.
 * @throws RaftyardError image-unavailable (retryable) where there is no answer; cancelled
 */
export type Ask = (url: URL, headers: Readonly<Record<string, string>>) => Promise<RegistryAnswer>;

/** Of an answer: 10,000 tags of the longest names are less. */
export const MOST_BYTES = 2 * 1024 * 1024;

/** What is wrong may be so on this way only: another one is worth a try. */
export const noAnswer = (url: URL, reason: string, cause?: unknown): RaftyardError =>
  new RaftyardError('image-unavailable', `${url.host} gives no list: ${reason}`, { retryable: true, cause });

/** The registry itself has said so: it says the same on every way. */
export const refusedBy = (url: URL, reason: string): RaftyardError =>
  new RaftyardError('image-unavailable', `${url.host} gives no list: ${reason}`);

/** The engine takes 127.0.0.0/8 and localhost without TLS, and nothing else unless it is told to. */
export const isLoopback = (hostname: string): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
