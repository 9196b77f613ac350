/** How Raftyard marks what it makes on a host. */

/** The cluster's id, on containers and volumes. */
export const CLUSTER_LABEL = 'raftyard.cluster';
/** The node's name, on containers and volumes. */
export const NODE_LABEL = 'raftyard.node';
/** Digest over what a container was made from, on containers. */
export const CONFIG_LABEL = 'raftyard.config';
/** Digest over the configuration files that a container was started with, on containers that have such files. */
export const FILES_LABEL = 'raftyard.files';
