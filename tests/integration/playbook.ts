/** The exported playbook as a person runs it. */
import { join } from 'node:path';
import { folder, type Ran, run } from './exported.js';

export interface Recap {
  readonly changed: number;
  readonly failed: number;
}

/** `ansible-playbook` in the folder of an export, and what its last lines say of each host. */
export async function playbook(
  directory: string,
  argv: readonly string[] = [],
  environment: NodeJS.ProcessEnv = {},
): Promise<Ran & { readonly recap: Readonly<Record<string, Recap>> }> {
  const ran = await run('ansible-playbook', ['-i', 'inventory.yaml', 'playbook.yaml', ...argv], {
    cwd: directory,
    env: {
      LC_ALL: 'C.UTF-8',
      ANSIBLE_HOME: join(folder, 'ansible'),
      ANSIBLE_NOCOLOR: '1',
      ...environment,
    },
  });
  const lines = ran.output.matchAll(/^(\S+) +: ok=\d+ +changed=(\d+) +unreachable=\d+ +failed=(\d+)/gm);
  return {
    ...ran,
    recap: Object.fromEntries(
      [...lines].map(([, host = '', changed, failed]) => [
        host,
        { changed: Number(changed), failed: Number(failed) },
      ]),
    ),
  };
}

/** The recap of a run that had nothing to do. */
export const nothingChanged = (hosts: number): Record<string, Recap> =>
  Object.fromEntries(
    Array.from({ length: hosts }, (_, index) => [`docker0${index + 1}`, { changed: 0, failed: 0 }]),
  );
