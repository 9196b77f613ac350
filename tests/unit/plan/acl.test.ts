/** Plans of ACLs, and of an API that is open to the network. */
import { describe, expect, it } from 'vitest';
import {
  aclObjects,
  agentToken,
  desiredNodes,
  freshTemplateOf,
  READ_TOKEN,
  renderSecrets,
  type SecretFile,
  type SecretValues,
  templateOf,
} from '../../../src/shared/desired/index.js';
import { sha256Hex } from '../../../src/shared/digest.js';
import type { Facts } from '../../../src/shared/plan/facts.js';
import { changeCount, planApply } from '../../../src/shared/plan/index.js';
import type { Step } from '../../../src/shared/plan/types.js';
import { NOT_SECURED } from '../../../src/shared/topology/index.js';
import type { Topology } from '../../../src/shared/topology/types.js';
import { appliedFacts, bareFacts, threeServers } from './fixture.js';
import { before, blockers, KNOWN, knowing, of } from './secured.js';

describe('ACLs', () => {
  const base = threeServers({ secure: { ...NOT_SECURED, acl: true } });
  const acl: Topology = {
    ...base,
    datacenters: base.datacenters.map((datacenter) => ({
      ...datacenter,
      nodes: datacenter.nodes.map((node, index) =>
        index === 2 ? { ...node, role: 'client' as const, bootstrap: false } : node,
      ),
    })),
  };
  const values: SecretValues = Object.fromEntries(
    [READ_TOKEN, ...['node1', 'node2', 'node3'].map(agentToken)].map((name) => [name, `secret of ${name}`]),
  );
  const known = knowing(values);
  const settings = (step: Step | undefined) =>
    step?.action.kind === 'secret-file' ? JSON.parse(step.action.template).acl : undefined;

  function facts(enabled: boolean, deny: boolean, template?: (file: SecretFile) => string): Facts {
    const bare = bareFacts(acl);
    const done = appliedFacts(acl, bare, planApply(acl, bare, { secrets: known }));
    return Object.fromEntries(
      Object.entries(done).map(([name, host]) => {
        const secret = desiredNodes(acl).find((node) => node.host === name)?.secret;
        if (!host.reachable || host.agent === undefined || secret === undefined) return [name, host];
        const others = host.workdir.files.filter(({ path }) => !path.includes('.secret'));
        const file =
          template === undefined
            ? []
            : [
                {
                  path: secret.path,
                  mode: 0o444,
                  sha256: sha256Hex(renderSecrets(template(secret), values)),
                },
              ];
        return [
          name,
          {
            ...host,
            agent: { ...host.agent, acl: { enabled, deny } },
            workdir: { ...host.workdir, files: [...others, ...file] },
          },
        ];
      }),
    ) as Facts;
  }

  it('begin with servers that deny, then tokens, then every agent with its own, and clients last', () => {
    const plan = planApply(acl, bareFacts(acl), { secrets: known });
    expect(blockers(plan)).toEqual([]);
    const [bootstrap] = of(plan, 'acl-bootstrap');
    const [tokens] = of(plan, 'acl-tokens');
    if (bootstrap === undefined || tokens === undefined) throw new Error('no tokens are made');
    const runs = of(plan, 'container-run');
    const [one, two, client] = ['node1', 'node2', 'node3'].map((name) =>
      runs.find(({ node }) => node === name),
    );
    for (const server of [one, two]) expect(before(plan, bootstrap)).toContain(server?.id);
    if (client === undefined) throw new Error('the client is not started');
    expect(before(plan, client)).toContain(tokens.id);
    const given = of(plan, 'agent-token');
    expect(given.map(({ node }) => node)).toEqual(['node1', 'node2']);
    for (const step of given) expect(before(plan, step)).toContain(tokens.id);
    const file = (node: string) => of(plan, 'secret-file').filter((step) => step.node === node);
    expect(file('node1').map(settings)).toMatchObject([
      { default_policy: 'deny' },
      { default_policy: 'deny', tokens: { agent: '@@raftyard:acl-agent/node1@@' } },
    ]);
    expect(settings(file('node1')[0])).not.toHaveProperty('tokens');
    expect(file('node3').map(settings)).toMatchObject([
      { tokens: { agent: '@@raftyard:acl-agent/node3@@' } },
    ]);
    expect(planApply(acl, bareFacts(acl), { secrets: { rotate: false, digest: () => undefined } }).id).toBe(
      plan.id,
    );
    for (const value of Object.values(values)) expect(JSON.stringify(plan)).not.toContain(value);
  });

  it('need nothing a second time, and are finished where a run was cut short before the tokens', () => {
    expect(
      changeCount(
        planApply(
          acl,
          facts(true, true, (file) => templateOf(file)),
          { secrets: known },
        ),
      ),
    ).toBe(0);
    const rest = planApply(acl, facts(true, true, freshTemplateOf), { secrets: known });
    expect(of(rest, 'acl-bootstrap')).toHaveLength(1);
    expect(of(rest, 'agent-token').map(({ node }) => node)).toEqual(['node1', 'node2', 'node3']);
    expect([...of(rest, 'container-restart'), ...of(rest, 'container-run')]).toEqual([]);
  });

  it('are turned on in three rounds with the tokens made before the second', () => {
    const plan = planApply(acl, facts(false, false), { secrets: known });
    expect(blockers(plan)).toEqual([]);
    const restarts = of(plan, 'container-restart');
    expect(restarts).toHaveLength(9);
    const [tokens] = of(plan, 'acl-tokens');
    if (tokens === undefined) throw new Error('no tokens are made');
    const round = (n: number) => restarts.filter(({ title }) => title.includes(`round ${n}`));
    for (const step of round(1)) expect(before(plan, tokens)).toContain(step.id);
    for (const step of round(2)) expect(before(plan, step)).toContain(tokens.id);
    const files = of(plan, 'secret-file').filter(({ node }) => node === 'node1');
    expect(
      files.map(settings).map(({ default_policy: policy, tokens: has }) => [policy, has !== undefined]),
    ).toEqual([
      ['allow', false],
      ['allow', true],
      ['deny', true],
    ]);
  });

  it('give clients of 2.1 what they need before they become it, and others nothing more', () => {
    const on = (version: string): Topology => ({ ...acl, image: `hashicorp/consul:${version}` });
    const rules = (topology: Topology) =>
      aclObjects(topology).policies.flatMap(({ name, rules: text }) =>
        name.startsWith('raftyard-agent-') && text.includes('operator = "read"') ? [name] : [],
      );
    expect(rules(on('2.1.0'))).toEqual(['raftyard-agent-node3']);
    expect(rules(on('2.0.3'))).toEqual([]);
    const there = facts(true, true, (file) => templateOf(file));
    const running = (version: string): Facts =>
      Object.fromEntries(
        Object.entries(there).map(([name, host]) => [
          name,
          host.reachable && host.agent !== undefined ? { ...host, agent: { ...host.agent, version } } : host,
        ]),
      );
    const plan = planApply(on('2.1.0'), running('2.0.3'), { secrets: known });
    expect(blockers(plan)).toEqual([]);
    const [tokens] = of(plan, 'acl-tokens');
    const client = of(plan, 'container-replace').find(({ node }) => node === 'node3');
    if (tokens === undefined || client === undefined) throw new Error('no tokens, or no new client');
    expect(JSON.stringify(tokens.action)).toContain('operator = \\"read\\"');
    expect(before(plan, client)).toContain(tokens.id);
    expect(of(planApply(on('2.0.3'), running('1.22.7'), { secrets: known }), 'acl-tokens')).toEqual([]);
  });

  it('are reset on demand, and refused where the store has no token of a cluster that has', () => {
    const there = facts(true, true, (file) => templateOf(file));
    expect(blockers(planApply(acl, there, { secrets: knowing({}) }))).toEqual(
      Array(3).fill('secrets-missing'),
    );
    const reset = planApply(acl, there, { secrets: { ...knowing({}), resetAcl: true } });
    expect(blockers(reset)).toEqual([]);
    expect(of(reset, 'acl-bootstrap').map(({ action }) => action)).toEqual([
      { kind: 'acl-bootstrap', reset: true },
    ]);
    expect(of(reset, 'agent-token')).toHaveLength(3);
  });
});

describe('an exposed API', () => {
  const issue = (secure: Partial<Topology['secure']>) => {
    const exposed = threeServers({ api: 'exposed', secure: { ...NOT_SECURED, ...secure } });
    const plan = planApply(exposed, bareFacts(exposed), { secrets: KNOWN });
    const open = desiredNodes(exposed)[0]?.firewall.rules.filter(({ from }) => from === 'any');
    const found = plan.issues.find(({ code }) => code === 'api-exposed');
    return [found?.severity, open?.map(({ port }) => port)];
  };

  it('is confirmed where no token or no TLS guards it, and is HTTPS where there is TLS', () => {
    expect(issue({})).toEqual(['confirm', [8500]]);
    expect(issue({ tls: true })).toEqual(['confirm', [8501]]);
    expect(issue({ acl: true })).toEqual(['confirm', [8500]]);
    expect(issue({ tls: true, acl: true })).toEqual(['note', [8501]]);
  });

  it('opens more ports with it where no firewall of ours keeps them shut', () => {
    const said = (change: Partial<Parameters<typeof threeServers>[0]>): string | undefined => {
      const exposed = threeServers({ api: 'exposed', firewall: 'leave', ...change });
      const { issues } = planApply(exposed, bareFacts(exposed), { secrets: KNOWN });
      return issues.find(({ code }) => code === 'api-exposed-ports')?.message;
    };
    expect(said({ image: 'hashicorp/consul:1.21.4' })).toContain('8503 and 8600 are open');
    expect(said({ image: 'hashicorp/consul:1.13.9' })).toContain('’ 8600 are open');
    expect(said({ firewall: 'open' })).toBeUndefined();
  });
});
