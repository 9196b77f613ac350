import { ActionIcon, Tooltip } from '@mantine/core';
import { useReactFlow } from '@xyflow/react';
import { Maximize, Minus, Plus, Search, Wand2 } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { registerCommand, runCommand } from '../../app/commands.js';
import { useDocument } from '../../stores/document.js';
import { copySelected, duplicateSelected, paste, removeSelected, selectAll } from './actions.js';
import type { PlacedArea } from './arrange.js';
import { useCanvas } from './canvas-store.js';
import styles from './topology.module.css';

const MS = 180;
const FIT = { padding: 0.12, maxZoom: 1, duration: MS };

/** Zoom, arrange, find; the same commands come from the menu and the keyboard. */
export function CanvasControls({ areas }: { readonly areas: readonly PlacedArea[] }) {
  const { t } = useTranslation('topology');
  const flow = useReactFlow();
  const key = useDocument((state) => state.key);
  useEffect(() => {
    const ends = [
      registerCommand('copy', copySelected),
      registerCommand('paste', paste),
      registerCommand('duplicate', duplicateSelected),
      registerCommand('delete', removeSelected),
      registerCommand('select-all', selectAll),
      registerCommand('find', () => useCanvas.setState({ searching: true })),
      registerCommand('zoom-in', () => void flow.zoomIn({ duration: MS })),
      registerCommand('zoom-out', () => void flow.zoomOut({ duration: MS })),
      registerCommand('zoom-fit', () => void flow.fitView(FIT)),
      registerCommand('auto-layout', () => {
        useDocument.getState().change({ layout: {} });
        requestAnimationFrame(() => void flow.fitView(FIT));
      }),
    ];
    return () => {
      for (const end of ends) end();
    };
  }, [flow]);
  // A document that was just opened is seen whole; so is one that grew beyond what is drawn.
  const shown = useRef<string | null>(null);
  useEffect(() => {
    if (key === shown.current || areas.length === 0) return;
    shown.current = key;
    requestAnimationFrame(() => void flow.fitView({ ...FIT, duration: 0 }));
  }, [key, areas, flow]);
  const tools = [
    ['find', Search],
    ['zoom-in', Plus],
    ['zoom-out', Minus],
    ['zoom-fit', Maximize],
    ['auto-layout', Wand2],
  ] as const;
  return (
    <div className={styles.controls} role="toolbar" aria-label={t('tools')}>
      {tools.map(([command, Icon]) => (
        <Tooltip key={command} label={t(`tool.${command}`)} position="right">
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t(`tool.${command}`)}
            onClick={() => runCommand(command)}
          >
            <Icon size={16} strokeWidth={1.9} />
          </ActionIcon>
        </Tooltip>
      ))}
    </div>
  );
}
