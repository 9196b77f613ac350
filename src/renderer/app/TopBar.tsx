import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { changeCount } from '../../shared/plan/index.js';
import { documentName, isDirty, useDocument } from '../stores/document.js';
import { canApply, isCurrent, useRun } from '../stores/run.js';
import { useUi } from '../stores/ui.js';
import { Logo } from '../ui/parts/Logo.js';
import styles from './App.module.css';
import { runCommand } from './commands.js';
import { closeDocument } from './files.js';
import { Health } from './Health.js';

/** What cluster, whether saved, how it is; and the one next action. */
export function TopBar() {
  const { t } = useTranslation();
  const name = useDocument(documentName);
  const path = useDocument((state) => state.path);
  const dirty = useDocument(isDirty);
  const file = path?.split(/[\\/]/).at(-1);
  const saved = path === null ? t('bar.draft') : dirty ? t('bar.unsaved') : t('bar.saved');
  return (
    <header className={styles.bar}>
      <button type="button" className={styles.home} onClick={closeDocument} title={t('bar.home')}>
        <Logo />
        <span className={styles.name}>{name}</span>
      </button>
      <span className={styles.file}>{file === undefined ? saved : `${file} · ${saved}`}</span>
      <Health />
      <Actions />
    </header>
  );
}

/** Check hosts → Plan → Apply: the next one is filled. */
function Actions() {
  const { t } = useTranslation();
  const run = useRun();
  const text = useDocument((state) => state.text);
  const valid = useDocument((state) => state.model.topology !== undefined);
  const current = isCurrent(run, text);
  const planned = current && run.view !== null && run.view.plan.kind === 'apply' && run.summary === null;
  const changes = planned && run.view !== null ? changeCount(run.view.plan) : null;
  const busy = run.phase !== 'idle';
  const ready = canApply(run, text);
  if (run.phase === 'applying') {
    return (
      <div className={styles.actions}>
        <Button variant="default" onClick={() => useUi.getState().show('plan')}>
          {t('bar.applying')}
        </Button>
        <Button color="red" variant="light" loading={run.cancelling} onClick={() => void run.cancel()}>
          {t('bar.cancelRun')}
        </Button>
      </div>
    );
  }
  return (
    <div className={styles.actions}>
      <Button
        variant="default"
        loading={run.phase === 'checking'}
        disabled={!valid || busy}
        onClick={() => runCommand('check-hosts')}
      >
        {t('bar.checkHosts')}
      </Button>
      <Button
        variant={ready ? 'default' : 'filled'}
        loading={run.phase === 'planning'}
        disabled={!valid || busy}
        onClick={() => runCommand('plan')}
      >
        {changes === null ? t('bar.plan') : t('bar.planChanges', { count: changes })}
      </Button>
      <Button variant={ready ? 'filled' : 'default'} disabled={!ready} onClick={() => runCommand('apply')}>
        {t('bar.apply')}
      </Button>
    </div>
  );
}
