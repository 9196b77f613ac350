export * from './agent.js';
export * from './capabilities.js';
export * from './image.js';
export * from './image-config.js';
export * from './ports.js';
export * from './releases.js';
export * from './version.js';
