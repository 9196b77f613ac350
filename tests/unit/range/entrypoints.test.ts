/** The images' entrypoints, run with stand-ins for consul and haproxy that say how they were called. */
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assetPath } from '../../../src/main/range/paths.js';
import { temporaryFolder } from '../../temporary.js';

let bin: string;
beforeAll(() => {
  bin = temporaryFolder('raftyard-entry-');
  const write = (name: string, body: string) => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  const help = 'if [ "$1" = --help ]; then [ "$2" = members ] && echo "Usage: consul members"; exit 0; fi';
  write('consul', `${help}\nprintf '%s\\n' consul "$@"`);
  write(
    'haproxy',
    `echo "http at $RAFTYARD_HTTP_ADDRESS" >&2; echo "$RAFTYARD_HTTP_ADDRESS" >"${bin}/address"`,
  );
  // Not root: the entrypoint then neither changes owners nor users.
  write('id', 'echo 1');
  write('ip', `case "$*" in *eth7*) echo "7: eth7    inet 10.1.2.3/24 brd x";; esac`);
});
afterAll(() => rmSync(bin, { recursive: true, force: true }));

function start(script: string, argv: string[], env: Record<string, string> = {}) {
  const result = spawnSync('sh', [assetPath('consul', script), ...argv], {
    env: { PATH: `${bin}:${process.env['PATH'] ?? ''}`, ...env },
    encoding: 'utf8',
  });
  return { code: result.status, called: result.stdout.trim().split('\n'), err: result.stderr };
}

describe('hashicorp/consul’s entrypoint', () => {
  const dirs = ['-data-dir=/consul/data', '-config-dir=/consul/config'];
  const entry = (argv: string[], env?: Record<string, string>) => start('docker-entrypoint.sh', argv, env);

  it('gives agent its directories, and keeps every argument as it is', () => {
    const value = '-node-meta=a:b c"$(x)';
    expect(entry(['agent', '-server', value]).called).toEqual(['consul', 'agent', ...dirs, '-server', value]);
  });

  it('fails on -server without agent as Consul does: no agent command is made of it', () => {
    expect(entry(['-server']).called).toEqual(['consul', '-server']);
  });

  it('puts consul before its own commands, and runs others as they are', () => {
    expect(entry(['members']).called).toEqual(['consul', 'members']);
    expect(entry(['echo', 'hi']).called).toEqual(['hi']);
  });

  it('turns interfaces into addresses', () => {
    const { called } = entry(['agent'], { CONSUL_BIND_INTERFACE: 'eth7', CONSUL_CLIENT_INTERFACE: 'eth7' });
    expect(called.slice(-5)).toEqual(['agent', dirs[0], '-bind=10.1.2.3', '-client=10.1.2.3', dirs[1]]);
    const missing = entry(['agent'], { CONSUL_BIND_INTERFACE: 'eth9' });
    expect(missing.code).toBe(1);
    expect(missing.err).toContain("Could not find IP for interface 'eth9'");
  });
});

describe('progrium/consul’s entrypoint', () => {
  const entry = (argv: string[]) => start('progrium-start.sh', argv);

  it('starts what the seed document starts', () => {
    const argv = ['-server', '-advertise', '193.168.0.95', '-bootstrap-expect', '3'];
    const { code, called, err } = entry(argv);
    expect(code).toBe(0);
    expect(called).toEqual(['consul', 'agent', '-config-dir=/config', ...argv]);
    expect(err).toBe('');
  });

  it.each(['-ui', '-node-id=x', '-raft-protocol', '--disable-host-node-id', '-x y', '-*'])(
    'refuses %s',
    (flag) => {
      const { code, err } = entry(['-server', flag]);
      expect(code).toBe(1);
      expect(err).toContain('flag provided but not defined: -');
    },
  );

  it('puts the HTTP gate where -client and -http-port say', () => {
    const at = (argv: string[]) => {
      expect(entry(argv).code).toBe(0);
      return readFileSync(join(bin, 'address'), 'utf8').trim();
    };
    expect(at(['-server'])).toBe('0.0.0.0:8500');
    expect(at(['-client=127.0.0.1', '-server'])).toBe('127.0.0.1:8500');
    expect(at(['-client', '10.0.0.1', '--http-port', '8600'])).toBe('10.0.0.1:8600');
  });

  it('takes a value for a value, also one that looks like a flag', () => {
    expect(entry(['-node', '-ui', '-dc=x']).code).toBe(0);
  });
});
