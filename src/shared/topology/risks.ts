/** Choices that are allowed and have a price: warnings here, confirmations when a plan is applied. */
import type { Draft } from './draft.js';
import { parseImage } from './fields.js';
import { isOlder, PROGRIUM } from './image-version.js';
import type { Report } from './report.js';

const FORMER_OFFICIAL = /^((registry-1\.|index\.)?docker\.io\/)?(library\/)?consul$/;

/** Whether a reference is of Docker Hub's former official image, by a tag that it does not have. */
function isGone(
  reference: string,
  { name, tag, digest }: NonNullable<ReturnType<typeof parseImage>>,
): boolean {
  if (!FORMER_OFFICIAL.test(name) || digest !== undefined) return false;
  return tag === undefined || tag === 'latest' || (/^\d/.test(tag) && !isOlder(reference, '1.16'));
}

export function checkRisks(draft: Draft, report: Report): void {
  if (draft.bootstrap === 'classic') {
    report.warn(
      'classic-style',
      ['bootstrap'],
      'the classic style depends on the boot order: after a power cut the cluster may come back without a leader; robust does not',
    );
  }
  // With ACLs whoever reaches the port still needs a token.
  if (draft.api === 'exposed' && !draft.secure.acl) {
    report.warn(
      'api-exposed',
      ['api'],
      'everyone who reaches port 8500 controls the cluster; loopback keeps the API behind SSH',
    );
  }
  if (draft.firewall === 'disable') {
    report.warn(
      'firewall-disable',
      ['firewall'],
      'stops the whole firewall of every host; open opens only what Consul needs',
    );
  }
  if (draft.data === 'anonymous') {
    report.warn('data-anonymous', ['data'], 'the data is lost with the container; volume keeps it');
  }
  const image = draft.image === undefined ? undefined : parseImage(draft.image);
  if (image === undefined) return;
  if (PROGRIUM.test(image.name)) {
    // Its one tag has not moved since 2015, so a missing tag is no risk of its own.
    report.warn(
      'image-progrium',
      ['image'],
      'progrium/consul is Consul 0.5.2 of 2015, and Docker Engine 28 and later cannot pull it; hashicorp/consul is its successor',
    );
  } else if (isGone(draft.image ?? '', image)) {
    report.warn(
      'image-gone',
      ['image'],
      'Docker Hub’s own consul ended with 1.15, and has no latest any more; it is hashicorp/consul since, as in hashicorp/consul:2.0.3',
    );
  } else if (image.digest === undefined && (image.tag === undefined || image.tag === 'latest')) {
    report.warn(
      'image-tag',
      ['image'],
      'without a version tag two hosts may run different versions; name one, as in hashicorp/consul:2.0.3',
    );
  }
}
