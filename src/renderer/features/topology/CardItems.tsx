import { Menu } from '@mantine/core';
import { ArrowRightLeft, Copy, CopyPlus, Flag, Pencil, ScrollText } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { runCommand } from '../../app/commands.js';
import { useDocument } from '../../stores/document.js';
import { useUi } from '../../stores/ui.js';
import { giveFlag } from './actions.js';
import { nodeRefs } from './clipboard.js';
import type { CardData } from './graph.js';
import { moveTo } from './moves.js';

/** What can be done with a node; with all selected ones where that makes sense. */
export function CardItems({ data }: { readonly data: CardData }) {
  const { t } = useTranslation('topology');
  const datacenters = useDocument((state) => state.shown.draft.datacenters);
  const { datacenter, node } = data.ref;
  return (
    <>
      <Menu.Item
        leftSection={<Pencil size={15} />}
        onClick={() => useUi.getState().goToField(['datacenters', datacenter, 'nodes', node, 'name'])}
      >
        {t('edit')}
      </Menu.Item>
      {data.role === 'server' && data.flag !== 'chosen' && (
        <Menu.Item leftSection={<Flag size={15} />} onClick={() => giveFlag(data.ref)}>
          {t('makeBootstrap')}
        </Menu.Item>
      )}
      {datacenters.map((other, index) =>
        index === datacenter ? null : (
          <Menu.Item
            key={index}
            leftSection={<ArrowRightLeft size={15} />}
            onClick={() => moveTo(nodeRefs(useUi.getState().selection), index)}
          >
            {t('moveTo', { datacenter: other.name ?? '' })}
          </Menu.Item>
        ),
      )}
      <Menu.Divider />
      <Menu.Item leftSection={<Copy size={15} />} onClick={() => runCommand('copy')}>
        {t('copy')}
      </Menu.Item>
      <Menu.Item leftSection={<CopyPlus size={15} />} onClick={() => runCommand('duplicate')}>
        {t('duplicate')}
      </Menu.Item>
      <Menu.Item leftSection={<ScrollText size={15} />} onClick={() => useUi.getState().show('logs')}>
        {t('showLog')}
      </Menu.Item>
    </>
  );
}
