/** The use cases: all that the command line and the app call. */
export { applyPlan } from './apply/index.js';
export { Journal } from './apply/journal.js';
export { applyUnderLock, type LockedRun } from './apply/under-lock.js';
export { type Imported, importCluster } from './import.js';
export {
  agentLogs,
  type ContainerOperation,
  containerOperation,
  type LogOptions,
  readKv,
  readKvValue,
} from './node-ops.js';
/** Loaded when it is asked for: what signs certificates is large. */
export const readCaFiles = async (files: readonly string[], now: number) =>
  await (await import('./ca.js')).readCaFiles(files, now);
/** Of an archive, for a plan. */
export { ArchiveSource } from './archive-source.js';
export { readDatacenter } from './elsewhere.js';
export { type FetchOptions, fetchImage, imageFolder } from './fetch-image.js';
export { imageVersions, type RegistryVersions } from './image-tags/index.js';
export { type LookupOptions, lookUp } from './lookup.js';
export { type MaintenanceDone, type MaintenanceWish, setMaintenance } from './maintenance.js';
export { type Pinned, pinImage } from './pin.js';
export { preflight } from './preflight/index.js';
export { type Registry, registryFor } from './registry.js';
export { ClusterSecrets, clusterPrefix } from './secrets.js';
export { status } from './status.js';
export { reading } from './tokens.js';
export * from './types.js';
export { type ClusterWatch, type WatchHandlers, type WatchOptions, watchCluster } from './watch/index.js';
