import { ActionIcon } from '@mantine/core';
import { ReactFlowProvider } from '@xyflow/react';
import { ChevronUp, PanelRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useDocument } from '../../stores/document.js';
import { useUi } from '../../stores/ui.js';
import { EmptyState } from '../../ui/parts/EmptyState.js';
import { Stale } from '../live/Stale.js';
import { Canvas } from './Canvas.js';
import { Drawer } from './drawer/index.js';
import { Inspector } from './inspector/index.js';
import { Palette } from './Palette.js';
import { Splitter, useDrawerHeight } from './Splitter.js';
import styles from './topology.module.css';
import { useNarrow } from './useNarrow.js';

/** The main screen: what can be dragged, the cluster, the selected thing, the drawer. */
export function TopologyView() {
  const { t } = useTranslation();
  const { drawerOpen, inspectorOpen, toggleDrawer, toggleInspector } = useUi();
  const empty = useDocument((state) => state.shown.draft.datacenters.length === 0 && !state.model.readable);
  const [height, setHeight] = useDrawerHeight();
  useNarrow();
  return (
    <ReactFlowProvider>
      <div className={styles.view} data-inspector={inspectorOpen}>
        <Palette />
        <div className={styles.middle}>
          <Stale />
          {empty ? <Unreadable /> : <Canvas />}
          {drawerOpen ? (
            <>
              <Splitter height={height} onHeight={setHeight} />
              <div className={styles.drawer} style={{ height }}>
                <Drawer />
              </div>
            </>
          ) : (
            <button
              type="button"
              className={styles.drawerBar}
              onClick={() => toggleDrawer()}
              data-testid="drawer-open"
            >
              <ChevronUp size={15} aria-hidden /> {t('drawer.show')}
            </button>
          )}
        </div>
        {inspectorOpen && (
          <aside className={styles.inspector}>
            <Inspector />
          </aside>
        )}
        <ActionIcon
          variant="default"
          size="md"
          className={styles.inspectorToggle}
          aria-label={t(inspectorOpen ? 'inspector.hide' : 'inspector.show')}
          title={t(inspectorOpen ? 'inspector.hide' : 'inspector.show')}
          aria-expanded={inspectorOpen}
          onClick={toggleInspector}
        >
          <PanelRight size={15} />
        </ActionIcon>
      </div>
    </ReactFlowProvider>
  );
}

function Unreadable() {
  const { t } = useTranslation('topology');
  return <EmptyState title={t('unreadable.title')} text={t('unreadable.text')} />;
}
