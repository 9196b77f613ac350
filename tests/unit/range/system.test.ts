import { describe, expect, it } from 'vitest';
import { reachableServers } from '../../../src/main/range/dns.js';
import { deletions, mountsBelow } from '../../../src/main/range/leftovers.js';
import { pickMirror } from '../../../src/main/range/mirror.js';
import { isDebianLike } from '../../../src/main/range/packages.js';
import { checkName } from '../../../src/main/range/paths.js';

describe('isDebianLike', () => {
  it('knows Debian and its children', () => {
    expect(isDebianLike('NAME="x"\nID=debian\n')).toBe(true);
    expect(isDebianLike('ID=linuxmint\nID_LIKE="ubuntu debian"\n')).toBe(true);
    expect(isDebianLike('ID="fedora"\nHOME_URL="https://debian.example"\n')).toBe(false);
    expect(isDebianLike('')).toBe(false);
  });
});

describe('pickMirror', () => {
  const line = (uri: string, label: string, release: string) => `${uri}|Debian|${label}|main|${release}`;

  it('takes the release archive, not security, updates or third parties', () => {
    const lines = [
      'https://deb.example.com/node|NodeSource|NodeSource|main|nodistro',
      line('http://mirror.example/debian-security/', 'Debian-Security', 'bookworm-security'),
      line('http://mirror.example/debian/', 'Debian', 'bookworm-updates'),
      line('http://mirror.example/debian/', 'Debian', 'bookworm'),
    ];
    expect(pickMirror(lines.join('\n'))).toBe('http://mirror.example/debian');
    expect(pickMirror(lines.slice(0, 3).join('\n'))).toBeNull();
    expect(pickMirror('')).toBeNull();
  });
});

describe('reachableServers', () => {
  it('leaves out what only the computer itself can reach', () => {
    const text =
      'search x\nnameserver 127.0.0.53\nnameserver 10.0.0.2\nnameserver ::1\nnameserver 2001:db8::1\n';
    expect(reachableServers(text)).toBe('nameserver 10.0.0.2\nnameserver 2001:db8::1\n');
    expect(reachableServers('nameserver 127.0.0.53\n')).toBe('');
  });
});

describe('deletions', () => {
  it('touches no rule of another bridge', () => {
    const listing = [
      '-P FORWARD DROP',
      '-A FORWARD -i ry-1234567890 -j ACCEPT',
      '-A FORWARD -o ry-1234567890 -j ACCEPT',
      '-A FORWARD -i ry-123456789 -j ACCEPT',
      '-A FORWARD -j DOCKER-USER',
    ].join('\n');
    expect(deletions(listing, 'ry-1234567890').map((argv) => argv.join(' '))).toEqual([
      '-D FORWARD -i ry-1234567890 -j ACCEPT',
      '-D FORWARD -o ry-1234567890 -j ACCEPT',
    ]);
  });
});

describe('mountsBelow', () => {
  it('gives the deepest first and no neighbour', () => {
    const info = ['/', '/a/engine', '/a/engine/data\\040x', '/a/engine2', '/b']
      .map((path, index) => `${index} 1 8:1 / ${path} rw - ext4 /dev/x rw`)
      .join('\n');
    expect(mountsBelow(info, '/a/engine')).toEqual(['/a/engine/data x', '/a/engine']);
  });
});

describe('checkName', () => {
  it('lets no name leave its folder or reach a command line', () => {
    for (const name of ['', '..', 'a/b', '-x', 'x-', 'A', 'a b', 'é', 'x'.repeat(33)]) {
      expect(() => checkName(name), name).toThrow(/Not a name/);
    }
    expect(checkName('my-range-2')).toBe('my-range-2');
  });
});
