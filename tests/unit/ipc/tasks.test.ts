import { describe, expect, it } from 'vitest';
import { Questions, type SecretKeeper } from '../../../src/main/ipc/questions.js';
import { Tasks } from '../../../src/main/ipc/tasks.js';
import type { Question } from '../../../src/shared/ipc/index.js';
import type { ProgressEvent } from '../../../src/shared/run/types.js';

/** What the window would get. */
function window() {
  const sent: { event: string; payload: unknown }[] = [];
  return { sent, outbox: { send: (event: string, payload: unknown) => void sent.push({ event, payload }) } };
}

const untilAborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('stopped'))));

describe('a task', () => {
  it('is cancelled by its name, and says so whatever the work threw', async () => {
    const tasks = new Tasks(window().outbox);
    const running = tasks.run('a', untilAborted);
    const other = tasks.run('b', untilAborted);
    tasks.cancel('a');
    await expect(running).rejects.toMatchObject({ code: 'cancelled' });
    expect(tasks.running).toBe(true);
    tasks.cancelAll();
    await expect(other).rejects.toMatchObject({ code: 'cancelled' });
    expect(tasks.running).toBe(false);
  });

  it('has its name alone while it runs, and gives it free at its end', async () => {
    const tasks = new Tasks(window().outbox);
    const running = tasks.run('a', untilAborted);
    await expect(tasks.run('a', () => Promise.resolve(1))).rejects.toMatchObject({ code: 'usage' });
    tasks.cancel('a');
    await expect(running).rejects.toThrow();
    expect(await tasks.run('a', () => Promise.resolve(1))).toBe(1);
    await expect(tasks.run('a', () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(await tasks.run('a', () => Promise.resolve(2))).toBe(2);
  });

  it('tells its progress at a pace that can be drawn, and every change of state', () => {
    const { sent, outbox } = window();
    const tell = new Tasks(outbox).progress('a');
    const step = (state: 'running' | 'done', progress?: number): ProgressEvent => ({
      type: 'step',
      step: 's',
      host: 'docker01',
      title: 'Load',
      state,
      ...(progress === undefined ? {} : { progress }),
    });
    for (let n = 0; n < 1000; n += 1) tell(step('running', n / 1000));
    tell(step('done'));
    expect(sent.length).toBeLessThan(50);
    expect(sent[0]?.payload).toMatchObject({ task: 'a', event: { state: 'running', progress: 0 } });
    expect(sent.at(-1)?.payload).toMatchObject({ task: 'a', event: { state: 'done' } });
  });
});

function keeper(durable: boolean): SecretKeeper & { readonly kept: Map<string, string> } {
  const kept = new Map<string, string>();
  return {
    kept,
    durable,
    get: (name) => kept.get(name) ?? null,
    set: (name, secret) => void kept.set(name, secret),
    forget: (prefix = '') => {
      for (const name of kept.keys()) if (name.startsWith(prefix)) kept.delete(name);
    },
  };
}

describe('a question', () => {
  const password = { host: 'docker01', kind: 'password' as const, prompt: 'Password' };

  /** Questions of a run, each answered like this as soon as it is asked. */
  function asking(store: SecretKeeper, answer: Parameters<Questions['answer']>[1]) {
    const { sent, outbox } = window();
    const learned: string[] = [];
    const questions: Questions = new Questions(
      {
        send: (event, payload) => {
          outbox.send(event, payload);
          if (event === 'question') queueMicrotask(() => questions.answer((payload as Question).id, answer));
        },
      },
      store,
      (secret) => learned.push(secret),
    );
    const asked = (): number => sent.filter(({ event }) => event === 'question').length;
    return { questions, sent, learned, asked };
  }

  it('about a secret is answered once, and kept only where the person and the system allow it', async () => {
    const durable = keeper(true);
    const first = asking(durable, { secret: 'open sesame', keep: true });
    expect(await first.questions.secret(password)).toBe('open sesame');
    expect([...durable.kept]).toEqual([['docker01/password', 'open sesame']]);
    expect(first.learned).toEqual(['open sesame']);
    // Of what is sent to the window only the question: the secret came from there and does not go back.
    expect(JSON.stringify(first.sent)).not.toContain('open sesame');

    const fleeting = keeper(false);
    const second = asking(fleeting, { secret: 'open sesame', keep: true });
    expect(await second.questions.secret(password)).toBe('open sesame');
    expect(fleeting.kept.size).toBe(0);
    expect(second.sent[0]?.payload).toMatchObject({ canKeep: false });
  });

  it('is not asked where the secret is kept; a kept one that was wrong is not tried for ever', async () => {
    const store = keeper(true);
    store.set('docker01/password', 'old');
    const { questions, asked, learned } = asking(store, { secret: 'new', keep: false });
    expect(await questions.secret(password)).toBe('old');
    expect(asked()).toBe(0);
    expect(await questions.secret(password)).toBe('new');
    expect(asked()).toBe(1);
    expect(learned).toEqual(['old', 'new']);
  });

  it('of the server’s own is asked each time, and its answer never kept', async () => {
    const store = keeper(true);
    const { questions, asked } = asking(store, { secret: '123456', keep: true });
    const code = { host: 'docker01', kind: 'answer' as const, prompt: 'Code' };
    expect(await questions.secret(code)).toBe('123456');
    expect(await questions.secret(code)).toBe('123456');
    expect(asked()).toBe(2);
    expect(store.kept.size).toBe(0);
  });

  it('about a host key is yes only when yes was said', async () => {
    const key = {
      host: 'a',
      address: '192.0.2.1',
      port: 22,
      keyType: 'ssh-ed25519',
      fingerprint: 'SHA256:x',
    };
    expect(await asking(keeper(true), { accept: true }).questions.hostKey(key)).toBe(true);
    expect(await asking(keeper(true), { accept: false }).questions.hostKey(key)).toBe(false);
    expect(await asking(keeper(true), null).questions.hostKey(key)).toBe(false);
    expect(await asking(keeper(true), { secret: 'x', keep: false }).questions.hostKey(key)).toBe(false);
  });

  it('ends without an answer when its window is gone', async () => {
    const { sent, outbox } = window();
    const questions = new Questions(outbox, keeper(true), () => undefined);
    const open = questions.secret(password);
    questions.withdrawAll();
    expect(await open).toBeNull();
    expect(sent.map(({ event }) => event)).toEqual(['question', 'question:withdrawn']);
  });
});
