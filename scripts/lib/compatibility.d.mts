/** Types for tests in TypeScript; the code and its explanations are in compatibility.mjs. */
export interface Story {
  readonly name: string;
  readonly about: string;
  readonly extra: boolean;
  readonly second: boolean;
}
export interface StoryResult {
  readonly passed: boolean;
  readonly date: string;
  readonly commit: string;
  readonly took: number;
  readonly failure?: string;
}
export type Results = Readonly<Record<string, Readonly<Record<string, StoryResult>>>>;
export const STORIES: readonly Story[];
export const RELEASES: readonly string[];
export function keyOf(story: Story, to?: string): string;
export function storiesToRun(
  results: Readonly<Record<string, StoryResult>>,
  options: { readonly commit: string; readonly to?: string; readonly wanted?: readonly string[] },
): readonly Story[];
export function compatibilityPage(all: Results): string;
