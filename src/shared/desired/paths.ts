/** The directory of an absolute path on a host. */
export const parent = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('/'), 1));

/** Its last part. */
export const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
