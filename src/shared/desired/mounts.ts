import type { DesiredMount } from './types.js';

/**
 * A mount as `docker run -v`, a compose file and the Engine API's `Binds` want it: `source:target[:mode]`.
 * `Z`: under SELinux a container may read a directory of the host only with a label of its own; where
 * there is no SELinux, Docker does nothing for it. What others use too keeps its own.
 * Source: https://docs.docker.com/engine/storage/bind-mounts/#configure-the-selinux-label
 *
 * @param source what stands for the mount's own source, e.g. the key of a volume in a compose file
 */
export function mountText(mount: DesiredMount, source = mount.source): string {
  const mode = [
    ...(mount.readOnly ? ['ro'] : []),
    ...(mount.type === 'bind' && mount.shared !== true ? ['Z'] : []),
  ];
  return `${source}:${mount.target}${mode.length === 0 ? '' : `:${mode.join(',')}`}`;
}
