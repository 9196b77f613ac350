/** What stands in the view while no server answers; it asks again by itself. */
import { randomBytes } from 'node:crypto';

const AGAIN_SECONDS = 3;
const WORDS = {
  en: { title: 'No server answers', text: 'The Consul UI comes back by itself as soon as one does.' },
  zh: { title: '没有 server 响应', text: '一旦有 server 响应，Consul 界面会自动恢复。' },
};

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

export function errorPage(language: 'en' | 'zh', detail: string): Response {
  const { title, text } = WORDS[language];
  const nonce = randomBytes(16).toString('base64');
  const html = `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>${title}</title>
<meta http-equiv="refresh" content="${AGAIN_SECONDS}">
<style nonce="${nonce}">
:root { color-scheme: light dark }
body { margin: 0; height: 100vh; display: grid; place-content: center; text-align: center; gap: 6px;
  font: 14px/1.5 system-ui, sans-serif; background: light-dark(#f4f6f7, #0e1418); color: light-dark(#14212b, #e6edf1) }
h1 { font-size: 17px; margin: 0 } p { margin: 0; color: light-dark(#55656f, #93a5b0); max-width: 60ch }
</style></head><body><h1>${title}</h1><p>${text}</p><p>${escapeHtml(detail)}</p></body></html>`;
  return new Response(html, {
    status: 503,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'`,
    },
  });
}
