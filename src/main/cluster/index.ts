/** The use cases: all that the command line and the app call. */
export { applyPlan } from './apply/index.js';
export { Journal } from './apply/journal.js';
export { type Imported, importCluster } from './import.js';
export { preflight } from './preflight/index.js';
export { status } from './status.js';
export * from './types.js';
