/** Types for tests in TypeScript; the code and its explanations are in electron.mjs. */
export interface ElectronRuntime {
  readonly executable: string;
  readonly dist: string;
  readonly version: string | undefined;
  readonly source: 'environment' | 'electron package' | 'npm';
}
export function electronRuntime(options?: { forTests?: boolean }): Promise<ElectronRuntime>;
export function findElectron(options?: { forTests?: boolean }): Promise<string>;
export function executableIn(dist: string, platform?: NodeJS.Platform): string;
