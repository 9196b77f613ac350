import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import { say } from './say.js';

/** {@link say} in the language of the window. */
export function useSay(): (text: string) => string {
  const { i18n } = useTranslation();
  return useCallback((text) => say(text, i18n.language), [i18n.language]);
}
