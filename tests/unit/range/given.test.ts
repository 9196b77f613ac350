import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeImageArchive } from '../../../src/main/range/archive.js';
import { tagOf, versionSaid } from '../../../src/main/range/consul-version.js';
import { ARCHITECTURE, elfProblem, readGiven } from '../../../src/main/range/given-files.js';
import { pulledName } from '../../../src/main/range/pulled-consul.js';
import { temporaryFolder } from '../../temporary.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('raftyard-given-');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const MACHINE: Readonly<Record<string, number>> = { amd64: 62, arm64: 183 };

/** The head of a program of 64 bits with one segment that ends at `end`. */
function elf({ machine = MACHINE[ARCHITECTURE] ?? 0, type = 2, end = 500, bits = 2 } = {}): Buffer {
  const bytes = Buffer.alloc(500);
  bytes.write('\x7fELF', 'latin1');
  bytes[4] = bits;
  bytes[5] = 1;
  bytes.writeUInt16LE(type, 16);
  bytes.writeUInt16LE(machine, 18);
  bytes.writeBigUInt64LE(64n, 32);
  bytes.writeUInt16LE(56, 54);
  bytes.writeUInt16LE(1, 56);
  bytes.writeBigUInt64LE(100n, 64 + 8);
  bytes.writeBigUInt64LE(BigInt(end - 100), 64 + 32);
  return bytes;
}

describe('elfProblem', () => {
  it('takes a whole program of the hosts’ architecture', () => {
    expect(elfProblem(elf(), 500)).toBeNull();
    expect(elfProblem(elf({ type: 3, machine: 183 }), 500, 'arm64')).toBeNull();
  });

  it('says why another cannot run there', () => {
    expect(elfProblem(elf({ machine: 183 }), 500, 'amd64')).toBe(
      'is a program for arm64, and the practice hosts are amd64',
    );
    expect(elfProblem(elf({ bits: 1, machine: 3 }), 500, 'amd64')).toContain('another architecture');
    expect(elfProblem(elf({ type: 1 }), 500)).toContain('object file');
    expect(elfProblem(elf(), 499)).toBe('is cut short');
    expect(elfProblem(elf().subarray(0, 40), 40)).toBe('is cut short');
    expect(elfProblem(elf().subarray(0, 90), 90)).toBe('is cut short');
  });
});

describe('readGiven', () => {
  const file = (name: string, content: string | Buffer): string => {
    const path = join(folder, name);
    writeFileSync(path, content);
    return path;
  };
  const refusal = async (path: string): Promise<string> => {
    try {
      await readGiven([path]);
    } catch (error) {
      expect(error).toMatchObject({ code: 'usage', hint: expect.stringMatching(/./) });
      return (error as Error).message;
    }
    throw new Error(`${path} was taken`);
  };
  const archive = async (name: string, reference: string, architecture = ARCHITECTURE): Promise<string> => {
    const path = join(folder, name);
    await writeImageArchive(path, [
      { reference, layers: [file('layer', 'a layer')], architecture, config: { Env: ['A=b', 'PATH=/own'] } },
    ]);
    return path;
  };

  it('tells programs and archives apart by their bytes, in the order given', async () => {
    const program = file('anything', elf());
    const saved = await archive('consul', 'hashicorp/consul:1.21.4');
    const [one, two] = await readGiven([saved, program]);
    expect(one).toMatchObject({
      kind: 'archive',
      images: [{ names: ['hashicorp/consul:1.21.4'], architecture: ARCHITECTURE, path: '/own' }],
    });
    expect(two).toEqual({ kind: 'program', file: program });
  });

  it('refuses what no host can run, by name and reason', async () => {
    expect(await refusal(file('other', elf({ machine: 8 })))).toContain('other is a program for');
    expect(await refusal(file('short', elf({ end: 501 })))).toBe('short is cut short.');
    expect(await refusal(file('empty', ''))).toContain('neither');
    expect(await refusal(file('text', 'hello'))).toContain('neither');
    expect(await refusal(file('text.gz', gzipSync('hello')))).toContain('neither');
    expect(await refusal(file('consul.zip', 'PK\x03\x04rest'))).toBe('consul.zip is a zip file.');
    expect(await refusal(join(folder, 'none'))).toContain('cannot be read');
    expect(await refusal(folder)).toContain('cannot be read');
    expect(await refusal(await archive('arch.tar', 'hashicorp/consul:1.21.4', 's390x'))).toContain('s390x');
    const whole = await archive('whole.tar', 'hashicorp/consul:1.21.4');
    expect(await refusal(file('cut.tar', readFileSync(whole).subarray(0, 1200)))).toContain('neither');
  });

  it('says when a file may not be read', async () => {
    const path = file('closed', elf());
    chmodSync(path, 0);
    // Root reads everything.
    if (process.getuid?.() === 0) expect(await readGiven([path])).toHaveLength(1);
    else expect(await refusal(path)).toContain('cannot be read');
  });
});

describe('versionSaid', () => {
  it('reads what every Consul prints, and nothing else', () => {
    expect(versionSaid('Consul v0.5.2\nConsul Protocol: 2 (Understands back to: 1)')).toBe('0.5.2');
    expect(versionSaid('Consul v1.8.7+dfsg1\nRevision x')).toBe('1.8.7+dfsg1');
    expect(versionSaid('==> warning\nConsul v1.22.0-dev\nRevision 3a\n')).toBe('1.22.0-dev');
    expect(versionSaid('true (GNU coreutils) 9.1')).toBeNull();
    expect(versionSaid('Consul Template v0.30.0')).toBeNull();
    expect(tagOf('1.8.7+ent')).toBe('1.8.7-ent');
  });
});

describe('pulledName', () => {
  it('keeps a full version, and names everything else by it', () => {
    expect(pulledName('hashicorp/consul:1.21.4', '1.21.4')).toBe('hashicorp/consul:1.21.4');
    expect(pulledName('hashicorp/consul:latest', '2.0.3')).toBe('hashicorp/consul:2.0.3');
    expect(pulledName('registry:5000/hashicorp/consul', '1.21.4+ent')).toBe(
      'registry:5000/hashicorp/consul:1.21.4-ent',
    );
    expect(pulledName(`hashicorp/consul:1.21@sha256:${'0'.repeat(64)}`, '1.21.4')).toBe(
      'hashicorp/consul:1.21.4',
    );
  });
});
