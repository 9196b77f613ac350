import { Menu } from '@mantine/core';
import { Crosshair, Pencil, Plus, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { runCommand } from '../../app/commands.js';
import { useUi } from '../../stores/ui.js';
import { goTo, nodeOnHost, placeHost } from './actions.js';
import { PointMenu } from './PointMenu.js';

export interface HostMenuPlace {
  readonly x: number;
  readonly y: number;
  readonly index: number;
  readonly name: string;
  /** It has no node. */
  readonly free: boolean;
}

interface HostMenuProps {
  readonly place: HostMenuPlace;
  onClose(): void;
}

/** What can be done with a host of the inventory. */
export function HostMenu({ place, onClose }: HostMenuProps) {
  const { t } = useTranslation('topology');
  const { x, y, index, name, free } = place;
  const show = (): void => {
    const ref = nodeOnHost(name);
    if (ref !== undefined) goTo(ref);
  };
  const remove = (): void => {
    useUi.getState().select([{ kind: 'host', host: index }]);
    runCommand('delete');
  };
  return (
    <PointMenu x={x} y={y} onClose={onClose}>
      <Menu.Item
        leftSection={<Pencil size={15} />}
        onClick={() => useUi.getState().goToField(['hosts', index, 'name'])}
      >
        {t('edit')}
      </Menu.Item>
      {free ? (
        (['server', 'client'] as const).map((role) => (
          <Menu.Item
            key={role}
            leftSection={<Plus size={15} />}
            onClick={() => placeHost(name, undefined, role)}
          >
            {t(`placeAs.${role}`)}
          </Menu.Item>
        ))
      ) : (
        <Menu.Item leftSection={<Crosshair size={15} />} onClick={show}>
          {t('showNode')}
        </Menu.Item>
      )}
      <Menu.Divider />
      <Menu.Item c="var(--ry-bad)" leftSection={<Trash2 size={15} />} onClick={remove}>
        {t(free ? 'removeHost' : 'removeHostAndNode')}
      </Menu.Item>
    </PointMenu>
  );
}
