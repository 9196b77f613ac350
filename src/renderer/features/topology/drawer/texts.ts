import { useTranslation } from 'react-i18next';
import type { Finding } from '../../../../shared/topology/index.js';

/** A finding in the person's language: the domain's own English words, or a Chinese sentence for its code. */
export function useFindingText(): (finding: Finding) => string {
  const { t, i18n } = useTranslation('findings');
  return ({ code, message }) => {
    if (i18n.language === 'en') return message;
    const key = `code.${code}` as 'code.empty';
    return i18n.exists(key, { ns: 'findings' }) ? t(key) : message;
  };
}
