/**
 * What is in force in an agent whose secret file was written, and which was not restarted since. From Consul 1.15 on an
 * agent that reloads shows the file, also of settings that need a restart (encrypt_verify_*, acl, auto_encrypt): what it says
 * of itself proves nothing then. So a round notes, before it writes the file, which start of the container it found and what
 * was in force; the note is void once the container was started again, by whomever.
 * Source: reloadConfigInternal in agent/agent.go of Consul 1.15 and later.
 */
import type { ReachableFacts, RestartDue } from './facts.js';

export const restartDuePath = (workdir: string): string => `${workdir}/.raftyard/restart-due.json`;

/** The note of a container that was not started again since; undefined where there is none. */
export function restartDueOf({ containers, workdir }: ReachableFacts): RestartDue | undefined {
  const { restartDue } = workdir;
  if (restartDue === undefined) return undefined;
  const same = containers.some(
    ({ id, running, startedAt }) =>
      running && id === restartDue.container && startedAt === restartDue.startedAt,
  );
  return same ? restartDue : undefined;
}
