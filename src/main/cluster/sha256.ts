import { createHash } from 'node:crypto';

/** SHA-256 of bytes as they are on a host, in lower-case hexadecimal. */
export const sha256 = (data: Buffer): string => createHash('sha256').update(data).digest('hex');
