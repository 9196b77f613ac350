/** Where the person has moved and zoomed the canvas to: still there when they come back from another view. */
import type { Viewport } from '@xyflow/react';

let remembered: { readonly key: string; readonly viewport: Viewport } | null = null;

export function rememberViewport(key: string | null, viewport: Viewport): void {
  if (key !== null) remembered = { key, viewport };
}

/** null: this document was not on the canvas right before, and is shown whole. */
export const viewportOf = (key: string | null): Viewport | null =>
  remembered !== null && remembered.key === key ? remembered.viewport : null;
