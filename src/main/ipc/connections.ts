/** Connections to hosts, shared by everything that the window asks for one document. */
import { join } from 'node:path';
import { digestOf } from '../../shared/digest.js';
import type { Host } from '../../shared/topology/types.js';
import type { UseCaseContext } from '../cluster/index.js';
import { createConnector } from '../host/index.js';
import type { ConnectorPrompts, HostConnector } from '../host/types.js';
import { holder } from '../store/holder.js';
import { raftyardHome } from '../store/paths.js';

interface Shared {
  readonly key: string;
  readonly connector: HostConnector;
  users: number;
}

/** One connector for each set of hosts that is in use; the last one stays for whoever comes next. */
export class Connections {
  readonly #prompts: ConnectorPrompts;
  readonly #shared = new Map<string, Shared>();
  #latest: string | null = null;

  constructor(prompts: ConnectorPrompts) {
    this.#prompts = prompts;
  }

  /** Holds the connector of these hosts until `release`. */
  hold(hosts: readonly Host[]): { readonly connector: HostConnector; release(): void } {
    const key = digestOf(hosts);
    const shared = this.#shared.get(key) ?? {
      key,
      connector: createConnector({ prompts: this.#prompts, hosts }),
      users: 0,
    };
    this.#shared.set(key, shared);
    shared.users += 1;
    this.#latest = key;
    this.#sweep();
    let released = false;
    return {
      connector: shared.connector,
      release: () => {
        if (released) return;
        released = true;
        shared.users -= 1;
        this.#sweep();
      },
    };
  }

  async use<T>(
    hosts: readonly Host[],
    signal: AbortSignal | undefined,
    work: (context: UseCaseContext) => Promise<T>,
  ): Promise<T> {
    const { connector, release } = this.hold(hosts);
    try {
      return await work({
        connector,
        journalDir: join(raftyardHome(), 'journal'),
        holder: holder(),
        ...(signal === undefined ? {} : { signal }),
      });
    } finally {
      release();
    }
  }

  /** Ends every connection: at the end of the app, and when secrets are to be asked for anew. */
  async close(): Promise<void> {
    const all = [...this.#shared.values()];
    this.#shared.clear();
    this.#latest = null;
    await Promise.allSettled(all.map(({ connector }) => connector.close()));
  }

  #sweep(): void {
    for (const [key, { users, connector }] of this.#shared) {
      if (users > 0 || key === this.#latest) continue;
      this.#shared.delete(key);
      void connector.close();
    }
  }
}
