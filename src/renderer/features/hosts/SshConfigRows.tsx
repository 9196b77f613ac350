import { Checkbox } from '@mantine/core';
import { type KeyboardEvent, type UIEvent, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useTranslation } from 'react-i18next';
import type { SshConfigHost } from '../../../shared/ipc/index.js';
import styles from './hosts.module.css';

const ROW = 34;
const SHOWN = 7;
/** Rows drawn beyond what is seen, so that scrolling never shows a gap. */
const SPARE = 6;

interface SshConfigRowsProps {
  readonly hosts: readonly SshConfigHost[];
  readonly present: ReadonlySet<string>;
  readonly chosen: ReadonlySet<string>;
  onToggle(alias: string): void;
}

/** Only the rows in sight are drawn: 1,500 entries stay quick. Arrow keys go from one to the next. */
export function SshConfigRows({ hosts, present, chosen, onToggle }: SshConfigRowsProps) {
  const { t } = useTranslation('hosts');
  const box = useRef<HTMLElement>(null);
  const [top, setTop] = useState(0);
  // A search that leaves fewer rows must not leave an empty window on them.
  const scrolled = Math.min(top, Math.max(0, hosts.length - SHOWN) * ROW);
  const first = Math.max(0, Math.floor(scrolled / ROW) - SPARE);
  const visible = hosts.slice(first, first + SHOWN + 2 * SPARE);
  const move = (event: KeyboardEvent<HTMLElement>): void => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: SHOWN, PageUp: -SHOWN }[event.key];
    const row = event.target instanceof HTMLElement ? event.target.closest('[data-index]') : null;
    if (step === undefined || row === null) return;
    event.preventDefault();
    const next = Math.min(hosts.length - 1, Math.max(0, Number(row.getAttribute('data-index')) + step));
    const list = box.current;
    if (list === null) return;
    list.scrollTop = Math.min(next * ROW, Math.max(list.scrollTop, (next + 1) * ROW - list.clientHeight));
    // The row may have to be drawn first, and the next key may come before the next frame.
    flushSync(() => setTop(list.scrollTop));
    list.querySelector<HTMLElement>(`[data-index="${next}"] input`)?.focus();
  };
  return (
    <section
      ref={box}
      className={styles.list}
      style={{ height: Math.min(SHOWN, Math.max(1, hosts.length)) * ROW + 2 }}
      onScroll={(event: UIEvent<HTMLElement>) => setTop(event.currentTarget.scrollTop)}
      onKeyDown={move}
      aria-label={t('sshHosts', { count: hosts.length })}
      data-testid="ssh-hosts"
    >
      {hosts.length === 0 && <p className={styles.nothing}>{t('nothingFound')}</p>}
      <div style={{ height: hosts.length * ROW, position: 'relative' }}>
        {visible.map((host, index) => (
          <Row
            key={host.alias}
            host={host}
            index={first + index}
            present={present.has(host.alias)}
            checked={chosen.has(host.alias)}
            onToggle={() => onToggle(host.alias)}
          />
        ))}
      </div>
    </section>
  );
}

interface RowProps {
  readonly host: SshConfigHost;
  readonly index: number;
  readonly present: boolean;
  readonly checked: boolean;
  onToggle(): void;
}

function Row({ host, index, present, checked, onToggle }: RowProps) {
  const { t } = useTranslation('hosts');
  const { alias, user, address, port, jump } = host;
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is Mantine's checkbox, inside
    <label
      className={styles.listRow}
      style={{ top: index * ROW, height: ROW }}
      data-index={index}
      data-present={present}
    >
      <Checkbox size="xs" checked={checked || present} disabled={present} onChange={onToggle} />
      <strong>{alias}</strong>
      <span className="mono">{`${user === undefined ? '' : `${user}@`}${address}${port === undefined ? '' : `:${port}`}`}</span>
      {jump !== undefined && <span className={styles.muted}>{t('via', { jump: jump.join(' → ') })}</span>}
      {present && <span className={styles.muted}>{t('present')}</span>}
    </label>
  );
}
