import { run, which } from './process.js';

const PUBLIC_MIRROR = 'http://deb.debian.org/debian';

/**
 * The Debian mirror that this computer's apt is set to use, so that a local mirror serves us too.
 * The public one on anything else than Debian.
 */
export async function debianMirror(): Promise<string> {
  if ((await which('apt-get')) === null) return PUBLIC_MIRROR;
  const format = '$(REPO_URI)|$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(RELEASE)';
  const { code, output } = await run('apt-get', ['indextargets', '--format', format, 'Identifier: Packages']);
  return code === 0 ? (pickMirror(output) ?? PUBLIC_MIRROR) : PUBLIC_MIRROR;
}

/** The archive of Debian's releases in `apt-get indextargets` lines; not -security, not a third party's. */
export function pickMirror(lines: string): string | null {
  for (const line of lines.split('\n')) {
    const [uri = '', origin, label, component, release = ''] = line.split('|');
    const plain = /^[a-z]+$/.test(release) && label === 'Debian';
    if (origin === 'Debian' && component === 'main' && plain && /^https?:\/\//.test(uri))
      return uri.replace(/\/+$/, '');
  }
  return null;
}
