/** One run of one command: its screens, its questions, its interruption. */
import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { RaftyardError, toEnvelope } from '../../shared/errors.js';
import type { Host } from '../../shared/topology/types.js';
import type { ProgressEvent, UseCaseContext } from '../cluster/types.js';
import type { ConnectorPrompts, HostConnector } from '../host/types.js';
import { holder } from '../store/holder.js';
import { raftyardHome } from '../store/paths.js';
import { InvalidTopology } from './documents.js';
import { EXIT, exitCodeOf } from './exit.js';
import type { Io } from './io.js';
import { clean, toJson } from './print/clean.js';
import { findingLine } from './print/findings.js';
import { Screen } from './print/screen.js';
import { type Style, styleFor } from './print/style.js';
import type { Services } from './services.js';

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly color?: boolean;
  readonly acceptNewHostKeys?: boolean;
}

export class App {
  readonly json: boolean;
  /** The result. */
  readonly out: Screen;
  /** Everything else: questions, progress, errors. */
  readonly err: Screen;
  readonly style: Style;
  readonly errStyle: Style;
  readonly #abort = new AbortController();
  #questions: Promise<unknown> = Promise.resolve();

  constructor(
    readonly io: Io,
    readonly services: Services,
    readonly options: CommonOptions,
  ) {
    // Every request to every host listens to it: many at once are no leak.
    setMaxListeners(0, this.signal);
    const wanted = options.color !== false;
    const dumb = io.env['TERM'] === 'dumb';
    this.json = options.json === true;
    this.out = new Screen(io.stdout, false);
    this.err = new Screen(io.stderr, io.stderr.isTTY && !dumb);
    this.style = styleFor(io.stdout, io.env, wanted);
    this.errStyle = styleFor(io.stderr, io.env, wanted);
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  interrupt(): void {
    this.#abort.abort(new RaftyardError('cancelled', 'cancelled'));
  }

  /** Writes a JSON result to standard output. */
  result(value: unknown): void {
    this.io.stdout.write(`${toJson(value, 2)}\n`);
  }

  /** Writes one JSON event a line. */
  event(value: unknown): void {
    this.io.stdout.write(`${toJson(value)}\n`);
  }

  /** A line for people only: on standard error where standard output holds JSON. */
  tell(text: string): void {
    if (!this.json) this.err.line(text);
  }

  /** Refuses early what would need an answer that nobody can give. @throws RaftyardError usage */
  needAnswer(yes: boolean | undefined, what: string): void {
    if (yes === true || this.io.interactive) return;
    throw new RaftyardError('usage', `${what} asks before it changes anything, and there is no terminal`, {
      hint: 'Give --yes to agree beforehand.',
    });
  }

  async confirm(question: string): Promise<boolean> {
    const answer = await this.#one(() => this.io.ask(`${question} [y/N] `));
    return answer !== null && /^(y|yes|是)$/i.test(answer.trim());
  }

  /** A secret from the terminal, without echo; null where nothing was given. */
  askSecret(question: string): Promise<string | null> {
    return this.#one(() => this.io.askHidden(question));
  }

  /** Questions of hosts that are connected in parallel come one after the other. */
  #one<T>(ask: () => Promise<T>): Promise<T> {
    const turn = this.#questions.then(async () => {
      this.signal.throwIfAborted();
      try {
        return await this.err.aside(ask);
      } catch (error) {
        // Ctrl-C at a question ends the command, not only the connection that asked.
        this.interrupt();
        throw error;
      }
    });
    this.#questions = turn.catch(() => undefined);
    return turn;
  }

  get prompts(): ConnectorPrompts {
    return {
      hostKey: async (question) => {
        if (this.options.acceptNewHostKeys === true) return true;
        if (!this.io.interactive) return false;
        return await this.#one(async () => {
          const where = clean(`${question.host} (${question.address} port ${question.port})`);
          this.io.stderr.write(
            `The host key of ${where} is not known yet:\n  ${clean(question.keyType)} ${clean(question.fingerprint)}\n`,
          );
          const answer = await this.io.ask('Trust it and remember it? [y/N] ');
          return answer !== null && /^(y|yes|是)$/i.test(answer.trim());
        });
      },
      secret: async (question) => {
        if (!this.io.interactive) return null;
        return await this.#one(() =>
          this.io.askHidden(`${clean(question.host)}: ${clean(question.prompt)}: `),
        );
      },
    };
  }

  /** Runs work with connections to hosts, and ends them whatever happens. */
  async withHosts<T>(
    hosts: readonly Host[],
    onEvent: ((event: ProgressEvent) => void) | undefined,
    work: (context: UseCaseContext) => Promise<T>,
  ): Promise<T> {
    const { createConnector } = await this.services.cluster();
    const connector: HostConnector = createConnector({ prompts: this.prompts, hosts });
    try {
      return await work({
        connector,
        signal: this.signal,
        journalDir: join(raftyardHome(), 'journal'),
        holder: holder(),
        ...(onEvent === undefined ? {} : { onEvent }),
      });
    } finally {
      await connector.close();
    }
  }

  /** Tells an error, for people and in JSON, and gives its exit code. Never a stack, unless RAFTYARD_DEBUG=1. */
  fail(error: unknown): number {
    const stopped = this.signal.aborted;
    const envelope = stopped ? new RaftyardError('cancelled', 'cancelled').toEnvelope() : toEnvelope(error);
    if (error instanceof InvalidTopology && !stopped)
      for (const finding of error.findings) this.err.line(findingLine(error.file, finding, this.errStyle));
    if (this.json) this.event({ type: 'error', error: envelope });
    const host = envelope.host === undefined ? '' : ` (${envelope.host})`;
    const hint = envelope.hint === undefined ? '' : ` — ${envelope.hint}`;
    this.err.line(`${this.errStyle('red', 'error:')} ${clean(`${envelope.message}${host}${hint}`)}`);
    if (this.io.env['RAFTYARD_DEBUG'] === '1' && error instanceof Error) this.err.foreign(error.stack ?? '');
    return exitCodeOf(envelope.code);
  }
}

/** Runs a command to its exit code, whatever it throws; the first Ctrl-C cancels, the second ends at once. */
export async function perform(app: App, work: (app: App) => Promise<number>): Promise<number> {
  let times = 0;
  const stop = app.io.onInterrupt(() => {
    times += 1;
    if (times > 1) app.io.abandon(EXIT.cancelled);
    app.err.line('Cancelling. Ctrl-C again stops at once.');
    app.interrupt();
  });
  try {
    return await work(app);
  } catch (error) {
    return app.fail(error);
  } finally {
    app.err.setLive([]);
    stop();
  }
}
