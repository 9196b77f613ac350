import { describe, expect, it } from 'vitest';
import type { Facts, ReachableFacts } from '../../../src/shared/plan/facts.js';
import { hasImage } from '../../../src/shared/plan/image.js';
import { planApply } from '../../../src/shared/plan/index.js';
import type { Topology } from '../../../src/shared/topology/types.js';
import { appliedFacts, bareFacts, threeServers } from './fixture.js';

const DIGEST = `sha256:${'a'.repeat(64)}`;
const OTHER = `sha256:${'b'.repeat(64)}`;
const IMAGE = 'hashicorp/consul:1.20.1';
const PINNED = `${IMAGE}@${DIGEST}`;

const pulls = (topology: Topology, options = {}) =>
  planApply(topology, bareFacts(topology), options).steps.filter(({ action }) =>
    ['image-pull', 'image-load'].includes(action.kind),
  );

describe('where an image comes from', () => {
  it('is its own registry, by its own name', () => {
    const [first] = pulls(threeServers());
    expect(first?.action).toEqual({ kind: 'image-pull', reference: IMAGE });
    expect(first?.commands).toEqual([`docker pull ${IMAGE}`]);
  });

  it('is the mirror, and the container’s name stays', () => {
    const topology = threeServers({ pull: { mirror: 'mirror.example/hub', user: 'me', password: 'prompt' } });
    const plan = planApply(topology, bareFacts(topology));
    const [first] = plan.steps.filter(({ action }) => action.kind === 'image-pull');
    expect(first?.action).toEqual({
      kind: 'image-pull',
      reference: IMAGE,
      from: `mirror.example/hub/${IMAGE}`,
      user: 'me',
    });
    expect(first?.note).toContain('As me at mirror.example');
    const run = plan.steps.find(({ action }) => action.kind === 'container-run')?.action;
    expect(run).toMatchObject({ container: { image: IMAGE } });
  });

  it('is the same for the containers whichever way it comes: a change of it re-creates nothing', () => {
    const plain = threeServers();
    const facts = appliedFacts(plain, bareFacts(plain), planApply(plain, bareFacts(plain)));
    const moved = threeServers({ pull: { mirror: 'mirror.example' } });
    const kinds = planApply(moved, facts).steps.map(({ action }) => action.kind);
    expect(kinds).not.toContain('container-replace');
    expect(kinds).not.toContain('image-pull');
  });
});

describe('an option', () => {
  it('that the image’s Consul does not know is not sent, and that is said', () => {
    const topology = threeServers({
      image: 'progrium/consul',
      agentOptions: ['-log-json', '-log-level=debug'],
    });
    const plan = planApply(topology, bareFacts(topology));
    const run = plan.steps.find(({ action }) => action.kind === 'container-run')?.action;
    const command = run?.kind === 'container-run' ? run.container.command : [];
    expect(command).toContain('-log-level=debug');
    expect(command).not.toContain('-log-json');
    expect(plan.issues).toContainEqual({
      severity: 'warning',
      code: 'option-unknown',
      message: '-log-json is not sent: Consul 0.5.2 does not know it and would not start with it',
    });
  });

  it('with a value that the image’s Consul refuses is not sent, and that is said', () => {
    const plan = (image: string) => {
      const topology = threeServers({ image, agentOptions: ['-raft-protocol=2'] });
      return planApply(topology, bareFacts(topology));
    };
    expect(JSON.stringify(plan('hashicorp/consul:1.9.0').steps)).not.toContain('-raft-protocol');
    expect(plan('hashicorp/consul:1.9.0').issues).toContainEqual({
      severity: 'warning',
      code: 'option-value',
      message:
        '-raft-protocol=2 is not sent: Consul 1.9.0 takes no other value than 3 and would not start with it',
    });
    expect(JSON.stringify(plan('hashicorp/consul:1.8.7').steps)).toContain('-raft-protocol=2');
  });

  it('is sent where nobody knows the version', () => {
    const topology = threeServers({ image: 'hashicorp/consul', agentOptions: ['-log-json'] });
    const plan = planApply(topology, bareFacts(topology));
    expect(plan.issues.map(({ code }) => code)).not.toContain('option-unknown');
    expect(JSON.stringify(plan.steps)).toContain('-log-json');
  });
});

describe('a pinned image', () => {
  const topology = threeServers({ image: PINNED });
  const node = { image: { from: `hashicorp/consul@${DIGEST}`, digest: DIGEST } };
  const facts = (image: Partial<ReachableFacts['image']>, proven?: { digest: string; id: string }) => {
    const bare = bareFacts(topology)['docker01'] as ReachableFacts;
    return {
      ...bare,
      image: { reference: IMAGE, present: true, id: OTHER, ...image },
      workdir: { ...bare.workdir, ...(proven === undefined ? {} : { proven }) },
    };
  };

  it('is pulled by the digest, and run under its tag', () => {
    const [first] = pulls(topology);
    expect(first?.commands).toEqual([
      `docker pull hashicorp/consul@${DIGEST}`,
      `docker tag hashicorp/consul@${DIGEST} ${IMAGE}`,
    ]);
  });

  it('has a tag of its own where the document names none', () => {
    const untagged = threeServers({ image: `hashicorp/consul@${DIGEST}` });
    expect(pulls(untagged)[0]?.action).toMatchObject({ reference: 'hashicorp/consul:pinned-aaaaaaaaaaaa' });
  });

  it('is there only where something shows it', () => {
    expect(hasImage(node, facts({}))).toBe(false);
    expect(hasImage(node, facts({ digests: [OTHER] }))).toBe(false);
    expect(hasImage(node, facts({ digests: [OTHER, DIGEST] }))).toBe(true);
    // Engines with containerd’s store: the id is the digest.
    expect(hasImage(node, facts({ id: DIGEST }))).toBe(true);
    expect(hasImage(node, facts({}, { digest: DIGEST, id: OTHER }))).toBe(true);
    // Proven for another digest, or for another image than the name stands for now.
    expect(hasImage(node, facts({}, { digest: OTHER, id: OTHER }))).toBe(false);
    expect(hasImage(node, facts({ id: `sha256:${'c'.repeat(64)}` }, { digest: DIGEST, id: OTHER }))).toBe(
      false,
    );
    expect(hasImage(node, facts({ present: false, digests: [DIGEST] }))).toBe(false);
  });

  it('replaces containers of what is not shown to be it, and no other', () => {
    const applied = appliedFacts(topology, bareFacts(topology), planApply(topology, bareFacts(topology)));
    const withDigests = (digests: readonly string[]) =>
      Object.fromEntries(
        Object.entries(applied).map(([host, fact]) => [
          host,
          fact.reachable
            ? {
                ...fact,
                image: { reference: IMAGE, present: true, id: 'sha256:1', digests },
                containers: fact.containers.map((container) => ({ ...container, imageDigests: digests })),
              }
            : fact,
        ]),
      );
    expect(planApply(topology, withDigests([DIGEST])).steps.map(({ action }) => action.kind)).not.toContain(
      'container-replace',
    );
    const plan = planApply(topology, withDigests([OTHER]));
    expect(plan.steps.filter(({ action }) => action.kind === 'container-replace')).toHaveLength(3);
    expect(plan.steps.filter(({ action }) => action.kind === 'image-pull')).toHaveLength(3);
  });

  it('is not loaded from an archive that may hold anything', () => {
    const plan = (archiveKnown: { readonly unproven?: string }) =>
      planApply(topology, bareFacts(topology), { archive: true, archiveKnown }).issues.map(
        ({ code }) => code,
      );
    expect(plan({})).not.toContain('archive-unproven');
    expect(plan({ unproven: 'nothing shows it' })).toContain('archive-unproven');
  });
});

describe('the version that a new agent has to say', () => {
  const wanted = (image: string, change: Partial<NonNullable<ReachableFacts['image']>> = {}): unknown => {
    const topology = threeServers({ image });
    const bare = bareFacts(topology);
    const now = appliedFacts(topology, bare, planApply(topology, bare));
    const facts = Object.fromEntries(
      Object.entries(now).map(([host, found]) => [
        host,
        found.reachable ? { ...found, image: { reference: image, present: false, ...change } } : found,
      ]),
    ) as Facts;
    // One that is re-created for its options.
    const plan = planApply({ ...topology, agentOptions: ['-log-level=debug'] }, facts);
    const [version, ...others] = new Set(
      plan.steps.flatMap(({ action }) => (action.kind === 'container-replace' ? [action.version] : [])),
    );
    expect(others).toEqual([]);
    return version;
  };

  it.each([
    // The image on the host tells more than its tag.
    ['hashicorp/consul:1.22', { present: true, consulVersion: '1.22.4' }, '1.22.4'],
    ['hashicorp/consul:1.22', {}, '1.22'],
    ['registry.corp/hashicorp/consul:1.21.4', {}, '1.21.4'],
    ['hashicorp/consul:latest', {}, undefined],
    // Numbers of their own, it may be.
    ['registry.corp/consul:3.4', {}, undefined],
    ['registry.corp/consul:3.4', { present: true, consulVersion: '1.21.4' }, '1.21.4'],
    ['progrium/consul', { present: true, consulVersion: '0.5.2' }, undefined],
  ])('of %s with %j is %s', (image, change, version) => {
    expect(wanted(image, change)).toBe(version);
  });
});
