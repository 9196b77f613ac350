/** One function for each kind of step: check what is there, do it, verify it. */
import { RaftyardError } from '../../../shared/errors.js';
import type { StepKind } from '../../../shared/plan/types.js';
import {
  closeFirewall,
  disableFirewall,
  dockerChainsBroken,
  enableFirewall,
  openFirewall,
  repairDockerChains,
} from '../../host/firewall/index.js';
import { bootstrapAcl, giveAgentToken, makeTokens } from './acl.js';
import { setMinQuorum } from './autopilot.js';
import {
  removeContainer,
  replaceContainer,
  restartContainer,
  runContainer,
  startContainer,
} from './containers.js';
import type { Handler, StepContext } from './context.js';
import { checkDnsAnswer, setHostResolver, tellEngine, untellEngine } from './dns.js';
import { federate } from './federation.js';
import { removeFile, writeDirectory, writeFileStep, writeRecord } from './files.js';
import { remember } from './former.js';
import { untilSparable } from './gate.js';
import { loadImage, pullImage } from './images.js';
import { joinAgents } from './join.js';
import { checkNetwork } from './network-check.js';
import { waitForQuorum } from './quorum.js';
import { letRejoin } from './rejoin.js';
import type { StepResult } from './scheduler.js';
import { changeKeyring, promoteSecret, reloadAgent, writeSecretFile } from './secrets.js';
import { waitForServices } from './services.js';

const HANDLERS: { readonly [K in StepKind]: Handler<K> } = {
  record: writeRecord,
  directory: writeDirectory,
  file: writeFileStep,
  'file-remove': removeFile,
  'firewall-open': async (action, { connection, cutOff }) => {
    await openFirewall(connection, action.firewall, action.rules, action, { signal: cutOff });
    return 'done';
  },
  'firewall-close': async (action, { connection, cutOff }) => {
    await closeFirewall(connection, action.firewall, action.rules, action, { signal: cutOff });
    return 'done';
  },
  'firewall-disable': async (action, { connection, cutOff }) => {
    await disableFirewall(connection, action.firewall, { signal: cutOff });
    return 'done';
  },
  'firewall-enable': async (action, { connection, cutOff }) => {
    await enableFirewall(connection, action.firewall, action, { signal: cutOff });
    return 'done';
  },
  'docker-chains': async (_action, { connection }) => {
    if (!(await dockerChainsBroken(connection))) return 'skipped';
    await repairDockerChains(connection);
    if (await dockerChainsBroken(connection))
      throw new RaftyardError('command-failed', "Docker's firewall chains are still missing", {
        host: connection.host.name,
        hint: 'Restart Docker by hand (systemctl restart docker) and look at iptables -t nat -S DOCKER.',
      });
    return 'done';
  },
  'image-pull': pullImage,
  'image-load': loadImage,
  'volume-create': async (action, { connection }) => {
    const docker = await connection.docker();
    await docker.createVolume({ Name: action.name, Labels: { ...action.labels } });
    return 'done';
  },
  'volume-remove': async (action, { connection }) => {
    const docker = await connection.docker();
    try {
      await docker.getVolume(action.name).remove();
      return 'done';
    } catch (error) {
      if ((error as { statusCode?: number }).statusCode === 404) return 'skipped';
      throw new RaftyardError(
        'docker-failed',
        `the volume ${action.name} cannot be removed: ${String((error as Error).message)}`,
        {
          host: connection.host.name,
          cause: error,
        },
      );
    }
  },
  'secret-file': writeSecretFile,
  'agent-reload': reloadAgent,
  services: waitForServices,
  'acl-bootstrap': bootstrapAcl,
  'acl-tokens': makeTokens,
  'agent-token': giveAgentToken,
  autopilot: setMinQuorum,
  rejoin: letRejoin,
  keyring: changeKeyring,
  'secret-promote': promoteSecret,
  'container-restart': restartContainer,
  'container-run': runContainer,
  'container-start': startContainer,
  'container-replace': replaceContainer,
  'container-remove': removeContainer,
  // Taking over is what the record step wrote; the container itself is not touched.
  adopt: async () => 'done',
  join: joinAgents,
  quorum: waitForQuorum,
  federation: federate,
  'network-check': checkNetwork,
  'engine-dns': tellEngine,
  'engine-dns-undo': untellEngine,
  'host-resolver': setHostResolver,
  'dns-check': checkDnsAnswer,
};

/** Runs one step on its host. @throws RaftyardError with the host's name. */
export async function executeStep(context: StepContext): Promise<StepResult> {
  const { action, node, turn } = context.step;
  // What its container reads at its start is not written while it cannot be stopped.
  if (turn === 'begins' && node !== undefined) await untilSparable(context, node);
  await remember(context);
  const handler = HANDLERS[action.kind] as Handler<StepKind>;
  return await handler(action, context);
}
