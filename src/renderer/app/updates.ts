import { i18next } from '../i18n/index.js';
import { listen } from '../lib/ipc.js';
import { useApp } from '../stores/app.js';
import { tell } from './tell.js';

/** Updates of the app: the settings show where they stand; a new version is told once. */
export function listenToUpdates(): void {
  let told = '';
  listen('app:update-state', (update) => {
    useApp.getState().setUpdate(update);
    if (update.kind !== 'available' || update.version === told) return;
    told = update.version;
    tell(i18next.t('settings:update.news', { version: update.version }));
  });
}
