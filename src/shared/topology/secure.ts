/** What a secured cluster needs of the rest of the document. */
import type { Draft } from './draft.js';
import { isOlder } from './image-version.js';
import type { Report } from './report.js';
import { SECURE_PARTS, type SecurePart } from './secure-parts.js';

/**
 * First version in which a part can be turned on for a cluster that lives; tokens with secrets that were made beforehand
 * came with 1.5.
 */
const LEAST: Readonly<Record<SecurePart, string>> = { gossip: '1.4', tls: '1.4', acl: '1.5' };

/** Findings about `secure` in a document whose other fields stand in its way; one for each, at the first part. */
export function checkSecure(draft: Draft, report: Report): void {
  const part = SECURE_PARTS.find((name) => draft.secure[name]);
  if (part === undefined) return;
  const path = ['secure', part];
  if (draft.bootstrap === 'classic')
    report.add(
      'secure-classic',
      path,
      'the classic style gives the agents no configuration files, and so no place for a key; use robust',
    );
  const { image } = draft;
  const late = SECURE_PARTS.find(
    (name) => draft.secure[name] && image !== undefined && isOlder(image, LEAST[name]),
  );
  if (late === undefined) return;
  report.add('secure-version', ['secure', late], `a secured cluster needs Consul ${LEAST[late]} or later`);
}
