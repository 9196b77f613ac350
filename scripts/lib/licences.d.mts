/** Types for tests in TypeScript; the code and its explanations are in licences.mjs. */
export const ACCEPTED: ReadonlySet<string>;
export function shippedPackages(
  root: string,
): { readonly name: string; readonly version: string; readonly licence: string }[];
export function licencesPage(root: string): string;
