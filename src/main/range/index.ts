/** The practice range: throw-away hosts on the local Docker Engine. */
export { rangeDown, rangeStatus, rangeUp } from './range.js';
export { rangeNames } from './state.js';
export { type RangeTopologyOptions, rangeTopology } from './topology.js';
export type { RangeHost, RangeProgress, RangeStatus, RangeUpOptions } from './types.js';
export { DEFAULT_HOSTS, MAX_HOSTS } from './types.js';
