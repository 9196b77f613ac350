/** What a person does with one node: its container, its agent's log, its datacenter's keys. */
export { type ContainerOperation, containerOperation, type NodeContext } from './node-ops/container.js';
export { readKv, readKvValue } from './node-ops/kv.js';
export { agentLogs, type LogOptions } from './node-ops/logs.js';
