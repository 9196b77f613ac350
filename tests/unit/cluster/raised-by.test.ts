/** Clusters that older versions of Raftyard raised: this one changes nothing of them. See docs/testing.md. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sha256Hex } from '../../../src/shared/digest.js';
import type { Facts } from '../../../src/shared/plan/facts.js';
import { changeCount, planApply } from '../../../src/shared/plan/index.js';
import { readTopology } from '../../../src/shared/topology/index.js';
import type { Topology } from '../../../src/shared/topology/types.js';

const FOLDER = join(import.meta.dirname, '../../fixtures/raised-by');

interface Recorded {
  readonly topology: Topology;
  readonly facts: Facts;
  /** What the cluster's store says of a template, by the template's own digest. */
  readonly digests: Readonly<Record<string, string | null>>;
}

function recorded(version: string, form: string): Recorded {
  const { document, ...rest } = JSON.parse(readFileSync(join(FOLDER, version, form), 'utf8')) as {
    readonly document: string;
    readonly facts: Facts;
    readonly digests: Recorded['digests'];
  };
  const { topology, findings } = readTopology(document);
  if (topology === undefined) throw new Error(JSON.stringify(findings));
  return { topology, ...rest };
}

const VERSIONS = readdirSync(FOLDER, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);

/** Secrets as they were; what the recorded cluster knew nothing of, nobody knows. */
const secretsOf = ({ digests }: Recorded) => ({
  rotate: false,
  digest: (template: string) => digests[sha256Hex(template)] ?? undefined,
});

describe.each(VERSIONS)('a cluster that %s raised', (version) => {
  it.each(readdirSync(join(FOLDER, version)))('needs nothing: %s', (form) => {
    const cluster = recorded(version, form);
    const plan = planApply(cluster.topology, cluster.facts, { secrets: secretsOf(cluster) });
    expect(plan.issues.filter(({ severity }) => severity === 'blocker' || severity === 'conflict')).toEqual(
      [],
    );
    expect(changeCount(plan), JSON.stringify(plan.steps.map(({ title }) => title))).toBe(0);
  });

  it.each(readdirSync(join(FOLDER, version)))('is not as another document says: %s', (form) => {
    const cluster = recorded(version, form);
    const { topology } = cluster;
    const changed = { ...topology, agentOptions: ['-log-level=debug'] };
    expect(changeCount(planApply(changed, cluster.facts, { secrets: secretsOf(cluster) }))).toBeGreaterThan(
      0,
    );
  });
});
