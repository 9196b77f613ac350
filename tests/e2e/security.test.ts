/** The settings that keep a page from reaching this computer, asked of the running app. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RunningApp } from './app.js';

let app: RunningApp;
beforeAll(async () => {
  app = await RunningApp.launch();
});
afterAll(() => app.close());

describe('the window', () => {
  it('runs its page isolated, sandboxed and without Node', async () => {
    const preferences = await app.electron.evaluate(({ BrowserWindow }) => {
      const contents = BrowserWindow.getAllWindows()[0]?.webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      const { contextIsolation, sandbox, nodeIntegration, webSecurity, webviewTag } =
        contents.getLastWebPreferences();
      return { contextIsolation, sandbox, nodeIntegration, webSecurity, webviewTag };
    });
    expect(preferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
    });
    expect(preferences.webviewTag ?? false).toBe(false);
    const seen = await app.page.evaluate(() =>
      ['require', 'process', 'module', 'Buffer', 'global'].filter((name) => name in globalThis),
    );
    expect(seen).toEqual([]);
  });

  it('has a content policy that forbids everything but itself', async () => {
    const policy = await app.page.evaluate(async () => {
      const answer = await fetch(location.href);
      return answer.headers.get('content-security-policy');
    });
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).not.toContain('unsafe');
    const refused = await app.page.evaluate(
      () =>
        new Promise<string>((done) => {
          document.addEventListener('securitypolicyviolation', (event) => done(event.violatedDirective), {
            once: true,
          });
          const script = document.createElement('script');
          script.textContent = 'window.injected = true';
          document.body.append(script);
        }),
    );
    expect(refused).toContain('script-src');
    expect(await app.page.evaluate(() => 'injected' in window)).toBe(false);
  });

  it('goes nowhere else, and opens no other window', async () => {
    const before = app.page.url();
    await app.page.evaluate(() => {
      location.href = 'https://example.invalid/';
    });
    const opened = await app.page.evaluate(() => window.open('https://example.invalid/') === null);
    expect(opened).toBe(true);
    expect(app.page.url()).toBe(before);
    expect(app.electron.windows()).toHaveLength(1);
  });

  it('reaches neither the network nor files', async () => {
    const reached = await app.page.evaluate(async () => {
      const addresses = ['http://127.0.0.1:1/', 'file:///etc/passwd', 'https://example.invalid/'];
      const results = await Promise.allSettled(addresses.map((address) => fetch(address)));
      return results.filter((result) => result.status === 'fulfilled').length;
    });
    expect(reached).toBe(0);
  });

  it('is given no permission', async () => {
    const states = await app.page.evaluate(async () => {
      const names = ['geolocation', 'notifications', 'camera', 'microphone', 'midi'] as PermissionName[];
      return Promise.all(names.map(async (name) => (await navigator.permissions.query({ name })).state));
    });
    expect(states.every((state) => state === 'denied')).toBe(true);
  });

  it('serves no file from outside of its own folder', async () => {
    const statuses = await app.page.evaluate(async () => {
      const paths = [
        '/../package.json',
        '/%2e%2e/package.json',
        '/..%2f..%2fpackage.json',
        '/....//package.json',
      ];
      return Promise.all(paths.map(async (path) => (await fetch(path)).status));
    });
    expect(statuses.every((status) => status >= 400)).toBe(true);
  });
});

describe('messages to the main process', () => {
  it('with junk are refused, each with a code, and nothing falls over', async () => {
    const answers = await app.page.evaluate(async () => {
      const junk: unknown[] = [
        null,
        1,
        'x',
        [],
        {},
        { text: 1 },
        { text: 'x'.repeat(600_000) },
        { __proto__: { task: 'x' } },
      ];
      const channels = [
        'cluster:plan',
        'cluster:apply',
        'document:save',
        'hosts:test',
        'live:start',
        'kv:value',
        'export:save',
      ];
      const codes = new Set<string>();
      for (const channel of channels)
        for (const payload of junk) {
          const answer = await (
            window as unknown as {
              raftyard: { invoke(c: string, p: unknown): Promise<{ ok: boolean; error?: { code: string } }> };
            }
          ).raftyard.invoke(channel, payload);
          codes.add(answer.ok ? 'accepted' : (answer.error?.code ?? 'no code'));
        }
      return [...codes];
    });
    expect(answers).not.toContain('accepted');
    expect(answers).not.toContain('no code');
  });

  it('on channels that are not in the contract do not leave the page', async () => {
    const outcome = await app.page.evaluate(async () => {
      try {
        const bridge = (
          window as unknown as { raftyard: { invoke(c: string, p?: unknown): Promise<{ ok: boolean }> } }
        ).raftyard;
        return (await bridge.invoke('shell:exec', { command: 'id' })).ok ? 'accepted' : 'refused';
      } catch {
        return 'refused';
      }
    });
    expect(outcome).toBe('refused');
  });
});
