import type { ReactNode } from 'react';
import styles from './settings.module.css';

interface RowProps {
  readonly label: string;
  readonly text?: string;
  readonly testid?: string;
  readonly children: ReactNode;
}

/** One setting: what it is, and the control. */
export function Row({ label, text, testid, children }: RowProps) {
  return (
    <div className={styles.row} data-testid={testid}>
      <div>
        <strong>{label}</strong>
        {text !== undefined && <p className={styles.muted}>{text}</p>}
      </div>
      {children}
    </div>
  );
}
