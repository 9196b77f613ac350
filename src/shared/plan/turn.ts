/**
 * The turn of an agent that is stopped and started again: what its container reads at its start is written then, and not before. A
 * host that boots meanwhile starts the old container with the old files; an agent of 1.11 would not start with a `tls` block.
 * Source: https://developer.hashicorp.com/consul/docs/reference/agent/configuration-file/tls
 */
import type { Lane } from './builder.js';
import { addFiles, addRecord, fileNeeds, recordedState } from './host-steps.js';
import { addSecretFiles } from './secrets.js';
import { addServiceFiles } from './services.js';
import type { TurnFiles } from './work.js';

/** Whether anything is to be written at all. */
export const hasFiles = ({ input, secrets, services }: TurnFiles): boolean =>
  fileNeeds(input).length + secrets.length + services.unwanted.length > 0 || services.secret !== undefined;

/** Adds the steps that write what a container is going to read, and record it. */
export function addTurnFiles(lane: Lane, { input, firewall, secrets, services }: TurnFiles): void {
  addRecord(input, recordedState(input, firewall));
  addFiles(input);
  addServiceFiles(lane, services);
  addSecretFiles(lane, secrets);
}

/** The same, once the steps that come before its turn are done and the agent can be spared. */
export const addTurn = (lane: Lane, files: TurnFiles, needs: readonly string[]): void =>
  lane.turn(needs, () => addTurnFiles(lane, files));
