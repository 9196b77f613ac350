import { CloseButton, TextInput } from '@mantine/core';
import { useReactFlow } from '@xyflow/react';
import { Search as SearchIcon } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDocument } from '../../stores/document.js';
import { useUi } from '../../stores/ui.js';
import { currentAreas, idOf } from './canvas-doc.js';
import { useCanvas } from './canvas-store.js';
import { type Found, find } from './find.js';
import styles from './topology.module.css';

/** Finds nodes and hosts by name and address, and brings them into the middle. */
export function Search() {
  const open = useCanvas((state) => state.searching);
  return open ? <SearchBox /> : null;
}

const optionId = (index: number): string => `found-${index}`;

function SearchBox() {
  const { t } = useTranslation('topology');
  const draft = useDocument((state) => state.shown.draft);
  const flow = useReactFlow();
  const [words, setWords] = useState('');
  const [active, setActive] = useState(0);
  const found = find(draft, words);
  const close = (): void => useCanvas.setState({ searching: false });
  const go = (item: Found | undefined): void => {
    if (item === undefined) return;
    close();
    show(item, (id) => {
      // As if the person had gone there: it stays in sight when the window changes.
      useCanvas.setState({ moved: true });
      void flow.fitView({ nodes: [{ id }], maxZoom: 1, padding: 1.2, duration: 180 });
    });
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') close();
    else if (event.key === 'Enter') go(found[active]);
    else if (event.key === 'ArrowDown') setActive(Math.min(active + 1, found.length - 1));
    else if (event.key === 'ArrowUp') setActive(Math.max(active - 1, 0));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <search className={styles.search}>
      <TextInput
        autoFocus
        role="combobox"
        aria-expanded={found.length > 0}
        aria-controls="found"
        aria-activedescendant={found.length > 0 ? optionId(active) : undefined}
        aria-label={t('searchLabel')}
        placeholder={t('searchLabel')}
        leftSection={<SearchIcon size={15} />}
        rightSection={<CloseButton size="sm" aria-label={t('closeSearch')} onClick={close} />}
        value={words}
        onChange={(event) => {
          setWords(event.currentTarget.value);
          setActive(0);
        }}
        onKeyDown={onKeyDown}
      />
      {words.trim() !== '' && (
        <div className={styles.found} id="found" role="listbox" aria-label={t('found')}>
          {found.map((item, index) => (
            <button
              key={`${item.kind}/${item.kind === 'host' ? item.host : `${item.ref.datacenter}/${item.ref.node}`}`}
              type="button"
              role="option"
              id={optionId(index)}
              aria-selected={index === active}
              tabIndex={-1}
              onClick={() => go(item)}
            >
              <strong>{item.name}</strong>
              {item.kind === 'host' && <span>{t('freeHost')}</span>}
              <span className="mono">{item.address}</span>
            </button>
          ))}
          {found.length === 0 && <p className={styles.nothing}>{t('notFound')}</p>}
        </div>
      )}
    </search>
  );
}

/** Selects what was found; a client that is not drawn is drawn first. */
function show(item: Found, centre: (id: string) => void): void {
  const { select } = useUi.getState();
  if (item.kind === 'host') {
    select([{ kind: 'host', host: item.host }]);
    document.getElementById(`host-${item.host}`)?.focus();
    return;
  }
  const area = currentAreas()[item.ref.datacenter];
  if (area !== undefined) useCanvas.getState().expand(area.id);
  select([{ kind: 'node', ...item.ref }]);
  const id = idOf(item.ref);
  if (id === undefined) return;
  requestAnimationFrame(() => {
    centre(id);
    document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`)?.focus();
  });
}
