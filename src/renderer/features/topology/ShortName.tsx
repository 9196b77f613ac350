import styles from './card.module.css';
import { halves } from './halves.js';

interface ShortNameProps {
  readonly name: string;
  readonly className?: string | undefined;
  /** Shown under the pointer; the whole name by default. */
  readonly title?: string;
}

/** A name on one line; what has no room is left out in its middle. The text itself stays whole, also for screen readers. */
export function ShortName({ name, className = '', title = name }: ShortNameProps) {
  const { head, tail } = halves(name);
  return (
    <span className={`${styles.shortName} ${className}`} title={title}>
      <span className={styles.nameHead}>{head}</span>
      <span className={styles.nameTail}>{tail}</span>
    </span>
  );
}
