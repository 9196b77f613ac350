/** Types for tests in TypeScript; the code and its explanations are in display.mjs. */
export interface Display {
  /** To be added to a program's environment. */
  readonly env: Record<string, string>;
  /** Whether an Xvfb was started for it. */
  readonly own: boolean;
  stop(): Promise<void>;
}
export function hasDisplay(env?: NodeJS.ProcessEnv): boolean;
export function display(): Promise<Display>;
