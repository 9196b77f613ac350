/** English and Chinese, switchable at run time. One catalogue a feature; English is the source of the keys. */
import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en/index.js';
import { zh } from './zh/index.js';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'common';
    resources: typeof en;
  }
}

await i18next.use(initReactI18next).init({
  resources: { en, zh },
  lng: 'en',
  fallbackLng: 'en',
  defaultNS: 'common',
  ns: Object.keys(en),
  interpolation: { escapeValue: false },
  returnNull: false,
  showSupportNotice: false,
});

/** Changes the language of everything that is on the screen, and of the page itself. */
export async function changeLanguage(language: 'en' | 'zh'): Promise<void> {
  await i18next.changeLanguage(language);
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en';
}

export { i18next };
