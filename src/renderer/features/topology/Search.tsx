import { CloseButton, TextInput } from '@mantine/core';
import { useReactFlow } from '@xyflow/react';
import { Search as SearchIcon } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useDocument } from '../../stores/document.js';
import { useUi } from '../../stores/ui.js';
import type { PlacedArea, PlacedNode } from './arrange.js';
import { useCanvas } from './canvas-store.js';
import styles from './topology.module.css';

const MOST = 8;

/** Finds nodes by name, host and address, and brings them into the middle. */
export function Search({ areas }: { readonly areas: readonly PlacedArea[] }) {
  const { t } = useTranslation('topology');
  const open = useCanvas((state) => state.searching);
  const hosts = useDocument((state) => state.shown.draft.hosts);
  const select = useUi((state) => state.select);
  const flow = useReactFlow();
  const [words, setWords] = useState('');
  if (!open) return null;
  const close = (): void => {
    setWords('');
    useCanvas.setState({ searching: false });
  };
  const wanted = words.trim().toLowerCase();
  const address = (node: PlacedNode): string =>
    hosts.find((host) => host.name === node.draft.host)?.address ?? '';
  const found =
    wanted === ''
      ? []
      : areas
          .flatMap((area) => area.nodes)
          .filter((node) =>
            `${node.draft.name} ${node.draft.host} ${address(node)}`.toLowerCase().includes(wanted),
          )
          .slice(0, MOST);
  const go = (node: PlacedNode | undefined): void => {
    if (node === undefined) return;
    select([{ kind: 'node', ...node.ref }]);
    void flow.fitView({ nodes: [{ id: node.id }], maxZoom: 1.1, padding: 1.2, duration: 180 });
    close();
  };
  return (
    <search className={styles.search}>
      <TextInput
        autoFocus
        aria-label={t('searchLabel')}
        placeholder={t('searchLabel')}
        leftSection={<SearchIcon size={15} />}
        rightSection={<CloseButton size="sm" aria-label={t('closeSearch')} onClick={close} />}
        value={words}
        onChange={(event) => setWords(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') close();
          if (event.key === 'Enter') go(found[0]);
        }}
      />
      {wanted !== '' && (
        <ul>
          {found.map((node) => (
            <li key={node.id}>
              <button type="button" onClick={() => go(node)}>
                <strong>{node.draft.name}</strong>
                <span className="mono">{address(node)}</span>
              </button>
            </li>
          ))}
          {found.length === 0 && <li className={styles.nothing}>{t('notFound')}</li>}
        </ul>
      )}
    </search>
  );
}
