export { asideName } from './compare.js';
export { type DestroyOptions, planDestroy } from './destroy.js';
export { uploadPath } from './host-steps.js';
export type { ArchiveKnown } from './image.js';
export { lockPath } from './lock.js';
export type { PlanOptions } from './node.js';
export { changeCount, isAsWanted, planApply, stoppers } from './plan.js';
export { factsDigest } from './relevant.js';
export type { PlanSecrets } from './secrets.js';
