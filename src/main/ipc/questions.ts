/** Questions of connections, put to the person in the window: host keys and secrets. */
import { randomUUID } from 'node:crypto';
import type { Answer, Question } from '../../shared/ipc/index.js';
import type { ConnectorPrompts, SecretQuestion } from '../host/types.js';
import type { Outbox } from './gateway.js';

/** Secrets that the person allowed to be kept. */
export interface SecretKeeper {
  /** Whether this system can keep secrets beyond this run. */
  readonly durable: boolean;
  get(name: string): string | null;
  set(name: string, secret: string): void;
  forget(prefix?: string): void;
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

/** The name under which a host's secret is kept. */
export const secretName = (host: string, kind: SecretQuestion['kind']): string => `${host}/${kind}`;

export class Questions implements ConnectorPrompts {
  readonly #open = new Map<string, (answer: Answer) => void>();
  readonly #outbox: Outbox;
  readonly #keeper: SecretKeeper;
  /** Asked once in this run already: a kept secret that did not open the door is not tried for ever. */
  readonly #tried = new Set<string>();
  readonly #onSecret: (secret: string) => void;

  /** @param onSecret is told every secret, so that it can be kept out of logs */
  constructor(outbox: Outbox, keeper: SecretKeeper, onSecret: (secret: string) => void) {
    this.#outbox = outbox;
    this.#keeper = keeper;
    this.#onSecret = onSecret;
  }

  answer(id: string, answer: Answer): void {
    this.#open.get(id)?.(answer);
  }

  /** Every open question ends without an answer: the window that showed them is gone. */
  withdrawAll(): void {
    for (const settle of [...this.#open.values()]) settle(null);
  }

  forget(host?: string): void {
    this.#keeper.forget(host === undefined ? undefined : `${host}/`);
    this.#tried.clear();
  }

  async hostKey(question: Parameters<ConnectorPrompts['hostKey']>[0]): Promise<boolean> {
    const { host, address, port, keyType, fingerprint } = question;
    const answer = await this.#ask({ kind: 'host-key', host, address, port, keyType, fingerprint });
    return answer !== null && 'accept' in answer && answer.accept;
  }

  async secret(question: SecretQuestion): Promise<string | null> {
    const name = secretName(question.host, question.kind);
    const once = question.kind === 'answer';
    const kept = once || this.#tried.has(name) ? null : this.#keeper.get(name);
    if (!once) this.#tried.add(name);
    if (kept !== null) {
      this.#onSecret(kept);
      return kept;
    }
    const { host, kind: secret, prompt } = question;
    const answer = await this.#ask({
      kind: 'secret',
      host,
      secret,
      prompt,
      canKeep: !once && this.#keeper.durable,
    });
    if (answer === null || !('secret' in answer)) return null;
    this.#onSecret(answer.secret);
    if (answer.keep && !once && this.#keeper.durable) this.#keeper.set(name, answer.secret);
    return answer.secret;
  }

  /** The passphrase of a vault or of a recovery kit: never kept beyond this run. */
  async passphrase(
    of: Extract<Question, { kind: 'passphrase' }>['of'],
    path: string,
    wrong: boolean,
  ): Promise<string | null> {
    const answer = await this.#ask({ kind: 'passphrase', of, path, wrong });
    if (answer === null || !('secret' in answer)) return null;
    this.#onSecret(answer.secret);
    return answer.secret;
  }

  #ask(question: WithoutId<Question>): Promise<Answer> {
    const id = randomUUID();
    return new Promise((done) => {
      this.#open.set(id, (answer) => {
        this.#open.delete(id);
        this.#outbox.send('question:withdrawn', { id });
        done(answer);
      });
      this.#outbox.send('question', { ...question, id });
    });
  }
}
