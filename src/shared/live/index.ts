/** The live view's domain: what servers say, merged into one picture, and what changed between two. */
export * from './coordinates.js';
export { diffLive } from './diff.js';
export * from './flaps.js';
export * from './lookup.js';
export * from './lookup-name.js';
export * from './lookup-words.js';
export * from './maintenance.js';
export { addressPart, type LeaderView, mergedLeader, mergedMembers, mergedRaft } from './merge.js';
export * from './observations.js';
export * from './ports.js';
export { type QuorumOutlook, quorumAfterLosing, quorumOf } from './quorum.js';
export * from './request-path.js';
export { reuse } from './reuse.js';
export { buildSnapshot, isNews, servicesOf } from './snapshot.js';
export * from './types.js';
