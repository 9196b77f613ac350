/** What is in the package, and what is not. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { extractFile, listPackage } from '@electron/asar';
import { FuseV1Options, getCurrentFuseWire } from '@electron/fuses';
import { describe, expect, inject, test } from 'vitest';
import { type PackagedApp, root } from './support.js';

const shipped = inject('shipped');
const inspectable = inject('inspectable');

/** How the wire spells a fuse that is on: the character 1. */
const ON = 0x31;

const SHIPPED: Record<keyof typeof FuseV1Options, boolean> = {
  RunAsNode: false,
  EnableCookieEncryption: true,
  EnableNodeOptionsEnvironmentVariable: false,
  EnableNodeCliInspectArguments: false,
  EnableEmbeddedAsarIntegrityValidation: true,
  OnlyLoadAppFromAsar: true,
  LoadBrowserProcessSpecificV8Snapshot: false,
  GrantFileProtocolExtraPrivileges: false,
};

async function fuses({ executable }: PackagedApp): Promise<Record<string, boolean>> {
  const wire = await getCurrentFuseWire(executable);
  const names = Object.keys(SHIPPED) as (keyof typeof FuseV1Options)[];
  return Object.fromEntries(names.map((name) => [name, wire[FuseV1Options[name]] === ON]));
}

describe('fuses', () => {
  test('are as designed in the app that is shipped', async () => {
    expect(await fuses(shipped)).toEqual(SHIPPED);
  });

  test('differ by the inspect fuse alone in the build for tests', async () => {
    expect(await fuses(inspectable)).toEqual({ ...SHIPPED, EnableNodeCliInspectArguments: true });
  });
});

describe('app.asar', () => {
  const asar = join(shipped.resources, 'app.asar');
  const files = listPackage(asar, { isPack: false }).map((name) => name.replaceAll('\\', '/').slice(1));

  test('holds the three parts of the app, the licence and what they need at run time', () => {
    const manifest: { main: string; dependencies: Record<string, string> } = JSON.parse(
      extractFile(asar, 'package.json').toString('utf8'),
    );
    const wanted = [
      manifest.main,
      'dist/preload/index.cjs',
      'dist/renderer/index.html',
      'LICENSE',
      'dist/renderer/licences.md',
      'assets/examples/three-servers.raftyard',
      ...Object.keys(manifest.dependencies).map((name) => `node_modules/${name}/package.json`),
    ];
    expect(wanted.filter((name) => !files.includes(name))).toEqual([]);
  });

  test('holds no sources, tests, source maps or native modules', () => {
    const own = files.filter((name) => !name.startsWith('node_modules/'));
    expect(
      own.filter((name) => /(^|\/)(src|tests|scripts|docs)(\/|$)|\.tsx?$|\.test\.|\.map$/.test(name)),
    ).toEqual([]);
    expect(files.filter((name) => /\.(node|map|gyp|cc|d\.[cm]?ts)$/.test(name))).toEqual([]);
    expect(
      files.filter((name) => /^node_modules\/(cpu-features|nan|buildcheck|electron|vite)(\/|$)/.test(name)),
    ).toEqual([]);
  });

  test('is the only app that the runtime could load', () => {
    const beside = readdirSync(shipped.resources);
    expect(beside).toContain('app.asar');
    expect(beside).not.toContain('app');
    expect(beside).not.toContain('default_app.asar');
  });

  test('names no update feed unless one was given to the release', () => {
    expect(existsSync(join(shipped.resources, 'app-update.yml'))).toBe(false);
  });

  test('leaves the files that Docker and the shell read outside of it, executable as they were', () => {
    const unpacked = join(shipped.resources, 'app.asar.unpacked', 'assets', 'range');
    for (const name of ['consul/build.sh', 'host/Dockerfile', 'host/customize.sh']) {
      const original = join(root, 'assets', 'range', name);
      expect(readFileSync(join(unpacked, name))).toEqual(readFileSync(original));
      expect(statSync(join(unpacked, name)).mode & 0o111).toBe(statSync(original).mode & 0o111);
    }
  });

  test('with the runtime’s own licences beside it', () => {
    const folder = process.platform === 'darwin' ? shipped.resources : join(shipped.resources, '..');
    expect(existsSync(join(folder, 'LICENSE.electron.txt'))).toBe(true);
    expect(existsSync(join(folder, 'LICENSES.chromium.html'))).toBe(true);
  });
});
