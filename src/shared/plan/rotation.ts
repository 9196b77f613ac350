/** The change of the gossip key in a plan. */
import { GOSSIP_KEY, GOSSIP_KEY_NEXT, templateOf, withNextKey } from '../desired/index.js';
import type { PlanBuilder } from './builder.js';
import { addSecretFile, type PlanSecrets } from './secrets.js';
import type { NodeWork } from './work.js';

/**
 * Adds the change of the gossip key: into every keyring, used, written for the next start, and the old one taken out.
 * Each server is told: one passes it on to the LAN pools, but to no more of the WAN pool than it sees, and in a single
 * datacenter each server is alone there.
 */
export function addRotation(
  builder: PlanBuilder,
  works: readonly NodeWork[],
  secrets: PlanSecrets,
  needs: readonly string[],
): void {
  const servers = works.filter(({ node }) => node.role === 'server').map(({ node }) => node);
  const [first] = servers;
  if (first === undefined) return;
  const keyring = (
    op: 'install' | 'use' | 'remove',
    key: string,
    words: { title: string; before: string; after: string },
    after: readonly string[],
  ): readonly string[] => {
    let gate = after;
    for (const { host, node, container } of servers) {
      const id = builder.add(
        host,
        { kind: 'keyring', op, key },
        {
          node,
          ...words,
          commands: [
            `docker exec ${container.name} consul keyring -${op} …   # the key goes over SSH, in no argument`,
          ],
          needs: gate,
        },
      );
      gate = [id];
    }
    return gate;
  };
  const installed = keyring(
    'install',
    GOSSIP_KEY_NEXT,
    {
      title: 'Give every agent the new gossip key',
      before: 'one key',
      after: 'every agent understands both keys',
    },
    needs,
  );
  const used = keyring(
    'use',
    GOSSIP_KEY_NEXT,
    { title: 'Send with the new gossip key', before: 'the old key is used', after: 'the new key is used' },
    installed,
  );
  const written = works.flatMap((work) => {
    const { secret } = work.node;
    if (secret === undefined) return [];
    const template = withNextKey(templateOf(secret));
    const have = work.facts.workdir.files.find((file) => file.path === secret.path);
    if (have?.sha256 !== undefined && have.sha256 === secrets.digest(template)) return [];
    return [
      addSecretFile(
        work.lane,
        secret,
        { path: secret.path, template },
        {
          after: 'holds the new key, for an agent that starts without its data',
          needs: used,
        },
      ),
    ];
  });
  const removed = keyring(
    'remove',
    GOSSIP_KEY,
    {
      title: 'Take the old gossip key out of every agent',
      before: 'every agent understands both keys',
      after: 'the new key only',
    },
    [...used, ...written],
  );
  builder.add(
    first.host,
    { kind: 'secret-promote', from: GOSSIP_KEY_NEXT, to: GOSSIP_KEY },
    {
      node: first.node,
      title: 'Keep the new gossip key as the only one',
      before: 'two keys in your store of secrets',
      after: 'one',
      risk: 'none',
      needs: removed,
    },
  );
}
