/** Files that an agent's turn wrote are put back as they were. */
import { describe, expect, it } from 'vitest';
import type { StepContext } from '../../../src/main/cluster/apply/context.js';
import { executeStep } from '../../../src/main/cluster/apply/executor.js';
import { forget, putBack } from '../../../src/main/cluster/apply/former.js';
import type { Step } from '../../../src/shared/plan/types.js';

/** A host with files, by their path. */
function host(start: Readonly<Record<string, string>>) {
  const files = new Map(Object.entries(start).map(([path, content]) => [path, { content, mode: 0o444 }]));
  const read: string[] = [];
  const connection = {
    host: { name: 'docker01' },
    readFile: async (path: string) => {
      read.push(path);
      const found = files.get(path);
      return found === undefined ? null : Buffer.from(found.content);
    },
    writeFile: async (path: string, content: string | Buffer, mode: number) => {
      files.set(path, { content: content.toString(), mode });
    },
    exec: async ([command, ...rest]: readonly string[]) => {
      const path = rest.at(-1) ?? '';
      if (command === 'rm') files.delete(path);
      return { code: 0, stderr: '', stdout: (files.get(path)?.mode ?? 0).toString(8) };
    },
  };
  const former: StepContext['apply']['former'] = new Map();
  const context = (step: Partial<Step> = {}) =>
    ({
      connection,
      apply: { former },
      // A client can always be spared.
      nodes: new Map([['node1', { role: 'client' }]]),
      step: { node: 'node1', ...step },
    }) as unknown as StepContext;
  const run = async (action: Step['action'], turn?: Step['turn']) =>
    await executeStep(context({ action, ...(turn === undefined ? {} : { turn }) }));
  const write = async (path: string, content: string, turn?: Step['turn']) =>
    await run({ kind: 'file', path, content, mode: 0o644 }, turn);
  const remove = async (path: string, turn?: Step['turn']) =>
    await run({ kind: 'file-remove', path, directory: false }, turn);
  return { files, read, context, write, remove };
}

const START = { '/a': 'old a', '/c': 'old c' };

describe('the files of a turn', () => {
  it('are as they were, content, mode and absence, also where one was written twice', async () => {
    const { files, write, remove, context } = host(START);
    const before = new Map(files);
    await write('/a', 'new', 'begins');
    await write('/a', 'newer', 'goes on');
    await write('/b', 'new', 'goes on');
    await remove('/c', 'goes on');
    expect([...files]).toEqual([
      ['/a', { content: 'newer', mode: 0o644 }],
      ['/b', { content: 'new', mode: 0o644 }],
    ]);
    await putBack(context());
    expect(Object.fromEntries(files)).toEqual(Object.fromEntries(before));
  });

  it('stay once the agent is back; those of other steps are not even read', async () => {
    const { files, read, write, context } = host(START);
    await write('/a', 'other');
    await putBack(context());
    expect(files.get('/a')?.content).toBe('other');
    expect(read).toEqual([]);
    await write('/a', 'new', 'begins');
    forget(context());
    await putBack(context());
    expect(files.get('/a')?.content).toBe('new');
  });
});
