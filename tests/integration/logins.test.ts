/** Ways to log in at a real sshd: keys of every kind, a real agent, and PAM's own questions with a real second factor. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createConnector } from '../../src/main/host/index.js';
import type { HostConnector, SecretQuestion } from '../../src/main/host/types.js';
import type { Host, SshSettings, Topology } from '../../src/shared/topology/types.js';
import { temporaryFolder } from '../temporary.js';
import { install } from './packages.js';
import {
  passwordOfPw,
  RESTART_SSH,
  range,
  rangeDocument,
  rootScript,
  until,
  withoutSharedConnections,
} from './support.js';

withoutSharedConnections();

const run = promisify(execFile);
const HOST = 'docker03';
const SETTINGS = '/etc/ssh/sshd_config.d/00-raftyard-test.conf';
const PASSPHRASE = 'open the key';
const folder = temporaryFolder('raftyard-logins-');
const pools: HostConnector[] = [];
let topology: Topology;

const target = (): Host => {
  const host = topology.hosts.find(({ name }) => name === HOST);
  if (host === undefined) throw new Error(`no ${HOST}`);
  return host;
};

/** Logs in, and says as whom. */
async function whoami(
  ssh: Partial<SshSettings>,
  answer: (question: SecretQuestion) => string | null = () => null,
  sshConfig: string[] = [],
): Promise<string> {
  const { user, port, hostKeys, jump } = target().ssh;
  const pool = createConnector({
    hosts: [],
    trustStore: join(temporaryFolder('logins-'), 'known_hosts'),
    knownHosts: [],
    sshConfig,
    prompts: {
      hostKey: () => Promise.resolve(false),
      secret: (question) => Promise.resolve(answer(question)),
    },
  });
  pools.push(pool);
  const { connection } = await pool.connect({
    ...target(),
    ssh: { user, port, hostKeys, jump, agent: false, ...ssh },
  });
  return (await connection.exec(['whoami'])).stdout.trim();
}

async function newKey(name: string, ...options: string[]): Promise<string> {
  const path = join(folder, name);
  await run('ssh-keygen', ['-q', '-C', `raftyard-test-${name}`, '-f', path, ...options]);
  return path;
}

const authorize = (path: string): Promise<string> =>
  rootScript(
    topology,
    HOST,
    `echo '${readFileSync(`${path}.pub`, 'utf8').trim()}' >> /root/.ssh/authorized_keys`,
  );

beforeAll(async () => {
  topology = await rangeDocument();
});
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});
afterAll(async () => {
  await rootScript(topology, HOST, "sed -i '/ raftyard-test-/d' /root/.ssh/authorized_keys");
});

describe('a key with a passphrase', () => {
  it.each([
    ['ed25519', ['-t', 'ed25519']],
    ['ecdsa-256', ['-t', 'ecdsa', '-b', '256']],
    ['ecdsa-521', ['-t', 'ecdsa', '-b', '521']],
    // This sshd takes no SHA-1 signature any more.
    ['rsa', ['-t', 'rsa', '-b', '3072']],
    ['rsa-pem', ['-t', 'rsa', '-b', '3072', '-m', 'PEM']],
  ])('%s opens the door', async (name, options) => {
    const identity = await newKey(name, ...options, '-N', PASSPHRASE);
    await authorize(identity);
    const asked: string[] = [];
    const answer = ({ kind }: SecretQuestion): string => {
      asked.push(kind);
      return PASSPHRASE;
    };
    expect(await whoami({ identity }, answer)).toBe('root');
    expect(asked).toEqual(['passphrase']);
    await expect(whoami({ identity }, () => 'not this')).rejects.toMatchObject({ host: HOST });
  });
});

describe('an agent', () => {
  const socket = join(folder, 'agent.sock');
  const before = process.env['SSH_AUTH_SOCK'];
  let agent: ChildProcess;

  beforeAll(async () => {
    agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' });
    await until('the agent', 5_000, () => Promise.resolve(existsSync(socket)));
    process.env['SSH_AUTH_SOCK'] = socket;
  });
  afterAll(async () => {
    if (before === undefined) delete process.env['SSH_AUTH_SOCK'];
    else process.env['SSH_AUTH_SOCK'] = before;
    const ended = new Promise((resolve) => agent.once('exit', resolve));
    agent.kill();
    await ended;
  });

  it('signs with the key that it holds; of too many, with the one that is named', async () => {
    const key = await newKey('agent', '-t', 'ed25519', '-N', '');
    await authorize(key);
    await run('ssh-add', ['-q', key]);
    expect(await whoami({ agent: true })).toBe('root');
    // sshd hangs up after six keys that it does not know.
    await run('ssh-add', ['-q', '-D']);
    for (let index = 0; index < 8; index += 1)
      await run('ssh-add', ['-q', await newKey(`decoy-${index}`, '-t', 'ed25519', '-N', '')]);
    await run('ssh-add', ['-q', key]);
    await expect(whoami({ agent: true })).rejects.toMatchObject({
      code: 'auth-failed',
      host: HOST,
      hint: expect.stringContaining('IdentitiesOnly'),
    });
    const config = join(folder, 'config');
    writeFileSync(config, `Host *\n  IdentitiesOnly yes\n  IdentityFile ${key}.pub\n`);
    expect(await whoami({ agent: true }, undefined, [config])).toBe('root');
  });
});

describe('a second factor', () => {
  const SECRET = 'JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP';

  /** The code of now, after RFC 6238. */
  function code(): string {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
    const bits = [...SECRET].map((letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('');
    const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
    const mac = createHmac('sha1', key).update(counter).digest();
    const offset = (mac.at(-1) ?? 0) & 0xf;
    return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
  }

  beforeAll(async () => {
    await install(topology, HOST, 'libqrencode4', 'libpam-google-authenticator');
    await rootScript(
      topology,
      HOST,
      `cp -p /etc/pam.d/sshd /run/pam-sshd
       sed -i '/^@include common-auth/a auth required pam_google_authenticator.so' /etc/pam.d/sshd
       printf '${SECRET}\\n" TOTP_AUTH\\n' > ~pw/.google_authenticator
       chown pw ~pw/.google_authenticator; chmod 400 ~pw/.google_authenticator
       printf 'KbdInteractiveAuthentication yes\\nPasswordAuthentication no\\n' > ${SETTINGS}
       sshd -t && { ${RESTART_SSH}; }`,
    );
  });
  afterAll(async () => {
    await rootScript(
      topology,
      HOST,
      `mv /run/pam-sshd /etc/pam.d/sshd; rm -f ${SETTINGS} ~pw/.google_authenticator
       dpkg --purge libpam-google-authenticator libqrencode4 >/dev/null 2>&1; ${RESTART_SSH}`,
    );
  });

  it('is asked for in the server’s own words after the known password', async () => {
    const asked: string[] = [];
    const answer = ({ kind, prompt }: SecretQuestion): string => {
      asked.push(`${kind} ${prompt}`);
      return code();
    };
    const ssh = { user: 'pw', password: `file:${range.passwordFile}` };
    expect(await whoami(ssh, answer)).toBe('pw');
    expect(asked).toEqual([expect.stringMatching(/^answer Verification code:/)]);
    expect(asked.join()).not.toContain(passwordOfPw());
  });

  it('that is wrong is an error that lists what was tried', async () => {
    const identity = await newKey('unknown', '-t', 'ed25519', '-N', '');
    const ssh = { user: 'pw', identity, password: `file:${range.passwordFile}` };
    await expect(whoami(ssh, () => '000000')).rejects.toMatchObject({
      code: 'auth-failed',
      host: HOST,
      message: expect.stringMatching(new RegExp(`tried: key ${identity}, .*keyboard-interactive`)),
    });
  });
});
