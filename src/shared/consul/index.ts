export * from './agent.js';
export * from './image.js';
export * from './ports.js';
export * from './version.js';
