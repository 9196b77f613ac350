import { run, which } from './process.js';

/**
 * The Debian mirror to build from, as mmdebstrap's last argument: RAFTYARD_DEBIAN_MIRROR, else the one that this
 * computer's apt is set to use, so that a near mirror serves us too; none (mmdebstrap's own default) where neither is known.
 */
export async function debianMirror(): Promise<string[]> {
  const own = process.env['RAFTYARD_DEBIAN_MIRROR'];
  if (own !== undefined && own !== '') return [own];
  if ((await which('apt-get')) === null) return [];
  const format = '$(REPO_URI)|$(ORIGIN)|$(LABEL)|$(COMPONENT)|$(RELEASE)';
  const { code, output } = await run('apt-get', ['indextargets', '--format', format, 'Identifier: Packages']);
  const mirror = code === 0 ? pickMirror(output) : null;
  return mirror === null ? [] : [mirror];
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
