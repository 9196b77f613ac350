/** Work that takes time: named by the window, cancelled by name, its progress told at a pace that can be drawn. */
import { setMaxListeners } from 'node:events';
import { RaftyardError } from '../../shared/errors.js';
import type { ProgressEvent } from '../../shared/run/types.js';
import type { Outbox } from './gateway.js';

/** Progress values of one step are told at most this often; changes of state at once. */
const PACE_MS = 33;

export interface Note {
  readonly title: string;
  readonly detail?: string;
  /** 0 to 1, where it is known. */
  readonly progress?: number;
}

export class Tasks {
  readonly #running = new Map<string, AbortController>();
  readonly #outbox: Outbox;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
  }

  get running(): boolean {
    return this.#running.size > 0;
  }

  cancel(task: string): void {
    this.#running.get(task)?.abort(new RaftyardError('cancelled', 'cancelled'));
  }

  cancelAll(): void {
    for (const task of this.#running.keys()) this.cancel(task);
  }

  /**
   * Runs work under a name.
   *
   * @throws RaftyardError usage when the name is taken, cancelled when it was cancelled, else what the work throws
   */
  async run<T>(task: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (this.#running.has(task)) throw new RaftyardError('usage', `task ${task} is running already`);
    const controller = new AbortController();
    // Every request to every host listens to it: many at once are no leak.
    setMaxListeners(0, controller.signal);
    this.#running.set(task, controller);
    try {
      return await work(controller.signal);
    } catch (error) {
      throw controller.signal.aborted ? new RaftyardError('cancelled', 'cancelled', { cause: error }) : error;
    } finally {
      this.#running.delete(task);
    }
  }

  /** Tells how far work without steps is; what follows quickly under the same title is thinned out. */
  note(task: string): (note: Note) => void {
    let last = { title: '', at: 0 };
    return ({ title, detail, progress }) => {
      const now = Date.now();
      if (title === last.title && now - last.at < PACE_MS) return;
      last = { title, at: now };
      this.#outbox.send('task:note', {
        task,
        title,
        ...(detail === undefined ? {} : { detail }),
        ...(progress === undefined ? {} : { progress }),
      });
    };
  }

  /** Tells a task's progress to the window, values that follow each other quickly thinned out. */
  progress(task: string): (event: ProgressEvent) => void {
    const told = new Map<string, { readonly at: number; readonly state: string }>();
    return (event) => {
      if (event.type === 'step') {
        const last = told.get(event.step);
        const now = Date.now();
        if (event.state === 'running' && last?.state === 'running' && now - last.at < PACE_MS) return;
        told.set(event.step, { at: now, state: event.state });
      }
      // The plan and the summary are in the answer itself.
      if (event.type === 'step' || event.type === 'output')
        this.#outbox.send('task:progress', { task, event });
    };
  }
}
