/** What a plan says of the Consul that it is to run: a version that nobody knows, one out of support, one with a fault. Pure. */
import {
  faultsOf,
  isEnterprise,
  isFloating,
  isOutOfSupport,
  isUntried,
  RECOMMENDED,
} from '../consul/index.js';
import type { DesiredNode } from '../desired/types.js';
import type { Topology } from '../topology/types.js';
import type { PlanBuilder } from './builder.js';
import type { Facts } from './facts.js';
import { hasTls } from './issues.js';
import type { PlanIssue } from './types.js';

/** How a version is made known. */
const NAME_IT =
  'Name a version in the tag (beside a digest too, as in hashicorp/consul:2.0.3@sha256:…), or have the image on the hosts before: it is asked then.';

/**
 * A version that nobody knows, where it decides how TLS is configured: agents of 1.11 do not start with what later ones are given, and
 * those would all be configured anew once the image is there and tells.
 */
export function versionBlocker(node: DesiredNode): PlanIssue | null {
  if (node.version !== undefined || !hasTls(node)) return null;
  return {
    severity: 'blocker',
    code: 'version-unknown',
    host: node.host,
    message: `which Consul ${node.container.image} is cannot be known on ${node.host}, and how TLS is configured depends on it`,
    hint: NAME_IT,
  };
}

function unknownIssue(nodes: readonly DesiredNode[]): PlanIssue[] {
  const [first] = nodes;
  if (first === undefined) return [];
  return [
    {
      severity: 'warning',
      code: 'version-unknown',
      message: `${nodes.map(({ host }) => host).join(', ')}: which Consul ${first.container.image} is, nobody says: neither its tag nor an agent nor the image; it is configured as a current one`,
      hint: NAME_IT,
    },
  ];
}

/** What is said of each version once, whatever the number of its hosts. */
function releaseIssues(image: string, version: string): PlanIssue[] {
  return [
    ...faultsOf(version, isEnterprise(image, version)).map(
      ({ reason }): PlanIssue => ({
        severity: 'warning',
        code: 'version-fault',
        message: `Consul ${version} has a known fault: ${reason}`,
        hint: 'docs/consul-versions.md lists the patches to avoid.',
      }),
    ),
    // Single lines of Enterprise are longer in support than the free edition.
    ...(isOutOfSupport(version) === true && !isEnterprise(image, version)
      ? [
          {
            severity: 'note' as const,
            code: 'version-support',
            message: `Consul ${version} is out of support: faults of it are mended no more`,
          },
        ]
      : []),
    ...(isUntried(version)
      ? [
          {
            severity: 'note' as const,
            code: 'version-untried',
            message: `Consul ${version} is known to Raftyard from documentation only: nobody has run it here`,
          },
        ]
      : []),
  ];
}

/** A tag that moves, in a document that has it already: nothing stops, and nothing of it is a change. */
function floatingIssue(image: string): PlanIssue[] {
  if (!isFloating(image)) return [];
  return [
    {
      severity: 'note',
      code: 'floating-tag',
      message: `${image} names no full version: what it stands for changes with Consul’s releases, so that hosts which pull it on different days run different Consuls, and a pull later is an upgrade that no plan showed`,
      hint: `Name a full version in the tag, as in hashicorp/consul:${RECOMMENDED}, or hold every host to what it stands for now: raftyard pin, or the button below the image.`,
    },
  ];
}

/** Adds what is to be said of the document's Consul, as the hosts know it. */
export function versionIssues(
  { image }: Topology,
  nodes: readonly DesiredNode[],
  facts: Facts,
  builder: PlanBuilder,
): void {
  const looked = nodes.filter(({ host }) => facts[host]?.reachable === true);
  const unknown = looked.filter((node) => node.version === undefined && !hasTls(node));
  const versions = new Set(looked.flatMap(({ version }) => version ?? []));
  for (const issue of [
    ...floatingIssue(image),
    ...unknownIssue(unknown),
    ...[...versions].flatMap((version) => releaseIssues(image, version)),
  ])
    builder.issue(issue);
}
