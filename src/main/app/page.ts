/** The window's page, served from dist/renderer under a scheme of our own: no file:// and no network. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { extname, normalize, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const SCHEME = 'raftyard-app';
export const ORIGIN = `${SCHEME}://app`;
const ROOT = fileURLToPath(new URL('../../renderer', import.meta.url));

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
};

/** Nothing but the page's own files; styles made at run time carry this answer's nonce. */
export function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The file below the folder that a URL means; null for anything else. */
export function fileOf(url: string, root = ROOT): string | null {
  const { host, pathname } = new URL(url);
  if (host !== 'app') return null;
  let path: string;
  try {
    path = decodeURIComponent(pathname);
  } catch {
    return null;
  }
  if (path.includes('\0') || path.includes('\\')) return null;
  const wanted = normalize(`${root}${sep}${path === '/' ? 'index.html' : path}`);
  return wanted.startsWith(`${root}${sep}`) && !path.split('/').includes('..') ? wanted : null;
}

/** Answers a request of the page. */
export async function servePage(request: {
  readonly url: string;
  readonly method: string;
}): Promise<Response> {
  const file = request.method === 'GET' ? fileOf(request.url) : null;
  if (file === null) return new Response('not here', { status: 404 });
  const nonce = randomBytes(16).toString('base64');
  const headers = {
    'content-type': TYPES[extname(file)] ?? 'application/octet-stream',
    'content-security-policy': policy(nonce),
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
  };
  try {
    const content = await readFile(file);
    if (!file.endsWith('.html')) return new Response(new Uint8Array(content), { headers });
    return new Response(content.toString('utf8').replaceAll('__STYLE_NONCE__', nonce), { headers });
  } catch {
    return new Response('not here', { status: 404 });
  }
}
