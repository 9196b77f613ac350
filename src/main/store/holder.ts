import { hostname, userInfo } from 'node:os';

/** Who holds a lock on the hosts, for other people to read. */
export function holder(): string {
  let user = 'someone';
  try {
    user = userInfo().username;
  } catch {
    // A user id without an entry in the password file.
  }
  return `${user}@${hostname()}`;
}
