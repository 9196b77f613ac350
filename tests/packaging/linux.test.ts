/**
 * What the deb and the rpm would be made of. Their maker comes from a host that tests cannot rely on;
 * electron-builder hands over its orders here just before it is run.
 */
import { readFile, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Arch, build, type Configuration, Platform } from 'electron-builder';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { temporaryFolder } from '../temporary.js';
import { root } from './support.js';

interface Order {
  readonly argv: string[];
  readonly desktop: string;
  readonly mime: string;
}

const orders = new Map<string, Order>();
let out: string;

/** The local file that a word `local=installed` of the order puts into the package. */
const source = (argv: string[], installed: string): string =>
  argv.find((word) => word.endsWith(`=${installed}`))?.split('=')[0] ?? '';

beforeAll(async () => {
  out = temporaryFolder('raftyard-linux-');
  const config: Configuration = {
    extends: join(root, 'electron-builder.yml'),
    directories: { output: out },
    // Already packaged: the two packages differ in what is put around it.
    electronVersion: '33.2.1',
  };
  const effectiveOptionComputed = async ([argv, desktop]: [string[], string]): Promise<boolean> => {
    const target =
      basename(argv[argv.indexOf('--package') + 1] ?? '')
        .split('.')
        .at(-1) ?? '';
    const mime = source(argv, '/usr/share/mime/packages/raftyard.xml');
    orders.set(target, {
      argv,
      desktop: await readFile(desktop, 'utf8'),
      mime: await readFile(mime, 'utf8'),
    });
    return true;
  };
  await build({
    targets: Platform.LINUX.createTarget(['deb', 'rpm'], Arch.x64),
    projectDir: root,
    prepackaged: join(inject('shipped').resources, '..'),
    publish: 'never',
    config,
    effectiveOptionComputed,
  });
});

afterAll(async () => {
  await rm(out, { recursive: true, force: true });
});

describe.runIf(process.platform === 'linux').each(['deb', 'rpm'])('%s', (target) => {
  const order = (): Order => {
    const found = orders.get(target);
    if (found === undefined) throw new Error(`no order for ${target}`);
    return found;
  };

  test('is named after app, version and platform, and goes to /opt/Raftyard', () => {
    const { argv } = order();
    const name = basename(argv[argv.indexOf('--package') + 1] ?? '');
    expect(name).toMatch(/^raftyard-\d+\.\d+\.\d+-linux-(amd64|x86_64)\.(deb|rpm)$/);
    expect(argv.some((word) => word.endsWith('=/opt/Raftyard'))).toBe(true);
  });

  test('has a menu entry that finds its icon and its window, in two languages', () => {
    const lines = order().desktop.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'Name=Raftyard',
        'Icon=raftyard',
        'StartupWMClass=raftyard',
        'Categories=Development;',
        'MimeType=application/vnd.raftyard+yaml;',
      ]),
    );
    expect(order().desktop).toMatch(/^Comment\[zh_CN\]=\S/m);
    for (const size of [16, 32, 48, 256]) {
      const icon = `/usr/share/icons/hicolor/${size}x${size}/apps/raftyard.png`;
      expect(source(order().argv, icon)).not.toBe('');
    }
  });

  test('is started with its sandbox, and documents by their path', () => {
    expect(order().desktop).toMatch(/^Exec=\/opt\/Raftyard\/raftyard %F$/m);
    expect(order().desktop).not.toContain('--no-sandbox');
  });

  test('knows .raftyard files', () => {
    expect(order().mime).toContain('<glob pattern="*.raftyard"/>');
    expect(order().mime).toContain('type="application/vnd.raftyard+yaml"');
  });
});
