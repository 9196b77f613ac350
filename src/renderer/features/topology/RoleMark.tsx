import styles from './card.module.css';
import type { CardData } from './graph.js';

/** Shape tells the role: a rounded square with bars is a server, a ring is a client. */
export function RoleMark({ role }: { readonly role: CardData['role'] }) {
  return (
    <svg
      className={styles.roleMark}
      data-role={role}
      width="28"
      height="28"
      viewBox="0 0 28 28"
      aria-hidden="true"
    >
      {role === 'client' ? (
        <>
          <circle cx="14" cy="14" r="14" className={styles.markBack} />
          <circle cx="14" cy="14" r="5.2" fill="none" strokeWidth="2" className={styles.markLine} />
        </>
      ) : (
        <>
          <rect width="28" height="28" rx="7" className={styles.markBack} />
          <path
            d="M7 9.5h14M7 14h14M7 18.5h14"
            strokeWidth="2"
            strokeLinecap="round"
            className={styles.markLine}
          />
        </>
      )}
    </svg>
  );
}
