import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTopology } from '../../../src/shared/topology/index.js';
import { temporaryFolder } from '../../temporary.js';
import { fakeIo, fakeServices, raftyard } from './fake-io.js';

const folder = temporaryFolder('raftyard-cli-');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const SEED = 'assets/examples/docker-consul-cluster.raftyard';

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('usage', () => {
  it.each([
    [['--help'], 0],
    [['help'], 0],
    [['help', 'apply'], 0],
    [['--version'], 0],
    [[], 64],
    [['range'], 64],
    [['frobnicate'], 64],
    [['apply'], 64],
    [['validate', 'a', 'b'], 64],
    [['validate', '--nonsense', 'a'], 64],
    [['export', SEED], 64],
    [['export', SEED, '--out', 'x', '--style', 'modern'], 64],
    [['export', SEED, '--out', 'x', '--format', 'terraform'], 64],
    [['import'], 64],
    [['import', '--host', 'root@-oProxyCommand=x'], 64],
    [['import', '--host', 'root@192.0.2.1:70000'], 64],
    [['range', 'up', '--hosts', '17', '--yes'], 64],
    [['range', 'up', '--hosts', '3.5', '--yes'], 64],
    [['range', 'up', '--hosts', '0', '--yes'], 64],
  ])('%j ends with %i', async (argv, code) => {
    const ran = await raftyard(argv);
    expect(ran.code).toBe(code);
    if (code === 0) expect(ran.stdout).not.toBe('');
    else expect(ran.stderr).toMatch(/error:|Usage:/);
    expect(ran.stderr).not.toContain('    at ');
  });

  it.each([
    'validate',
    'plan',
    'apply',
    'status',
    'destroy',
    'import',
    'export',
    'range',
    'range up',
    'range status',
    'range down',
    'range topology',
  ])('%s has help', async (command) => {
    const ran = await raftyard([...command.split(' '), '--help']);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toContain(`Usage: raftyard ${command}`);
  });

  it.each([
    ['apply', SEED],
    ['destroy', SEED],
    ['range', 'up'],
  ])('%s without a terminal and without --yes is refused before anything is touched', async (...argv) => {
    const ran = await raftyard(argv);
    expect(ran.code).toBe(64);
    expect(ran.stderr).toContain('--yes');
  });

  it('tells usage errors to machines as well', async () => {
    const ran = await raftyard(['apply', '--json']);
    expect(ran.code).toBe(64);
    expect(JSON.parse(ran.stdout)).toMatchObject({ type: 'error', error: { code: 'usage' } });
  });
});

describe('validate', () => {
  it('accepts the example and shows its risks with their places', async () => {
    const ran = await raftyard(['validate', SEED]);
    expect(ran.code).toBe(0);
    expect(ran.stdout).toMatch(/docker-consul-cluster\.raftyard:\d+:\d+ warning api-exposed /);
  });

  it('ends with 65, all findings shown, for an invalid document; in every command that reads one', async () => {
    const bad = file('bad.raftyard', 'raftyard: 1\nname: x\nhosts: 7\nimagee: y\n');
    const validated = await raftyard(['validate', bad]);
    expect(validated.code).toBe(65);
    expect(validated.stdout.match(/ error /g)?.length).toBeGreaterThan(2);
    for (const argv of [
      ['plan', bad],
      ['apply', bad, '--yes'],
      ['destroy', bad, '--yes'],
      ['status', bad],
      ['export', bad, '--out', join(folder, 'never')],
    ]) {
      const ran = await raftyard(argv);
      expect([argv[0], ran.code]).toEqual([argv[0], 65]);
      expect(ran.stderr).toContain(`${bad}:3:8 error`);
    }
  });

  it('says of what is no text, and of what does not end, that it is', async () => {
    const bytes = (name: string, content: Uint8Array): string => {
      writeFileSync(join(folder, name), content);
      return join(folder, name);
    };
    for (const [path, what] of [
      [bytes('wide.raftyard', Buffer.from('\ufeffraftyard: 1\n', 'utf16le')), 'is no UTF-8 text'],
      [bytes('latin.raftyard', Buffer.from('raftyard: 1\nname: caf\xe9\n', 'latin1')), 'is no UTF-8 text'],
      ['/dev/zero', 'is too large to be read'],
    ] as const) {
      const ran = await raftyard(['validate', path]);
      expect(ran.code, path).toBe(1);
      expect(ran.stderr).toContain(`${path} ${what}`);
    }
  });

  it('gives findings as JSON', async () => {
    const ran = await raftyard(['validate', SEED, '--json']);
    const result = JSON.parse(ran.stdout) as { valid: boolean; warnings: number; findings: unknown[] };
    expect(result).toMatchObject({ valid: true, errors: 0 });
    expect(result.findings).toHaveLength(result.warnings);
    expect(result.warnings).toBeGreaterThan(0);
  });

  it('never lets a document steer the terminal', async () => {
    const bad = file(
      'hostile.raftyard',
      'raftyard: 1\n"\\e]0;owned\\a\\e[2J\\u202ekey": 1\nname: "\\e[31mred"\n',
    );
    for (const argv of [
      ['validate', bad],
      ['validate', bad, '--json'],
    ]) {
      const ran = await raftyard(argv);
      expect(ran.code).toBe(65);
      expect(ran.stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/);
    }
  });

  it('says what is wrong with a file that cannot be read', async () => {
    const ran = await raftyard(['validate', join(folder, 'nowhere')]);
    expect(ran.code).toBe(1);
    expect(ran.stderr).toMatch(/^error: .*there is no such file/);
  });
});

describe('range topology', () => {
  const text = 'raftyard: 1\n';
  const services = fakeServices({}, { rangeTopology: () => text });

  it('writes a file, is content when it is there already, and never writes over another', async () => {
    const path = join(folder, 'range.raftyard');
    const argv = ['range', 'topology', '--out', path];
    expect((await raftyard(argv, fakeIo(), services)).code).toBe(0);
    expect((await raftyard(argv, fakeIo(), services)).code).toBe(0);
    writeFileSync(path, 'mine');
    const refused = await raftyard(argv, fakeIo(), services);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('--force');
    expect((await raftyard([...argv, '--force'], fakeIo(), services)).code).toBe(0);
  });
});

describe('import', () => {
  it('reads hosts in all forms', async () => {
    let names: string[] = [];
    const services = fakeServices({
      createConnector: () => ({ connect: () => Promise.reject(new Error('unused')), close: async () => {} }),
      importCluster: async (hosts) => {
        names = hosts.map((host) => `${host.name} ${host.ssh.user}@${host.address} ${host.ssh.port}`);
        return { text: 'raftyard: 1\n', notes: [] };
      },
    });
    const given = ['a=op@192.0.2.1:2222', '192.0.2.2', 'root@[2001:db8::1]:2022', 'me@web.example.org'];
    const ran = await raftyard(['import', ...given.flatMap((host) => ['--host', host])], fakeIo(), services);
    expect(ran.code).toBe(0);
    expect(names).toEqual([
      'a op@192.0.2.1 2222',
      'host02 root@192.0.2.2 22',
      'host03 root@2001:db8::1 2022',
      'web me@web.example.org 22',
    ]);
  });

  it('refuses two hosts of one name', async () => {
    const ran = await raftyard(['import', '--host', 'a=192.0.2.1', '--host', 'a=192.0.2.2']);
    expect(ran.code).toBe(64);
  });
});

describe('bin/raftyard.js', () => {
  it('is executable, and says what to do where nothing is built', () => {
    expect(statSync('bin/raftyard.js').mode & 0o111).toBe(0o111);
    const bin = join(folder, 'clone', 'bin');
    mkdirSync(bin, { recursive: true });
    copyFileSync('bin/raftyard.js', join(bin, 'raftyard.js'));
    writeFileSync(join(folder, 'clone', 'package.json'), '{"type":"module"}');
    const ran = spawnSync(process.execPath, [join(bin, 'raftyard.js'), 'validate', SEED], {
      encoding: 'utf8',
    });
    expect(ran.status).toBe(1);
    expect(ran.stderr).toContain('npm run build');
    expect(ran.stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('examples', () => {
  const all = readdirSync('assets/examples').map((name) => `assets/examples/${name}`);

  it('are there for every form of cluster', () => {
    expect(all).toHaveLength(8);
    expect(all).toContain(SEED);
    const ids = all.map((path) => readTopology(readFileSync(path, 'utf8')).topology?.id);
    expect(new Set(ids).size).toBe(all.length);
  });

  it.each(all)('%s is valid', async (path) => {
    expect((await raftyard(['validate', path])).code).toBe(0);
    expect(readTopology('').topology).toBeUndefined();
  });
});
