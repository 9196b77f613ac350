/** What came from hosts or documents must not steer the terminal that shows it. */
export { clean, cleaned } from '../../../shared/clean.js';

/** JSON in which nothing is left that a terminal would act on. */
export function toJson(value: unknown, indent?: number): string {
  const escaped = (character: string): string =>
    `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return (JSON.stringify(value, null, indent) ?? 'null').replace(
    /[\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/g,
    escaped,
  );
}
