/** A `docker` that records how it was called, for running start scripts without an engine. */
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '../../temporary.js';

const END = '\u0001end of call\u0001';

const FAKE = `#!/bin/sh
for argument in "$@"; do printf '%s\\0' "$argument" >>"$FAKE_LOG"; done
printf '%s\\0' '${END}' >>"$FAKE_LOG"
case "$1 \${2-}" in
  'version '*) [ -z "\${FAKE_DOWN-}" ] || { echo 'Cannot connect to the Docker daemon' >&2; exit 1; }; echo 20.10 ;;
  'ps '*) printf '%s' "\${FAKE_EXISTING-}" ;;
  'inspect '*) printf '%s\\n' "\${FAKE_OWNER-}" ;;
  'volume inspect') [ -n "\${FAKE_VOLUME_OWNER-}" ] || exit 1; printf '%s\\n' "$FAKE_VOLUME_OWNER" ;;
  'image inspect') [ -z "\${FAKE_NO_IMAGE-}" ] || exit 1 ;;
  'pull '*) [ -z "\${FAKE_NO_PULL-}" ] || { echo 'manifest unknown' >&2; exit 1; } ;;
esac
`;

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Every call of docker, its arguments. */
  readonly calls: readonly (readonly string[])[];
}

export class FakeDocker {
  readonly directory = temporaryFolder('raftyard-fake-docker-');
  readonly #bin = join(this.directory, 'bin');

  constructor() {
    mkdirSync(this.#bin);
    writeFileSync(join(this.#bin, 'docker'), FAKE);
    chmodSync(join(this.#bin, 'docker'), 0o755);
  }

  run(script: string, args: readonly string[] = [], env: Readonly<Record<string, string>> = {}): Run {
    const log = join(this.directory, 'log');
    rmSync(log, { force: true });
    const file = join(this.directory, 'consul-start.sh');
    writeFileSync(file, script);
    const { status, stdout, stderr } = spawnSync('/bin/sh', [file, ...args], {
      cwd: this.directory,
      encoding: 'utf8',
      env: { PATH: `${this.#bin}:/usr/bin:/bin`, FAKE_LOG: log, ...env },
    });
    const calls: string[][] = [];
    if (existsSync(log)) {
      let call: string[] = [];
      for (const argument of readFileSync(log, 'utf8').split('\0').slice(0, -1)) {
        if (argument === END) {
          calls.push(call);
          call = [];
        } else call.push(argument);
      }
    }
    return { code: status, stdout, stderr, calls };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** What `docker run`'s arguments ask for. */
export function readRun(argv: readonly string[]): {
  options: Map<string, string[]>;
  image: string;
  command: readonly string[];
} {
  const options = new Map<string, string[]>();
  const put = (name: string, value: string): void =>
    void options.set(name, [...(options.get(name) ?? []), value]);
  let index = 1;
  for (; index < argv.length; index += 1) {
    const argument = argv[index] ?? '';
    if (!argument.startsWith('-')) break;
    const equals = argument.indexOf('=');
    if (argument === '-d') put('-d', '');
    else if (argument.startsWith('--') && equals > 0)
      put(argument.slice(0, equals), argument.slice(equals + 1));
    else {
      index += 1;
      put(argument, argv[index] ?? '');
    }
  }
  return { options, image: argv[index] ?? '', command: argv.slice(index + 1) };
}
