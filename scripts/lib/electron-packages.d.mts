/** Types for tests in TypeScript; the code and its explanations are in electron-packages.mjs. */
export const electronPackages: string[];
export const displayPackages: string[];
export const fontPackages: string[];
export function missingPackages(wanted: string[]): string[];
export function installElectronPackages(extra?: { display?: boolean; fonts?: boolean }): Promise<void>;
