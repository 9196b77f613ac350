import type { ReactNode } from 'react';
import styles from './parts.module.css';

interface EmptyStateProps {
  readonly icon?: ReactNode;
  readonly title: string;
  readonly text?: string;
  readonly children?: ReactNode;
}

/** A panel that has nothing to show says why, and what to do next. */
export function EmptyState({ icon, title, text, children }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      {icon !== undefined && <div className={styles.emptyIcon}>{icon}</div>}
      <h2 className={styles.emptyTitle}>{title}</h2>
      {text !== undefined && <p className={styles.emptyText}>{text}</p>}
      {children !== undefined && <div className={styles.emptyActions}>{children}</div>}
    </div>
  );
}
