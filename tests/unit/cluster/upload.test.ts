import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { upload } from '../../../src/main/cluster/apply/upload.js';
import type { ExecOptions, ExecResult, HostConnection } from '../../../src/main/host/types.js';
import { RaftyardError } from '../../../src/shared/errors.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('raftyard-upload-');
const from = join(folder, 'image.tar');
const content = randomBytes(3_000_000);
writeFileSync(from, content);

const lost = (): RaftyardError =>
  new RaftyardError('connection-lost', 'the connection was lost while sh ran', { retryable: true });

/** A host with one file. Each sending is cut after the next of the numbers of bytes, where there is one. */
class FakeHost {
  file: Buffer | null;
  sent = 0;
  sendings = 0;
  readonly #cuts: number[];

  constructor(cuts: readonly number[] = [], file: Buffer | null = null) {
    this.#cuts = [...cuts];
    this.file = file;
  }

  get connection(): HostConnection {
    const exec = (argv: readonly string[], options?: ExecOptions) => this.#exec(argv, options);
    return { host: { name: 'docker01' }, exec } as unknown as HostConnection;
  }

  async #exec(argv: readonly string[], options: ExecOptions = {}): Promise<ExecResult> {
    const answer = (stdout: string, code = 0): ExecResult => ({
      code,
      stdout,
      stderr: '',
      truncated: false,
      as: 'root',
    });
    if (argv[0] === 'rm') {
      this.file = null;
      return answer('');
    }
    if (argv[2]?.includes('sha256sum') === true) {
      if (this.file === null) return answer('', 3);
      return answer(`${this.file.length}\n${createHash('sha256').update(this.file).digest('hex')}  -\n`);
    }
    this.sendings += 1;
    const limit = this.#cuts.shift();
    let taken = 0;
    for await (const chunk of options.stdin as Readable) {
      const part = limit === undefined ? (chunk as Buffer) : (chunk as Buffer).subarray(0, limit - taken);
      this.file = Buffer.concat([this.file ?? Buffer.alloc(0), part]);
      taken += part.length;
      this.sent += part.length;
      if (taken === limit) throw lost();
    }
    return answer('');
  }
}

const run = async (
  host: FakeHost,
  { signal = new AbortController().signal, pausesMs }: { signal?: AbortSignal; pausesMs?: number[] } = {},
): Promise<number[]> => {
  const told: number[] = [];
  const onBytes = (sent: number) => told.push(sent);
  const pauses = pausesMs === undefined ? {} : { pausesMs };
  await upload(host.connection, { from, to: '/x/image.tar', signal, onBytes, ...pauses });
  return told;
};

describe('an upload', () => {
  it('sends each byte once, however often the connection is lost', async () => {
    const host = new FakeHost([1_000_000, 1, 900_000]);
    await run(host);
    expect(host.file?.equals(content)).toBe(true);
    expect([host.sendings, host.sent]).toEqual([4, content.length]);
  });

  it('goes on with what an earlier run left, and with nothing where all is there', async () => {
    const half = new FakeHost([], content.subarray(0, 2_000_000));
    expect((await run(half))[0]).toBe(2_000_000);
    expect(half.sent).toBe(1_000_000);
    expect(half.file?.equals(content)).toBe(true);
    const whole = new FakeHost([], content);
    await run(whole);
    expect(whole.sendings).toBe(0);
  });

  it('begins anew where another file lies, shorter or longer', async () => {
    for (const other of [Buffer.alloc(1_000_000, 1), Buffer.concat([content, Buffer.alloc(1)])]) {
      const host = new FakeHost([], other);
      await run(host);
      expect(host.file?.equals(content)).toBe(true);
      expect(host.sent).toBe(content.length);
    }
  });

  it('gives up when not a byte gets through any more, and keeps what did', async () => {
    const host = new FakeHost([1_000_000, 0, 0, 0, 0, 0, 0, 0]);
    const lost = run(host, { pausesMs: [5, 10, 20, 40, 80] });
    await expect(lost).rejects.toMatchObject({ code: 'connection-lost' });
    expect(host.file?.length).toBe(1_000_000);
    // The one that got on, then six without a byte: five pauses lie between them.
    expect(host.sendings).toBe(7);
  });

  it('ends while it waits for the next attempt when it is cancelled', async () => {
    const stop = new AbortController();
    const host = new FakeHost([10, 0, 0, 0, 0, 0]);
    setTimeout(() => stop.abort(), 700);
    const began = performance.now();
    await expect(run(host, { signal: stop.signal })).rejects.toMatchObject({ code: 'cancelled' });
    expect(performance.now() - began).toBeLessThan(5000);
  });
});
