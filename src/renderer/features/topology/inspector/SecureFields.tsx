import { Button, Collapse } from '@mantine/core';
import { ChevronDown, ChevronRight, FileKey, KeyRound, LifeBuoy, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { PlanOptionsInput } from '../../../../shared/ipc/index.js';
import { SECURE_PARTS, type SecurePart } from '../../../../shared/topology/index.js';
import { tell, tellError } from '../../../app/tell.js';
import { call } from '../../../lib/ipc.js';
import { useDocument } from '../../../stores/document.js';
import { useRun } from '../../../stores/run.js';
import { useUi } from '../../../stores/ui.js';
import { write } from './edit.js';
import { SwitchField, useWritten } from './inputs.js';
import styles from './inspector.module.css';

const PATH = ['secure'] as const;
const TERMS = { gossip: 'gossip-encryption', tls: 'tls', acl: 'acl' } as const;

/** What protects the cluster: everything by one switch, each part by its own, and what can be done with its keys. */
export function SecureFields({ style }: { readonly style: 'robust' | 'classic' }) {
  const { t } = useTranslation('inspector');
  const written = useWritten(PATH);
  const on = (part: SecurePart): boolean =>
    typeof written === 'object' && written !== null && (written as Record<string, unknown>)[part] === true;
  const count = SECURE_PARTS.filter(on).length;
  const all = count === SECURE_PARTS.length;
  const [open, setOpen] = useState(false);
  const shown = open || (count > 0 && !all);
  const classic = style === 'classic';
  const state = all ? 'on' : count === 0 ? 'off' : 'part';
  return (
    <>
      <SwitchField
        path={PATH}
        label={t('cluster.secure')}
        checked={all}
        disabled={count === 0 && classic}
        help={t(`cluster.secureHelp.${state}`)}
        hint={classic ? t('cluster.secureHelp.classic') : undefined}
        onSwitch={(checked) =>
          write(PATH, checked ? Object.fromEntries(SECURE_PARTS.map((part) => [part, true])) : undefined)
        }
      />
      <div className={styles.secureParts}>
        <Button
          variant="subtle"
          size="compact-xs"
          aria-expanded={shown}
          disabled={count > 0 && !all}
          leftSection={shown ? <ChevronDown size={13} /> : <ChevronRight size={13} />}
          onClick={() => setOpen(!open)}
          data-testid="secure-parts"
        >
          {t('cluster.secureParts')}
        </Button>
        <Collapse expanded={shown}>
          <div className={styles.partList}>
            {SECURE_PARTS.map((part) => (
              <SwitchField
                key={part}
                path={[...PATH, part]}
                label={t(`cluster.${part}`)}
                term={TERMS[part]}
                checked={on(part)}
                disabled={!on(part) && classic}
                help={t(`cluster.${part}Help.${on(part) ? 'on' : 'off'}`)}
                onSwitch={(checked) => write([...PATH, part], checked ? true : undefined)}
              />
            ))}
          </div>
        </Collapse>
      </div>
      {count > 0 && <KeyActions on={on} />}
    </>
  );
}

function KeyActions({ on }: { readonly on: (part: SecurePart) => boolean }) {
  const { t, i18n } = useTranslation('inspector');
  const { phase, plan } = useRun();
  const busy = phase !== 'idle';
  const valid = useDocument((state) => state.model.topology !== undefined);
  const planWith = (options: PlanOptionsInput): void => {
    useUi.getState().show('plan');
    void plan(options);
  };
  const ca = (): void => {
    call('secrets:ca', { text: useDocument.getState().text }).then((done) => {
      if (done !== null)
        tell(
          t('cluster.caTaken', {
            date: new Date(done.ends).toLocaleDateString(i18n.language, { dateStyle: 'medium' }),
          }),
        );
    }, tellError);
  };
  const kit = (): void => {
    call('secrets:kit', { text: useDocument.getState().text }).then((made) => {
      if (made !== null) tell(t('cluster.kitSaved', { path: made.path }));
    }, tellError);
  };
  const restore = (): void => {
    call('secrets:restore').then((done) => {
      if (done !== null) tell(t('cluster.kitRestored', { count: done.secrets }));
    }, tellError);
  };
  return (
    <div className={styles.keyActions}>
      {on('gossip') && (
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<KeyRound size={13} />}
          disabled={busy || !valid}
          onClick={() => planWith({ rotate: true })}
          data-testid="rotate-key"
        >
          {t('cluster.rotate')}
        </Button>
      )}
      {on('tls') && (
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<FileKey size={13} />}
          disabled={!valid}
          onClick={ca}
          title={t('cluster.caHelp')}
          data-testid="own-ca"
        >
          {t('cluster.ca')}
        </Button>
      )}
      {on('acl') && (
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<RefreshCw size={13} />}
          disabled={busy || !valid}
          onClick={() => planWith({ resetAcl: true })}
          title={t('cluster.resetAclHelp')}
          data-testid="reset-acl"
        >
          {t('cluster.resetAcl')}
        </Button>
      )}
      <Button
        variant="default"
        size="compact-xs"
        leftSection={<LifeBuoy size={13} />}
        disabled={!valid}
        onClick={kit}
        data-testid="save-kit"
      >
        {t('cluster.kit')}
      </Button>
      <Button variant="subtle" size="compact-xs" onClick={restore} data-testid="restore-kit">
        {t('cluster.restore')}
      </Button>
    </div>
  );
}
