/** What the tests of the exports share: files written, put onto hosts, and containers compared with apply's. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { type ExportFormat, exportTopology } from '../../src/shared/export/index.js';
import type { Topology } from '../../src/shared/topology/types.js';
import { temporaryFolder } from '../temporary.js';
import { containersOf } from './inspect.js';
import {
  applyTo,
  bareHosts,
  CONSUL,
  onHost,
  RESTART_DOCKER,
  rangeDocument,
  rootScript,
  statusOf,
  until,
} from './support.js';

/** Something in it for every program on the way: Jinja, Compose, a shell. An option that 0.5.2 knows, too. */
export const HOSTILE = `-pid-file=/tmp/{{ 7 * 7 }} $HOME $$ it's.pid`;

export const folder = temporaryFolder('raftyard-exports-');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

export interface Ran {
  readonly code: number;
  readonly output: string;
}

/** Runs a program on this computer; a program that is not there is an error of its own. */
export async function run(
  program: string,
  argv: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Promise<Ran> {
  return await new Promise((resolve, reject) => {
    execFile(
      program,
      [...argv],
      { ...options, env: { ...process.env, ...options.env }, maxBuffer: 32e6 },
      (error, stdout, stderr) => {
        if (error !== null && typeof error.code !== 'number') reject(error);
        else resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
      },
    );
  });
}

/** Writes an export into a folder of its own, as the command line does. */
export function written(topology: Topology, format: ExportFormat): string {
  const directory = mkdtempSync(join(folder, `${format}-`));
  for (const { path, content, mode } of exportTopology(topology, format)) {
    const target = join(directory, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content, { mode });
  }
  return directory;
}

/** The blocks of commands of a host's README, in order. */
export function commandsOf(topology: Topology, format: ExportFormat, host: string): string[] {
  const readme = exportTopology(topology, format).find(({ path }) => path === `${host}/README.md`);
  return [...(readme?.content ?? '').matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text]) => text ?? '');
}

/** A host's folder of the export, on the host. */
export async function upload(
  topology: Topology,
  format: ExportFormat,
  host: string,
  to: string,
): Promise<void> {
  const files = exportTopology(topology, format).filter(({ path }) => path.startsWith(`${host}/`));
  await onHost(topology, host, async (connection) => {
    for (const { path, content, mode } of files) {
      const target = join(to, path.slice(host.length + 1));
      await connection.exec(['mkdir', '-p', dirname(target)], { root: true });
      await connection.writeFile(target, content, mode);
    }
  });
}

export async function document(change: Partial<Topology>, user: 'root' | 'op' = 'root'): Promise<Topology> {
  return await rangeDocument({ image: CONSUL, agentOptions: [HOSTILE], ...change }, user);
}

export const healthy = (topology: Topology): Promise<void> =>
  until('a healthy cluster', 90_000, async () => (await statusOf(topology)).healthy);

/**
 * A Docker that was started without firewalld does not hear of its start, which flushes Docker's rules: before they are
 * there again, a host is not bare.
 */
async function dockerSettled(topology: Topology): Promise<void> {
  const rules = 'iptables -t nat -S DOCKER && iptables -S DOCKER-USER && docker version';
  await Promise.all(
    topology.hosts.map(async ({ name }) => {
      await rootScript(topology, name, `{ ${rules}; } >/dev/null 2>&1 || { ${RESTART_DOCKER}; }`);
      await until(`Docker on ${name}`, 20_000, async () => (await rootScript(topology, name, rules)) !== '');
    }),
  );
}

export async function sameAsApply(topology: Topology): Promise<void> {
  const exported = await containersOf(topology);
  await bareHosts(topology);
  await dockerSettled(topology);
  const { summary } = await applyTo(topology);
  expect(summary.failed).toEqual([]);
  expect(exported).toEqual(await containersOf(topology));
}

let used: Topology | undefined;
afterAll(async () => {
  if (used !== undefined) await bareHosts(used);
});
/** Bare hosts before each test, and after the last one. */
export async function using(topology: Topology): Promise<Topology> {
  used = topology;
  await bareHosts(topology);
  await dockerSettled(topology);
  return topology;
}
