import ssh2 from 'ssh2';

export interface KeyPair {
  /** OpenSSH's own format. */
  readonly private: string;
  /** One line for authorized_keys. */
  readonly public: string;
}

/**
 * A new ed25519 key pair.
 *
 * ssh2 takes the leading zero bytes off the public half, which one key in 256 has, and no SSH takes such a key; such a one is
 * thrown away here. Source: https://github.com/mscdex/ssh2/issues/1390
 */
export function newKeyPair(comment?: string): KeyPair {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync('ed25519', comment === undefined ? {} : { comment });
    const whole = [pair.public, pair.private].every((text) => !(ssh2.utils.parseKey(text) instanceof Error));
    if (whole) return pair;
  }
}
