import { ActionIcon, Tabs } from '@mantine/core';
import { ChevronDown } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { useDocument } from '../../../stores/document.js';
import { useLive } from '../../../stores/live.js';
import { type DrawerTab, useUi } from '../../../stores/ui.js';
import styles from './drawer.module.css';
import { Events } from './Events.js';
import { Problems } from './Problems.js';

/** The editor is large, and many never open it. */
const Yaml = lazy(() => import('./Yaml.js'));

const isTab = (value: string | null): value is DrawerTab =>
  value === 'problems' || value === 'events' || value === 'yaml';

/** Below the canvas: what is wrong, what happened, and the document as text. */
export function Drawer() {
  const { t } = useTranslation('findings');
  const { t: common } = useTranslation();
  const { drawer, openDrawer, toggleDrawer } = useUi();
  const problems = useDocument((state) => state.model.findings.length);
  const live = useLive((state) => state.snapshot?.problems.length ?? 0);
  return (
    <Tabs
      value={drawer}
      onChange={(value) => isTab(value) && openDrawer(value)}
      keepMounted={false}
      classNames={{ root: styles.tabs, list: styles.tabList, tab: styles.tab, panel: styles.panel }}
    >
      <Tabs.List aria-label={t('drawer.tabs')}>
        <Tabs.Tab value="problems" data-testid="tab-problems">
          {t('drawer.problems', { number: problems + live })}
        </Tabs.Tab>
        <Tabs.Tab value="events" data-testid="tab-events">
          {common('drawer.events')}
        </Tabs.Tab>
        <Tabs.Tab value="yaml" data-testid="tab-yaml">
          {common('drawer.yaml')}
        </Tabs.Tab>
      </Tabs.List>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="md"
        className={styles.collapse}
        aria-label={common('drawer.hide')}
        title={common('drawer.hide')}
        onClick={() => toggleDrawer()}
      >
        <ChevronDown size={16} />
      </ActionIcon>
      <Tabs.Panel value="problems">
        <Problems />
      </Tabs.Panel>
      <Tabs.Panel value="events">
        <Events />
      </Tabs.Panel>
      <Tabs.Panel value="yaml">
        <Suspense fallback={<p className={styles.waiting}>{t('drawer.editorLoading')}</p>}>
          <Yaml />
        </Suspense>
      </Tabs.Panel>
    </Tabs>
  );
}
