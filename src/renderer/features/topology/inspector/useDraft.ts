import { useEffect, useState } from 'react';

interface DraftField {
  readonly value: string;
  onChange(value: string): void;
  onFocus(): void;
  onBlur(): void;
}

/**
 * What a person types, kept as typed while they are in the field: the document may write it otherwise or not at all
 * yet, and the caret must not jump. A change from elsewhere (undo, the YAML view) is taken over at once.
 *
 * @param normalise what the document makes of a draft, where that is not the draft itself
 */
export function useDraft(
  value: string,
  commit: (draft: string) => void,
  normalise: (draft: string) => string = (draft) => draft,
): DraftField {
  const [draft, setDraft] = useState<string | null>(null);
  useEffect(() => {
    setDraft((now) => (now === null || normalise(now) === value ? now : value));
  }, [value]);
  return {
    value: draft ?? value,
    onChange: (next) => {
      setDraft(next);
      commit(next);
    },
    onFocus: () => setDraft(value),
    onBlur: () => setDraft(null),
  };
}
