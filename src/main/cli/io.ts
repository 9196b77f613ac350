/** What the command line reads from and writes to: the process in earnest, anything else in tests. */

export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width in columns, where there is a terminal. */
  readonly columns: number;
}

export interface Io {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Whether a person can be asked. */
  readonly interactive: boolean;
  /** One line from the terminal; null at end of input. @throws RaftyardError cancelled on Ctrl-C */
  ask(question: string): Promise<string | null>;
  /** The same without echo. @throws RaftyardError cancelled on Ctrl-C */
  askHidden(question: string): Promise<string | null>;
  /** Called on Ctrl-C and on SIGTERM; returns how to stop listening. */
  onInterrupt(listener: () => void): () => void;
  /** Ends the process at once. */
  abandon(code: number): void;
}
