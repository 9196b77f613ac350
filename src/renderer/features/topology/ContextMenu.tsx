import { Menu } from '@mantine/core';
import { ClipboardPaste, Copy, Flag, Maximize, Plus, ScrollText, Trash2, Wand2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Position } from '../../../shared/ipc/index.js';
import { runCommand } from '../../app/commands.js';
import { useUi } from '../../stores/ui.js';
import { addItem, giveFlag } from './actions.js';
import { useCanvas } from './canvas-store.js';
import type { FlowNode } from './useGraph.js';

export interface MenuPlace {
  /** In the window. */
  readonly x: number;
  readonly y: number;
  /** null: on the canvas itself. */
  readonly node: FlowNode | null;
  /** On the canvas. */
  readonly at: Position;
}

/** What can be done with what is under the pointer. */
export function ContextMenu({ place, onClose }: { readonly place: MenuPlace | null; onClose(): void }) {
  const { t } = useTranslation('topology');
  const canPaste = useCanvas((state) => state.clipboard.length > 0);
  if (place === null) return null;
  const data = place.node?.data;
  return (
    <Menu opened onClose={onClose} position="bottom-start" offset={0} width={230} withinPortal>
      <Menu.Target>
        <span style={{ position: 'fixed', left: place.x, top: place.y, width: 1, height: 1 }} />
      </Menu.Target>
      <Menu.Dropdown>
        {data?.kind === 'card' && (
          <>
            {data.role === 'server' && data.flag !== 'chosen' && (
              <Menu.Item leftSection={<Flag size={15} />} onClick={() => giveFlag(data.ref)}>
                {t('makeBootstrap')}
              </Menu.Item>
            )}
            <Menu.Item leftSection={<Copy size={15} />} onClick={() => runCommand('duplicate')}>
              {t('duplicate')}
            </Menu.Item>
            <Menu.Item leftSection={<ScrollText size={15} />} onClick={() => useUi.getState().show('logs')}>
              {t('showLog')}
            </Menu.Item>
          </>
        )}
        {data?.kind !== 'card' && (
          <>
            {(['server', 'client', 'datacenter'] as const).map((item) => (
              <Menu.Item key={item} leftSection={<Plus size={15} />} onClick={() => addItem(item, place.at)}>
                {t(`add.${item}`)}
              </Menu.Item>
            ))}
            <Menu.Item
              leftSection={<ClipboardPaste size={15} />}
              disabled={!canPaste}
              onClick={() => runCommand('paste')}
            >
              {t('paste')}
            </Menu.Item>
          </>
        )}
        {data === undefined ? (
          <>
            <Menu.Divider />
            <Menu.Item leftSection={<Wand2 size={15} />} onClick={() => runCommand('auto-layout')}>
              {t('tool.auto-layout')}
            </Menu.Item>
            <Menu.Item leftSection={<Maximize size={15} />} onClick={() => runCommand('zoom-fit')}>
              {t('tool.zoom-fit')}
            </Menu.Item>
          </>
        ) : (
          <>
            <Menu.Divider />
            <Menu.Item color="red" leftSection={<Trash2 size={15} />} onClick={() => runCommand('delete')}>
              {t(data.kind === 'area' ? 'removeDatacenter' : 'removeNode')}
            </Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}
