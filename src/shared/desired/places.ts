/** Where secrets stand: in templates, and on hosts. */

/** What stands for a secret in a template. */
export const placeOf = (name: string): string => `@@raftyard:${name}@@`;

/** Directory on the host that only root may enter; what is below it is mounted into the container by itself. */
export const secretRoot = (workdir: string): string => `${workdir}/.secret`;
/** Directory that the container mounts. */
export const secretDirectory = (workdir: string): string => `${secretRoot(workdir)}/agent`;
