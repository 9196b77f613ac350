import { Menu } from '@mantine/core';
import { ClipboardPaste, Copy, Maximize, Pencil, Plus, Trash2, Wand2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Position } from '../../../shared/ipc/index.js';
import { runCommand } from '../../app/commands.js';
import { useUi } from '../../stores/ui.js';
import { addItem } from './actions.js';
import { CardItems } from './CardItems.js';
import { useCanvas } from './canvas-store.js';
import type { FlowNode } from './flow.js';
import { PointMenu } from './PointMenu.js';

export interface MenuPlace {
  /** In the window. */
  readonly x: number;
  readonly y: number;
  /** null: on the canvas itself. */
  readonly node: FlowNode | null;
  /** On the canvas. */
  readonly at: Position;
}

interface ContextMenuProps {
  readonly place: MenuPlace | null;
  onClose(): void;
}

/** What can be done with what is under the pointer. */
export function ContextMenu({ place, onClose }: ContextMenuProps) {
  if (place === null) return null;
  const data = place.node?.data;
  // Members that are not in the document cannot be edited in it.
  if (data?.kind === 'card' && data.ghost) return null;
  return (
    <PointMenu x={place.x} y={place.y} onClose={onClose}>
      {data?.kind === 'card' && <CardItems data={data} />}
      {data?.kind === 'area' && <AreaItems index={data.index} />}
      {data?.kind !== 'card' && <AddItems at={place.at} />}
      {data === undefined && <CanvasItems />}
      {data !== undefined && <RemoveItem kind={data.kind} />}
    </PointMenu>
  );
}

function AreaItems({ index }: { readonly index: number }) {
  const { t } = useTranslation('topology');
  return (
    <>
      <Menu.Item
        leftSection={<Pencil size={15} />}
        onClick={() => useUi.getState().goToField(['datacenters', index, 'name'])}
      >
        {t('edit')}
      </Menu.Item>
      <Menu.Divider />
    </>
  );
}

function AddItems({ at }: { readonly at: Position }) {
  const { t } = useTranslation('topology');
  const canPaste = useCanvas((state) => state.clipboard.length > 0);
  return (
    <>
      {(['server', 'client', 'datacenter'] as const).map((item) => (
        <Menu.Item key={item} leftSection={<Plus size={15} />} onClick={() => addItem(item, at)}>
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
  );
}

function CanvasItems() {
  const { t } = useTranslation('topology');
  return (
    <>
      <Menu.Divider />
      <Menu.Item leftSection={<Copy size={15} />} onClick={() => runCommand('select-all')}>
        {t('selectAll')}
      </Menu.Item>
      <Menu.Item leftSection={<Wand2 size={15} />} onClick={() => runCommand('auto-layout')}>
        {t('tool.auto-layout')}
      </Menu.Item>
      <Menu.Item leftSection={<Maximize size={15} />} onClick={() => runCommand('zoom-fit')}>
        {t('tool.zoom-fit')}
      </Menu.Item>
    </>
  );
}

/** Removes what is selected, which is more than what is under the pointer where more is selected. */
function RemoveItem({ kind }: { readonly kind: 'card' | 'area' }) {
  const { t } = useTranslation('topology');
  const selection = useUi((state) => state.selection);
  const nodes = selection.filter((item) => item.kind === 'node').length;
  const words =
    selection.length > nodes
      ? t(selection.length === 1 || kind === 'area' ? 'removeDatacenter' : 'removeSelected')
      : t('removeNodes', { count: nodes });
  return (
    <>
      <Menu.Divider />
      <Menu.Item c="var(--ry-bad)" leftSection={<Trash2 size={15} />} onClick={() => runCommand('delete')}>
        {words}
      </Menu.Item>
    </>
  );
}
