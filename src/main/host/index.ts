export { createConnector } from './connector.js';
export * from './types.js';
