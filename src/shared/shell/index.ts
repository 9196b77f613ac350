export * from './firewall.js';
export * from './quote.js';
