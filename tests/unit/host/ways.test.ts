/** Ways to log in, against a real SSH server in this process. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import ssh2, { type AuthContext, type KeyboardAuthContext } from 'ssh2';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createConnector } from '../../../src/main/host/index.js';
import { agentSockets } from '../../../src/main/host/ssh/ways.js';
import type { HostConnector, SecretQuestion } from '../../../src/main/host/types.js';
import { newKeyPair } from '../../../src/main/range/key.js';
import type { Host, SshSettings } from '../../../src/shared/topology/types.js';
import { temporaryFolder } from '../../temporary.js';

const folder = temporaryFolder('raftyard-ways-');
const hostKey = newKeyPair();
const userKey = newKeyPair();
const identity = join(folder, 'id_test');
const opened: HostConnector[] = [];
const servers: ssh2.Server[] = [];
let home: string | undefined;

beforeAll(() => {
  writeFileSync(identity, userKey.private, { mode: 0o600 });
  home = process.env['HOME'];
});
afterEach(async () => {
  if (home !== undefined) process.env['HOME'] = home;
  await Promise.all(opened.splice(0).map((one) => one.close()));
  for (const server of servers.splice(0)) server.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

const isUserKey = (context: AuthContext): boolean => {
  const known = ssh2.utils.parseKey(userKey.public);
  return (
    context.method === 'publickey' &&
    !(known instanceof Error) &&
    context.key.data.equals(known.getPublicSSH()) &&
    (context.signature === undefined ||
      known.verify(context.blob ?? Buffer.alloc(0), context.signature, context.hashAlgo) === true)
  );
};

async function sshServer(authenticate: (context: AuthContext) => void): Promise<number> {
  const server = new ssh2.Server({ hostKeys: [hostKey.private] }, (client) => {
    client.on('error', () => undefined);
    client.on('authentication', authenticate);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

function host(port: number, ssh: Partial<SshSettings>): Host {
  return {
    name: 'box',
    address: '127.0.0.1',
    advertise: '127.0.0.1',
    ssh: { user: 'op', port, agent: false, hostKeys: [], jump: [], ...ssh },
  };
}

/** A pool whose person answers by what is asked. */
function pool(answers: Readonly<Record<string, string>>): { pool: HostConnector; asked: SecretQuestion[] } {
  const asked: SecretQuestion[] = [];
  const made = createConnector({
    hosts: [],
    trustStore: join(folder, `store-${Math.random()}`),
    knownHosts: [],
    sshConfig: [],
    connectTimeoutMs: 5000,
    prompts: {
      hostKey: () => Promise.resolve(true),
      secret: (question) => {
        asked.push(question);
        const word = Object.keys(answers).find((entry) => question.prompt.includes(entry));
        return Promise.resolve(word === undefined ? null : (answers[word] ?? null));
      },
    },
  });
  opened.push(made);
  return { pool: made, asked };
}

type Questions = { readonly prompt: string; readonly echo: boolean }[];

/** Asks, and takes exactly these answers. */
function questionnaire(context: KeyboardAuthContext, prompts: Questions, right: readonly string[]): void {
  context.prompt(prompts, (answers) => {
    if (JSON.stringify(answers) === JSON.stringify(right)) context.accept();
    else context.reject();
  });
}

describe('a second factor', () => {
  const secondFactor = (context: AuthContext): void => {
    if (context.method === 'publickey' && isUserKey(context)) {
      if (context.signature === undefined) context.accept();
      else context.reject(['keyboard-interactive'], true);
    } else if (context.method === 'keyboard-interactive')
      questionnaire(
        context,
        [
          { prompt: 'Verification code: ', echo: false },
          { prompt: 'Reason\u001b[31m: ', echo: true },
        ],
        ['123456', 'maintenance'],
      );
    else context.reject(['publickey']);
  };

  it('is asked for in the server’s own words, one question after the other', async () => {
    const port = await sshServer(secondFactor);
    const { pool: one, asked } = pool({ 'Verification code': '123456', Reason: 'maintenance' });
    const lease = await one.connect(host(port, { identity }));
    lease.release();
    expect(asked.map(({ kind }) => kind)).toEqual(['answer', 'answer']);
    expect(asked[0]?.prompt).toBe('Verification code: (op@127.0.0.1)');
    expect(asked[1]?.prompt).not.toMatch(/\p{C}/u);
  });

  it('that is wrong is an error that says what was tried', async () => {
    const port = await sshServer(secondFactor);
    const { pool: one } = pool({ 'Verification code': '000000' });
    await expect(one.connect(host(port, { identity }))).rejects.toMatchObject({
      code: 'auth-failed',
      message: expect.stringContaining(`tried: key ${identity}, keyboard-interactive`),
    });
  });
});

describe('a server that asks for the password itself', () => {
  it('gets the known one for its first question, and the person’s answer for the others', async () => {
    const port = await sshServer((context) => {
      if (context.method === 'keyboard-interactive')
        questionnaire(
          context,
          [
            { prompt: 'Password: ', echo: false },
            { prompt: 'One-time code: ', echo: false },
          ],
          ['open sesame', '42'],
        );
      else context.reject(['keyboard-interactive']);
    });
    const { pool: one, asked } = pool({ 'Password of': 'open sesame', 'One-time': '42' });
    const lease = await one.connect(host(port, { password: 'prompt' }));
    lease.release();
    expect(asked.map(({ kind }) => kind)).toEqual(['password', 'answer']);
  });
});

describe('without a key in the document', () => {
  const onlyKey = (context: AuthContext): void => {
    if (isUserKey(context)) context.accept();
    else context.reject(['publickey', 'keyboard-interactive']);
  };

  it('the person’s own keys are tried, as ssh does', async () => {
    const person = join(folder, 'person');
    mkdirSync(join(person, '.ssh'), { recursive: true, mode: 0o700 });
    writeFileSync(join(person, '.ssh', 'id_rsa'), 'broken');
    writeFileSync(join(person, '.ssh', 'id_ed25519'), userKey.private, { mode: 0o600 });
    process.env['HOME'] = person;
    const { pool: one, asked } = pool({});
    const lease = await one.connect(host(await sshServer(onlyKey), {}));
    lease.release();
    expect(asked).toEqual([]);
  });

  it('each with its own passphrase, asked for once; one that is wrong is told, and asked for again', async () => {
    const person = join(folder, 'careful');
    mkdirSync(join(person, '.ssh'), { recursive: true, mode: 0o700 });
    const [older, newer] = [join(person, '.ssh', 'id_ed25519'), join(person, '.ssh', 'id_ecdsa')];
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-a', '1', '-N', 'older', '-f', older]);
    writeFileSync(newer, userKey.private, { mode: 0o600 });
    execFileSync('ssh-keygen', ['-q', '-p', '-a', '1', '-P', '', '-N', 'newer', '-f', newer]);
    process.env['HOME'] = person;
    const port = await sshServer(onlyKey);
    const { pool: one, asked } = pool({ [older]: 'older', [newer]: 'newer' });
    for (const name of ['box', 'other box']) (await one.connect({ ...host(port, {}), name })).release();
    expect(asked.map(({ prompt }) => prompt)).toEqual([`Passphrase of ${older}`, `Passphrase of ${newer}`]);

    const { pool: two, asked: again } = pool({ [older]: 'older', [newer]: 'older' });
    for (let count = 0; count < 2; count += 1)
      await expect(two.connect(host(port, {}))).rejects.toMatchObject({
        code: 'auth-failed',
        message: expect.stringMatching(`tried: key ${older}, .the private key ${newer} cannot be used`),
      });
    expect(again.map(({ prompt }) => prompt).filter((prompt) => prompt.includes(newer))).toHaveLength(2);
    expect(again.map(({ prompt }) => prompt).filter((prompt) => prompt.includes(older))).toHaveLength(1);
  });

  it('nothing at all is said before anything is dialled', async () => {
    const person = join(folder, 'nobody');
    mkdirSync(person);
    process.env['HOME'] = person;
    const { pool: one } = pool({});
    await expect(one.connect(host(1, {}))).rejects.toMatchObject({
      code: 'auth-failed',
      message: 'there is no key, agent or password to log in with',
    });
  });
});

describe('the agent', () => {
  it('is the one that is named, or OpenSSH’s and PuTTY’s own on Windows', () => {
    const pipes = () => ['pageant.Anna.0a1b', 'pageant.berta.ffff', 'other'];
    const paths = (env: object, platform: NodeJS.Platform): string[] =>
      agentSockets(env as NodeJS.ProcessEnv, platform, pipes).map(({ name, path }) => `${name} ${path}`);
    expect(paths({ SSH_AUTH_SOCK: '/run/agent' }, 'linux')).toEqual(['agent /run/agent']);
    expect(paths({}, 'linux')).toEqual([]);
    expect(paths({ SSH_AUTH_SOCK: '' }, 'darwin')).toEqual([]);
    expect(paths({ USERNAME: 'anna' }, 'win32')).toEqual([
      'agent \\\\.\\pipe\\openssh-ssh-agent',
      'Pageant \\\\.\\pipe\\pageant.Anna.0a1b',
    ]);
  });
});
