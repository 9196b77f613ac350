import { useTranslation } from 'react-i18next';
import { EmptyState } from '../../ui/parts/EmptyState.js';

export function ServicesView() {
  const { t } = useTranslation();
  return <EmptyState title={t('loading')} />;
}
