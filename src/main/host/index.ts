export { createConnector } from './connector.js';
export { type ArchiveImage, readArchive, withEntry, writeWithout } from './docker/archive.js';
export { localDocker } from './docker/local.js';
export { manifestDigests, type PullOptions, pull, type RegistryLogin } from './docker/pull.js';
export { socketReason } from './reasons.js';
export * from './types.js';
