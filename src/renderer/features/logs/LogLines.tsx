import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { levelOf, type NumberedLine } from './lines.js';
import styles from './logs.module.css';

interface LogLinesProps {
  readonly lines: readonly NumberedLine[];
  readonly words: string;
  readonly wrap: boolean;
  readonly follow: boolean;
  readonly empty: string;
}

/** More at once than anyone scrolls through, and few enough to draw at every new line. */
const SHOWN = 1500;
const NEAR_END_PX = 40;

/** The newest lines; sticks to the end until the person scrolls up. */
export function LogLines({ lines, words, wrap, follow, empty }: LogLinesProps) {
  const { t } = useTranslation('logs');
  const box = useRef<HTMLElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const last = lines.at(-1)?.number;
  useEffect(() => {
    if (follow && atEnd && last !== undefined) box.current?.scrollTo({ top: box.current.scrollHeight });
  }, [last, follow, atEnd]);
  return (
    <section
      ref={box}
      className={styles.lines}
      data-wrap={wrap}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
      tabIndex={0}
      aria-label={t('lines')}
      data-testid="log-lines"
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) =>
        setAtEnd(scrollHeight - scrollTop - clientHeight < NEAR_END_PX)
      }
    >
      {lines.length === 0 && <p className={styles.muted}>{empty}</p>}
      {lines.slice(-SHOWN).map((line) => (
        <div key={line.number} className={styles.line} data-level={levelOf(line.text)}>
          <Marked text={line.text} words={words} />
        </div>
      ))}
    </section>
  );
}

/** A line with the searched words marked. */
function Marked({ text, words }: { readonly text: string; readonly words: string }) {
  const wanted = words.split(/\s+/).filter((word) => word !== '');
  if (wanted.length === 0) return text;
  const pattern = new RegExp(
    `(${wanted.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|')})`,
    'gi',
  );
  let at = 0;
  return text.split(pattern).map((part, index) => {
    const start = at;
    at += part.length;
    return index % 2 === 1 ? <mark key={start}>{part}</mark> : part;
  });
}
