/** Plans of TLS. */
import { describe, expect, it } from 'vitest';
import {
  desiredNodes,
  renderSecrets,
  type SecretValues,
  templateOf,
} from '../../../src/shared/desired/index.js';
import { sha256Hex } from '../../../src/shared/digest.js';
import type { Facts, ReachableFacts } from '../../../src/shared/plan/facts.js';
import { changeCount, type PlanSecrets, planApply } from '../../../src/shared/plan/index.js';
import { NOT_SECURED } from '../../../src/shared/topology/index.js';
import { appliedFacts, bareFacts, threeServers } from './fixture.js';
import { blockers, kinds, knowing, of, STAGES, VALUES } from './secured.js';

describe('TLS', () => {
  const tls = threeServers({ secure: { ...NOT_SECURED, gossip: true, tls: true } });
  const values: SecretValues = {
    ...VALUES,
    'tls-ca': 'CA',
    ...Object.fromEntries(
      tls.datacenters.flatMap(({ nodes }) =>
        nodes.flatMap(({ name }) => [
          [`tls-cert/${name}`, `cert of ${name}`],
          [`tls-key/${name}`, `key of ${name}`],
        ]),
      ),
    ),
  };
  const known = knowing(values);
  type Tls = NonNullable<ReachableFacts['agent']>['tls'];
  const strict = (stage: number): Tls => ({
    configured: stage > 0,
    verifyOutgoing: stage >= 2,
    verifyIncoming: stage >= 3,
    verifyServerHostname: stage >= 3,
  });
  /** Facts of the cluster with gossip and TLS each at a stage, and the files of that stage. */
  function facts(gossip: number, tlsStage: number, holds: SecretValues = values): Facts {
    const bare = bareFacts(tls);
    const done = appliedFacts(tls, bare, planApply(tls, bare, { secrets: known }));
    return Object.fromEntries(
      Object.entries(done).map(([name, host]) => {
        const secret = desiredNodes(tls).find((node) => node.host === name)?.secret;
        if (!host.reachable || host.agent === undefined || secret === undefined) return [name, host];
        const stages = { gossip: (gossip || 1) as 1 | 2 | 3, tls: (tlsStage || 1) as 1 | 2 | 3 };
        const texts = [
          ...(tlsStage === 0 ? [] : [{ path: secret.path, text: templateOf(secret, stages) }]),
          ...(tlsStage === 0 ? [] : secret.files.map(({ path, template }) => ({ path, text: template }))),
        ];
        const files = texts.map(({ path, text }) => ({
          path,
          mode: secret.mode,
          sha256: sha256Hex(renderSecrets(text, holds)),
        }));
        return [
          name,
          {
            ...host,
            agent: { ...host.agent, gossip: STAGES[gossip], tls: strict(tlsStage) },
            workdir: {
              ...host.workdir,
              files: [...host.workdir.files.filter(({ path }) => !path.includes('.secret')), ...files],
            },
          },
        ];
      }),
    ) as Facts;
  }

  it('comes with the last stage at once in a new cluster, certificates before what names them', () => {
    const plan = planApply(tls, bareFacts(tls), { secrets: known });
    const paths = plan.steps.flatMap(({ action, host }) =>
      action.kind === 'secret-file' && host === 'docker01' ? [action.path.split('/').at(-1)] : [],
    );
    expect(paths).toEqual(['ca.pem', 'agent.pem', 'agent-key.pem', 'secret.json']);
    expect(of(plan, 'container-restart')).toEqual([]);
    for (const value of Object.values(values)) expect(JSON.stringify(plan)).not.toContain(value);
    expect(planApply(tls, bareFacts(tls), { secrets: { rotate: false, digest: () => undefined } }).id).toBe(
      plan.id,
    );
    expect(changeCount(planApply(tls, facts(3, 3), { secrets: known }))).toBe(0);
  });

  it('is turned on in three rounds, and what is on already is never taken back', () => {
    const plan = planApply(tls, facts(3, 0), { secrets: known });
    expect(blockers(plan)).toEqual([]);
    const settings = plan.steps.flatMap(({ action, host }) =>
      action.kind === 'secret-file' && host === 'docker01' && action.path.endsWith('.json')
        ? [JSON.parse(action.template)]
        : [],
    );
    expect(settings).toHaveLength(3);
    for (const each of settings) expect(each).toMatchObject({ encrypt_verify_incoming: true });
    expect(settings.map(({ tls: block }) => block.defaults.verify_outgoing)).toEqual([false, true, true]);
    expect(settings.map(({ tls: block }) => block.internal_rpc.verify_incoming)).toEqual([
      false,
      false,
      true,
    ]);
    expect(of(plan, 'container-restart')).toHaveLength(9);
  });

  it('goes on from where it stopped', () => {
    const plan = planApply(tls, facts(3, 2), { secrets: known });
    expect(of(plan, 'container-restart')).toHaveLength(3);
    expect(of(plan, 'secret-file')).toHaveLength(3);
  });

  it('renews a certificate by a reload, and nothing is restarted', () => {
    const late: PlanSecrets = {
      rotate: false,
      digest: (template) => (template.includes('/node2@@') ? undefined : known.digest(template)),
    };
    const plan = planApply(tls, facts(3, 3), { secrets: late });
    expect(kinds(plan).filter((kind) => kind === 'secret-file')).toHaveLength(2);
    expect(of(plan, 'agent-reload').map(({ node }) => node)).toEqual(['node2']);
    expect([...of(plan, 'container-restart'), ...of(plan, 'container-replace')]).toEqual([]);
  });

  it('refuses a CA that the hosts do not trust, one that is lost here, and being turned off', () => {
    const other = knowing({ ...values, 'tls-ca': 'another CA' });
    expect(blockers(planApply(tls, facts(3, 3), { secrets: other }))).toEqual(Array(3).fill('other-ca'));
    const { 'tls-ca': _lost, ...rest } = values;
    expect(blockers(planApply(tls, facts(3, 3), { secrets: knowing(rest) }))).toEqual(
      Array(3).fill('secrets-missing'),
    );
    expect(blockers(planApply({ ...tls, secure: NOT_SECURED }, facts(3, 3)))).toEqual(
      ['docker01', 'docker02', 'docker03'].flatMap(() => ['gossip-off', 'tls-off']),
    );
  });

  it('and a gRPC port without TLS keep a server of 1.14 and later from starting', () => {
    const stopped = (image: string, ...agentOptions: string[]): string[] => {
      const topology = { ...tls, image, agentOptions };
      return blockers(planApply(topology, bareFacts(topology), { secrets: known }));
    };
    expect(stopped('hashicorp/consul:1.14.11', '-grpc-port=8502')).toEqual(Array(3).fill('grpc-port-tls'));
    expect(stopped('hashicorp/consul:1.13.9', '-grpc-port=8502')).toEqual([]);
    expect(stopped('hashicorp/consul:1.21.4', '-grpc-port=8502', '-grpc-tls-port=8503')).toEqual([]);
    expect(stopped('hashicorp/consul:1.21.4', '-grpc-port=-1')).toEqual([]);
  });
});
