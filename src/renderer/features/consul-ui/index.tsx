import { useTranslation } from 'react-i18next';
import { EmptyState } from '../../ui/parts/EmptyState.js';

export function ConsulUiView() {
  const { t } = useTranslation();
  return <EmptyState title={t('loading')} />;
}
