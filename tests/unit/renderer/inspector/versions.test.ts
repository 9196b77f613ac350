import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useVersions } from '../../../../src/renderer/features/topology/inspector/versions.js';
import type { ErrorEnvelope } from '../../../../src/shared/errors.js';

const LIST = { registry: 'docker.io', versions: ['2.0.3'], host: null };
const refusal = (code: ErrorEnvelope['code']) => ({
  ok: false,
  error: { code, message: 'no', retryable: true },
});
const invoke = vi.fn<(channel: string, request: unknown) => Promise<unknown>>();
const of = (place: string) => useVersions.getState().of[place];
const ask = (place: string, thorough?: boolean) => useVersions.getState().ask(place, 'text', thorough);

beforeEach(() => {
  invoke.mockReset();
  vi.stubGlobal('window', { raftyard: { invoke } });
  useVersions.setState({ of: {} });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

it('a registry is asked once in a session, whatever it said', async () => {
  invoke.mockResolvedValueOnce({ ok: true, value: LIST }).mockResolvedValueOnce(refusal('image-unavailable'));
  const first = ask('a');
  expect(of('a')).toMatchObject({ state: 'asking' });
  await Promise.all([first, ask('a')]);
  await ask('b');
  await ask('a');
  await ask('b');
  expect(of('a')).toEqual({ state: 'listed', ...LIST });
  expect(of('b')).toMatchObject({ state: 'failed', error: { code: 'image-unavailable' } });
  expect(invoke).toHaveBeenCalledTimes(2);
});

it('and again when the person wants it, in earnest', async () => {
  invoke.mockResolvedValueOnce(refusal('secrets-needed')).mockResolvedValueOnce({ ok: true, value: LIST });
  await ask('a');
  await ask('a', true);
  expect(invoke.mock.calls.map(([, request]) => request)).toMatchObject([
    { text: 'text' },
    { thorough: true },
  ]);
  expect(invoke.mock.calls[0]?.[1]).not.toHaveProperty('thorough');
  expect(of('a')).toMatchObject({ state: 'listed' });
});

it('what is cancelled is as it was before', async () => {
  invoke.mockResolvedValueOnce(refusal('image-unavailable'));
  await ask('a');
  const before = of('a');
  invoke.mockImplementation(async (channel) =>
    channel === 'task:cancel' ? { ok: true } : refusal('cancelled'),
  );
  const again = ask('a', true);
  useVersions.getState().cancel('a');
  await again;
  expect(of('a')).toEqual(before);
  expect(invoke.mock.calls.map(([channel]) => channel)).toContain('task:cancel');
});
