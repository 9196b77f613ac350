/** Opening and closing ports in hand-made iptables and nftables: the file that is loaded at boot, and the running rules. */
import { RaftyardError } from '../../../shared/errors.js';
import {
  fileOf,
  type KeptIn,
  type PacketFilter,
  splitIptablesRule,
  splitNftRule,
  withoutRules,
  withRules,
} from '../../../shared/shell/packet-filter.js';
import type { ExecResult, HostConnection } from '../types.js';

interface Options {
  readonly signal?: AbortSignal;
}

const TIMEOUT_MS = 30_000;

const why = ({ stderr, stdout }: ExecResult): string =>
  (stderr.trim() || stdout.trim()).split('\n').slice(0, 3).join('; ').slice(0, 400);

async function run(
  connection: HostConnection,
  argv: readonly string[],
  options: Options & { stdin?: Buffer },
) {
  return connection.exec(argv, { root: true, timeoutMs: TIMEOUT_MS, ...options });
}

async function must(connection: HostConnection, argv: readonly string[], options: Options): Promise<void> {
  const result = await run(connection, argv, options);
  if (result.code === 0) return;
  throw new RaftyardError(
    'command-failed',
    `${argv[0] ?? ''} failed with exit code ${result.code}: ${why(result)}`,
    { host: connection.host.name, hint: `By hand, as root: ${argv.join(' ').slice(0, 300)}` },
  );
}

/** Whether the program that loads the file at boot would take this text. */
async function proven(
  connection: HostConnection,
  kind: PacketFilter,
  program: string,
  text: string,
  options: Options,
): Promise<ExecResult> {
  const argv = kind === 'nftables' ? ['nft', '-c', '-f', '-'] : [`${program}-restore`, '--test'];
  return run(connection, argv, { ...options, stdin: Buffer.from(text, 'latin1') });
}

/**
 * Changes the files that are loaded at boot: each is read, changed by whole lines, proven by the program itself, and
 * only then written.
 */
async function edit(
  connection: HostConnection,
  kind: PacketFilter,
  rules: readonly string[],
  keptIn: KeptIn,
  change: typeof withRules,
  options: Options,
): Promise<void> {
  for (const [program, path] of Object.entries(keptIn)) {
    const own = rules.filter((rule) => fileOf(kind, rule, { [program]: path }) !== undefined);
    if (own.length === 0) continue;
    const fail = (reason: string): RaftyardError =>
      new RaftyardError('command-failed', `${path} cannot be changed: ${reason}`, {
        host: connection.host.name,
        hint: 'The file is as it was. Correct it, then apply again.',
      });
    const content = await connection.readFile(path);
    if (content === null) {
      if (change === withoutRules) continue;
      throw fail('it is gone');
    }
    // One character a byte: comments in another encoding come back as they were.
    const before = content.toString('latin1');
    let after: string;
    try {
      after = change(kind, before, own);
    } catch (error) {
      throw fail((error as Error).message);
    }
    if (after === before) continue;
    const test = await proven(connection, kind, program, after, options);
    if (test.code !== 0) throw fail(why(test));
    // A link stays one: what it leads to is written.
    const there = await run(connection, ['readlink', '-f', path], options);
    const mode = await run(connection, ['stat', '-L', '-c', '%a', path], options);
    const bits = Number.parseInt(mode.stdout, 8);
    await connection.writeFile(
      there.stdout.trim() || path,
      Buffer.from(after, 'latin1'),
      Number.isNaN(bits) ? 0o600 : bits,
      options,
    );
  }
}

/** Handles of the running rules that read exactly so. */
async function handles(connection: HostConnection, rule: string, options: Options): Promise<string[]> {
  const { chain, rest } = splitNftRule(rule);
  const listed = await run(connection, ['nft', '-nn', '-a', 'list', 'chain', ...chain], options);
  const wanted = rest.join(' ');
  return listed.stdout.split('\n').flatMap((line) => {
    const found = /^(.*) # handle (\d+)$/.exec(line.trim());
    return found?.[1] === wanted && found[2] !== undefined ? [found[2]] : [];
  });
}

/** Makes a rule of iptables be there (`-I`, before all others) or not be there (`-D`). */
async function set(
  connection: HostConnection,
  rule: string,
  how: '-I' | '-D',
  options: Options,
): Promise<void> {
  const { program, words } = splitIptablesRule(rule);
  const there = (await run(connection, [program, '-w', '-C', ...words], options)).code === 0;
  if (there !== (how === '-I')) await must(connection, [program, '-w', how, ...words], options);
}

/** Adds rules to the file first: should the second part fail, the next start of the host still knows them. */
export async function openPacketFilter(
  connection: HostConnection,
  kind: PacketFilter,
  rules: readonly string[],
  keptIn: KeptIn,
  options: Options,
): Promise<void> {
  await edit(connection, kind, rules, keptIn, withRules, options);
  for (const rule of rules) {
    if (kind === 'iptables') await set(connection, rule, '-I', options);
    else if ((await handles(connection, rule, options)).length === 0)
      await must(connection, ['nft', 'insert', 'rule', ...rule.split(' ')], options);
  }
}

/** Takes rules out of the file and of the running filter; absent ones do no harm. */
export async function closePacketFilter(
  connection: HostConnection,
  kind: PacketFilter,
  rules: readonly string[],
  keptIn: KeptIn,
  options: Options,
): Promise<void> {
  await edit(connection, kind, rules, keptIn, withoutRules, options);
  for (const rule of rules) {
    if (kind === 'iptables') {
      await set(connection, rule, '-D', options);
      continue;
    }
    const { chain } = splitNftRule(rule);
    for (const handle of await handles(connection, rule, options))
      await must(connection, ['nft', 'delete', 'rule', ...chain, 'handle', handle], options);
  }
}
