/** Choices that are allowed and have a price: warnings here, confirmations when a plan is applied. */
import type { Draft } from './draft.js';
import { parseImage } from './fields.js';
import type { Report } from './report.js';

/** The tutorial's image, in any of Docker Hub's spellings. */
export const PROGRIUM = /^((registry-1\.|index\.)?docker\.io\/)?progrium\/consul$/;

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
  } else if (image.digest === undefined && (image.tag === undefined || image.tag === 'latest')) {
    report.warn(
      'image-tag',
      ['image'],
      'without a version tag two hosts may run different versions; name one, as in hashicorp/consul:1.22',
    );
  }
}
