export { createConnector } from './connector.js';
export { localDocker } from './docker/local.js';
export { manifestDigests, type PullOptions, pull, type RegistryLogin } from './docker/pull.js';
export * from './types.js';
