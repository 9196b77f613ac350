/** The note of a restart that is due: written before the file it tells of, and read by the next look. */
import { describe, expect, it } from 'vitest';
import type { StepContext } from '../../../src/main/cluster/apply/context.js';
import { writeSecretFile } from '../../../src/main/cluster/apply/secrets.js';
import { parseRestartDue } from '../../../src/main/cluster/preflight/parse.js';
import { RaftyardError } from '../../../src/shared/errors.js';

const SECRET = '/opt/consul/.secret/agent/secret.json';
const NOTE = '/opt/consul/.raftyard/restart-due.json';
const due = { container: 'consul01', path: NOTE, inForce: { gossip: 1, acl: 0 } } as const;
const action = {
  kind: 'secret-file',
  path: SECRET,
  mode: 0o444,
  root: '/opt/consul/.secret',
  template: '{}\n',
  due,
} as const;

type State = { readonly Running: boolean; readonly StartedAt: string };

/** A host that keeps what is written, in its order. */
function host(states: readonly (State | 404 | 500)[], broken?: string) {
  const written: [string, string][] = [];
  let asked = 0;
  const context = {
    signal: new AbortController().signal,
    secrets: { render: (template: string) => template },
    connection: {
      host: { name: 'docker01' },
      exec: () => Promise.resolve({ code: 0, stdout: '', stderr: '' }),
      writeFile: (path: string, content: string) => {
        if (path === broken) return Promise.reject(new RaftyardError('io', 'no space left on device'));
        written.push([path, content]);
        return Promise.resolve();
      },
      readFile: (path: string) =>
        Promise.resolve(Buffer.from(written.findLast(([name]) => name === path)?.[1] ?? '')),
      docker: () =>
        Promise.resolve({
          getContainer: () => ({
            inspect: () => {
              const state = states[Math.min(asked, states.length - 1)] ?? 404;
              asked += 1;
              return typeof state === 'number'
                ? Promise.reject(Object.assign(new Error('no'), { statusCode: state }))
                : Promise.resolve({ Id: 'c0ffee', State: state });
            },
          }),
        }),
    },
  } as unknown as StepContext;
  const note = () =>
    parseRestartDue(Buffer.from(written.findLast(([path]) => path === NOTE)?.[1] ?? '').toString('base64'));
  return { context, written, note };
}

const running = (StartedAt: string): State => ({ Running: true, StartedAt });

describe('a secret file that waits for a restart', () => {
  it('is written after the note of what is in force, and the next look reads that', async () => {
    const { context, written, note } = host([running('T1')]);
    await writeSecretFile(action, context);
    expect(written.map(([path]) => path)).toEqual([NOTE, SECRET]);
    expect(note()).toEqual({ container: 'c0ffee', startedAt: 'T1', inForce: { gossip: 1, acl: 0 } });
  });

  it('has its note also where the file could not be written', async () => {
    const { context, note } = host([running('T1')], SECRET);
    await expect(writeSecretFile(action, context)).rejects.toMatchObject({ code: 'io' });
    expect(note()).toMatchObject({ startedAt: 'T1' });
  });

  it('is not written where the note cannot be', async () => {
    const { context, written } = host([running('T1')], NOTE);
    await expect(writeSecretFile(action, context)).rejects.toMatchObject({ code: 'io' });
    expect(written).toEqual([]);
    const sick = host([500]);
    await expect(writeSecretFile(action, sick.context)).rejects.toMatchObject({
      code: 'docker-failed',
      host: 'docker01',
    });
    expect(sick.written).toEqual([]);
  });

  it('tells of the later start where the container was started again meanwhile', async () => {
    const { context, note } = host([running('T1'), running('T2')]);
    await writeSecretFile(action, context);
    expect(note()).toMatchObject({ startedAt: 'T2' });
  });

  it('needs no note where nothing runs, or nothing waits', async () => {
    for (const states of [[404], [{ Running: false, StartedAt: 'T1' }]] as const) {
      const { context, written } = host(states);
      await writeSecretFile(action, context);
      expect(written.map(([path]) => path)).toEqual([SECRET]);
    }
    const { due: _due, ...plain } = action;
    const { context, written } = host([500]);
    await writeSecretFile(plain, context);
    expect(written.map(([path]) => path)).toEqual([SECRET]);
  });
});

describe('what is no such note', () => {
  it.each([undefined, '', 'x', '{}', '{"container":"c","startedAt":"T","inForce":{"gossip":7}}'])(
    'is none: %s',
    (text) => {
      expect(
        parseRestartDue(text === undefined ? text : Buffer.from(text).toString('base64')),
      ).toBeUndefined();
    },
  );
});
