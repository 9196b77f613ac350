/**
 * The lock of a cluster on a host. /run is emptied by a reboot, so a lock never outlives the boot in which it
 * was taken.
 */
export function lockPath(clusterId: string): string {
  return `/run/raftyard-${clusterId.slice(0, 8)}.lock`;
}
