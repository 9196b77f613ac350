/** The topology document: reading with findings, writing, editing with comments kept, creating. */
export { canonicalAddress, ipFamily, isHostName, isIpAddress, isLoopback } from './address.js';
export {
  allNodes,
  DEFAULT_IMAGE,
  hostOf,
  type NewHost,
  type NewTopology,
  newTopology,
} from './create.js';
export { DEFAULT_SEARCH, MAX_UPSTREAM, searchDomain, upstreamAddress } from './dns.js';
export {
  type DocumentPath,
  type DocumentScalar,
  type DocumentValue,
  TopologyDocument,
  withNewId,
} from './document.js';
export type { Draft, DraftDatacenter, DraftHost, DraftNode } from './draft.js';
export { defaultContainer } from './draft.js';
export * from './edits.js';
export { parseImage } from './fields.js';
export { type DocumentModel, readModel } from './model.js';
export { registryMirror, registryUser } from './pull.js';
export { DEFAULT_WORKDIR, readTopology, sshSettings } from './read.js';
export { MAX_FINDINGS } from './report.js';
export { isSecured, NOT_SECURED, SECURE_PARTS, type SecurePart, WHOLLY_SECURED } from './secure-parts.js';
export { serialiseTopology } from './serialise.js';
export * from './service-edits.js';
export * from './services-draft.js';
export { CHECK_KINDS, type CheckKind, kindOf } from './services-shape.js';
export { MAX_TEXT } from './source.js';
export * from './templates.js';
export { hasControlCharacters, suggest } from './text.js';
export * from './types.js';
