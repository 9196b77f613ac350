import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';

/** The editor's own words, by what it calls them in English. */
export function usePhrases(): Record<string, string> {
  const { t } = useTranslation('findings');
  return useMemo(
    () => ({
      Find: t('editor.find'),
      Replace: t('editor.replace'),
      next: t('editor.next'),
      previous: t('editor.previous'),
      all: t('editor.all'),
      'match case': t('editor.matchCase'),
      'by word': t('editor.byWord'),
      regexp: t('editor.regexp'),
      replace: t('editor.replaceOne'),
      'replace all': t('editor.replaceAll'),
      close: t('editor.close'),
      'current match': t('editor.currentMatch'),
      'on line': t('editor.onLine'),
      'replaced match on line $': t('editor.replacedOne'),
      'replaced $ matches': t('editor.replacedMany'),
      'Go to line': t('editor.goToLine'),
      go: t('editor.go'),
      Diagnostics: t('editor.diagnostics'),
      'No diagnostics': t('editor.noDiagnostics'),
      'Selection deleted': t('editor.selectionDeleted'),
    }),
    [t],
  );
}
