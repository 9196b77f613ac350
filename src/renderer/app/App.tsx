import { useMantineColorScheme } from '@mantine/core';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { ConsulUiView } from '../features/consul-ui/index.js';
import { ExportView } from '../features/export/index.js';
import { QuestionDialogs } from '../features/hosts/QuestionDialogs.js';
import { LogsView } from '../features/logs/index.js';
import { PlanView } from '../features/plan/index.js';
import { ServicesView } from '../features/services/index.js';
import { TopologyView } from '../features/topology/index.js';
import { Welcome } from '../features/welcome/index.js';
import { call } from '../lib/ipc.js';
import { useApp } from '../stores/app.js';
import { useDocument } from '../stores/document.js';
import { useUi, type View } from '../stores/ui.js';
import styles from './App.module.css';
import { Dialogs } from './Dialogs.js';
import { firstScreen } from './first-screen.js';
import { Rail } from './Rail.js';
import { Toasts } from './Toasts.js';
import { TopBar } from './TopBar.js';

const VIEW: Readonly<Record<View, () => ReactNode>> = {
  topology: TopologyView,
  plan: PlanView,
  services: ServicesView,
  'consul-ui': ConsulUiView,
  logs: LogsView,
  export: ExportView,
};

/** The window: the welcome screen, or the document with rail, top bar and the chosen view. */
export function App() {
  const { t } = useTranslation();
  const theme = useApp((state) => state.info?.settings.theme ?? 'system');
  const { setColorScheme } = useMantineColorScheme();
  const open = useDocument((state) => state.key !== null);
  const view = useUi((state) => state.view);
  useEffect(() => setColorScheme(theme === 'system' ? 'auto' : theme), [theme, setColorScheme]);
  useEffect(() => void call('app:ready').then(firstScreen), []);
  const View = VIEW[view];
  return (
    <>
      {open ? (
        <div className={styles.shell}>
          <TopBar />
          <Rail />
          <main className={styles.main} aria-label={t(`view.${view}`)}>
            <View />
          </main>
        </div>
      ) : (
        <Welcome />
      )}
      <Dialogs />
      <QuestionDialogs />
      <Toasts />
    </>
  );
}
