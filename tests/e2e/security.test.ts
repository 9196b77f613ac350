/** The settings that keep a page from reaching this computer, asked of the running app. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CHANNELS, requestSchemas } from '../../src/shared/ipc/index.js';
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
  /** Anything that can be sent, and that no channel takes: at most a lucky guess is left out. */
  const junk = fc.oneof(
    fc.anything({ withNullPrototype: false, withTypedArray: true, maxDepth: 3 }),
    fc.constantFrom(
      { task: '../../x', path: '/etc/passwd' },
      { path: '\u0000', text: '' },
      { steps: [{ action: { kind: 'exec' } }], plan: 1 },
    ),
  );

  /** As it comes into the page: without keys that the way there drops. */
  const carried = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(carried);
    if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
    const entries = Object.entries(value).filter(([key]) => key !== '__proto__');
    return Object.fromEntries(entries.map(([key, inner]) => [key, carried(inner)]));
  };

  it('with junk are refused on every channel, each with a code, and nothing falls over', async () => {
    const calls = CHANNELS.flatMap((channel) =>
      fc
        .sample(junk, 40)
        .filter((payload) => !requestSchemas[channel].safeParse(carried(payload)).success)
        .map((payload) => ({ channel, payload })),
    );
    expect(calls.length).toBeGreaterThan(CHANNELS.length * 20);
    const answers = await app.page.evaluate(async (all) => {
      type Answer = { ok: boolean; error?: { code: string } };
      const { raftyard } = window as unknown as {
        raftyard: { invoke(channel: string, payload: unknown): Promise<Answer> };
      };
      const codes = new Set<string>();
      const own = JSON.parse('{"__proto__":{"task":"x"},"junk":"x"}') as unknown;
      const large = [...new Set(all.map(({ channel }) => channel))].flatMap((channel) => [
        { channel, payload: own },
        { channel, payload: ['x'.repeat(600_000)] },
        { channel, payload: { text: 'x'.repeat(600_000), more: 'x' } },
      ]);
      for (const { channel, payload } of [...all, ...large]) {
        // A question to the person would wait for them: nothing of the kind may come of junk.
        const late = new Promise<Answer>((resolve) =>
          setTimeout(() => resolve({ ok: false, error: { code: `no answer from ${channel}` } }), 5000),
        );
        const answer = await Promise.race([raftyard.invoke(channel, payload), late]);
        codes.add(answer.ok ? `accepted ${channel}` : (answer.error?.code ?? `no code ${channel}`));
      }
      return [...codes];
    }, calls);
    expect(answers).toEqual(['usage']);
    const info = await app.page.evaluate(() =>
      (window as unknown as { raftyard: { invoke(c: string): Promise<{ ok: boolean }> } }).raftyard.invoke(
        'app:info',
      ),
    );
    expect(info.ok).toBe(true);
  });

  it('from any other page are refused, also with our bridge in it', async () => {
    const codes = await app.electron.evaluate(async ({ BrowserWindow, app: running }) => {
      const preload = `${running.getAppPath()}/dist/preload/index.cjs`;
      const other = new BrowserWindow({ show: false, webPreferences: { preload, sandbox: true } });
      try {
        await other.loadURL('data:text/html,<title>other</title>');
        return (await other.webContents.executeJavaScript(`(async () => {
          const asked = ['app:info', 'document:recent', 'hosts:ssh-config', 'range:status'];
          const answers = await Promise.all(asked.map((channel) => raftyard.invoke(channel)));
          return answers.map((answer) => (answer.ok ? 'accepted' : answer.error.message));
        })()`)) as string[];
      } finally {
        other.destroy();
      }
    });
    expect(codes).toEqual(Array.from({ length: 4 }, () => 'this page may not ask'));
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
