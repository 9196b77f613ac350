import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Finding } from '../../../../shared/topology/index.js';
import { en } from '../../../i18n/en/index.js';
import { findingWords } from './finding-words.js';

/** What a finding says, in the person's language. */
export function useFindingText(): (finding: Finding) => string {
  const { t } = useTranslation('findings');
  return useCallback(
    (finding) => {
      const { key, values, suggestion } = findingWords(finding, en.findings.finding);
      const sentence = t(`finding.${key}`, values);
      return suggestion === undefined ? sentence : t('suggestion', { sentence, word: `“${suggestion}”` });
    },
    [t],
  );
}
