#!/usr/bin/env node
import { createHash } from 'node:crypto';
/**
 * Writes down a cluster that some version of Raftyard has raised, for tests/unit/cluster/raised-by.test.ts:
 * `node scripts/record-cluster.mjs DOCUMENT OUT [VAULT PASSPHRASE]`, after `npm run build`.
 * It looks at the hosts and changes nothing. Of secrets it keeps only what a plan may know of them: digests.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { ClusterSecrets, preflight, reading } from '../dist/main/cluster/index.js';
import { createConnector } from '../dist/main/host/index.js';
import { Vault } from '../dist/main/store/secrets/vault.js';
import { changeCount, planApply } from '../dist/shared/plan/index.js';
import { readTopology } from '../dist/shared/topology/index.js';

const [document, out, vault, passphrase] = process.argv.slice(2);
const text = readFileSync(document, 'utf8');
const { topology } = readTopology(text);
const secrets =
  vault === undefined ? undefined : await ClusterSecrets.of(topology, await Vault.open(vault, passphrase));
const nobody = { hostKey: async () => false, secret: async () => null };
const connector = createConnector({ prompts: nobody, hosts: topology.hosts });
try {
  const context = { connector, journalDir: tmpdir(), holder: 'record' };
  const facts = await preflight(topology, reading(context, secrets));
  const digests = {};
  const known = secrets?.forPlan();
  const digest = (template) => {
    const value = known.digest(template);
    digests[createHash('sha256').update(template).digest('hex')] = value ?? null;
    return value;
  };
  const plan = planApply(topology, facts, known === undefined ? {} : { secrets: { ...known, digest } });
  const left = changeCount(plan);
  if (left > 0) throw new Error(`not as its document says: ${left} changes`);
  const public_ = text.replace(/identity: .*/g, 'identity: ~/.ssh/id_ed25519');
  writeFileSync(out, `${JSON.stringify({ document: public_, facts, digests }, null, 1)}\n`);
  console.log(`${out}: 0 changes`);
} finally {
  await connector.close();
}
