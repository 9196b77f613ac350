/** The app itself: settings, what the system is like. */
import { create } from 'zustand';
import type { AppInfo, LanguageChoice, Settings, ThemeChoice, UpdateState } from '../../shared/ipc/index.js';
import { changeLanguage } from '../i18n/index.js';
import { call } from '../lib/ipc.js';

interface AppStore {
  readonly info: AppInfo | null;
  load(): Promise<void>;
  setTheme(theme: ThemeChoice): Promise<void>;
  setLanguage(language: LanguageChoice): Promise<void>;
  setLookForUpdates(on: boolean): Promise<void>;
  setUpdate(update: UpdateState): void;
}

/** `zh` for every Chinese locale, else English. */
export function resolveLanguage(choice: LanguageChoice, locale: string): 'en' | 'zh' {
  if (choice !== 'system') return choice;
  return locale.toLowerCase().startsWith('zh') ? 'zh' : 'en';
}

export const useApp = create<AppStore>((set, get) => ({
  info: null,
  load: async () => {
    const info = await call('app:info');
    await changeLanguage(resolveLanguage(info.settings.language, info.locale));
    set({ info });
  },
  setTheme: async (theme) => keep(set, get, await call('app:set-settings', { theme })),
  setLanguage: async (language) => {
    const settings = await call('app:set-settings', { language });
    await changeLanguage(resolveLanguage(settings.language, get().info?.locale ?? ''));
    keep(set, get, settings);
  },
  setLookForUpdates: async (lookForUpdates) =>
    keep(set, get, await call('app:set-settings', { lookForUpdates })),
  setUpdate: (update) => {
    const { info } = get();
    if (info !== null) set({ info: { ...info, update } });
  },
}));

function keep(set: (state: Partial<AppStore>) => void, get: () => AppStore, settings: Settings): void {
  const { info } = get();
  if (info !== null) set({ info: { ...info, settings } });
}
