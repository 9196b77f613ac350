/** What a container that does not stay up said last, and what that means where it is known. */
import type Docker from 'dockerode';
import type { NodePlace } from '../observe.js';
import type { StepContext } from './context.js';

/** The last words of a container that does not stay up: the best explanation there is. */
export async function lastWords(container: Docker.Container): Promise<string> {
  try {
    const logs = await container.logs({ stdout: true, stderr: true, tail: 8, follow: false });
    // Docker’s frame headers and terminal codes are dropped.
    return logs
      .toString('utf8')
      .replace(/[^\x20-\x7e\n\u00a0-\uffff]/g, '')
      .trim()
      .slice(-600);
  } catch {
    return '';
  }
}

export interface Refusal {
  readonly message: string;
  readonly hint: string;
}

/**
 * What a log comes to in which Consul says that the server was off for too long; undefined where it says nothing of it. It tries
 * for a minute before it ends.
 */
export function refusalIn(log: string, name: string): Refusal | undefined {
  const after = /refusing to rejoin cluster[^\n]*server_rejoin_age_max \(([0-9hms.]{1,20})\)/.exec(log)?.[1];
  if (after === undefined) return undefined;
  return {
    message: `${name} refuses to start: it was off for more than server_rejoin_age_max (${after})`,
    hint: 'Plan again: the plan says how long it was off, and what is to be done.',
  };
}

/** The refusals in the logs of servers that do not answer. */
export async function refusalsOf(
  places: readonly NodePlace[],
  { apply: { away }, connectionOf }: Pick<StepContext, 'apply' | 'connectionOf'>,
): Promise<readonly Refusal[]> {
  const found = await Promise.all(
    places
      .filter(({ host }) => !away.has(host))
      .map(async ({ name, host, container }) => {
        try {
          const docker = await (await connectionOf(host)).docker();
          return refusalIn(await lastWords(docker.getContainer(container)), name);
        } catch {
          return undefined;
        }
      }),
  );
  return found.flatMap((refusal) => (refusal === undefined ? [] : [refusal]));
}
