/** The vault of the command line: when it is made, opened, asked for, and what is refused without it. */
import { execFileSync } from 'node:child_process';
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Services } from '../../../src/main/cli/services.js';
import type { ApplySummary, ClusterSecrets } from '../../../src/main/cluster/types.js';
import { Vault } from '../../../src/main/store/secrets/vault.js';
import { GOSSIP_KEY } from '../../../src/shared/desired/index.js';
import { RaftyardError } from '../../../src/shared/errors.js';
import { planApply } from '../../../src/shared/plan/index.js';
import { NOT_SECURED, serialiseTopology } from '../../../src/shared/topology/index.js';
import { temporaryFolder } from '../../temporary.js';
import { appliedFacts, bareFacts, threeServers } from '../plan/fixture.js';
import { applied, at } from '../plan/secured.js';
import { fakeIo, fakeServices, raftyard } from './fake-io.js';

const folder = temporaryFolder('raftyard-cli-secrets-');
const secured = threeServers({ secure: { ...NOT_SECURED, gossip: true } });
const document = join(folder, 'shop.raftyard');
writeFileSync(document, serialiseTopology(secured));
const PASSPHRASE = 'correct horse battery staple';
const passphraseFile = join(folder, 'passphrase');
writeFileSync(passphraseFile, `${PASSPHRASE}\n`, { mode: 0o600 });

const GOOD: ApplySummary = { result: 'done', changed: 1, skipped: 0, failed: [], hosts: {} };

/** Secrets that applies were given, in order. */
const given: (ClusterSecrets | undefined)[] = [];
let connected = 0;

const services = (): Services =>
  fakeServices({
    createConnector: () => {
      connected += 1;
      return { connect: () => Promise.reject(new Error('no host here')), close: async () => undefined };
    },
    preflight: async () => bareFacts(secured),
    applyPlan: async (_topology, _plan, _context, options) => {
      given.push(options?.secrets);
      return GOOD;
    },
  });

let count = 0;
const newVault = (): string => join(folder, `vault-${++count}.json`);

describe('the vault of the command line', () => {
  it('is made by the first apply, with a passphrase that is typed twice, and opened by the next', async () => {
    const vault = newVault();
    const io = fakeIo({ tty: true, answers: ['short', PASSPHRASE, 'another one', PASSPHRASE, PASSPHRASE] });
    const first = await raftyard(['apply', document, '--yes', '--vault', vault], io, services());
    expect(first.stderr).toContain('at least 10 characters');
    expect(first.stderr).toContain('These were not the same.');
    expect(first.code).toBe(0);
    const key = given.at(-1)?.value(GOSSIP_KEY) ?? '';
    expect(Buffer.from(key, 'base64')).toHaveLength(32);

    const again = fakeIo({ tty: true, answers: ['not this one', PASSPHRASE] });
    const second = await raftyard(['apply', document, '--yes', '--vault', vault], again, services());
    expect(second.stderr).toContain('That is not its passphrase.');
    expect(second.code).toBe(0);
    expect(given.at(-1)?.value(GOSSIP_KEY)).toBe(key);
    for (const ran of [first, second])
      for (const secret of [key, PASSPHRASE]) expect(ran.stdout + ran.stderr).not.toContain(secret);
  });

  it('is opened by a file that only its owner can read, or by a descriptor', async () => {
    const vault = newVault();
    const argv = ['apply', document, '--yes', '--vault', vault];
    const made = await raftyard([...argv, '--vault-passphrase-file', passphraseFile], fakeIo(), services());
    expect(made.code).toBe(0);
    expect(existsSync(vault)).toBe(true);
    const open = join(folder, 'readable');
    writeFileSync(open, PASSPHRASE, { mode: 0o644 });
    const refused = await raftyard([...argv, '--vault-passphrase-file', open], fakeIo(), services());
    expect(refused.code).toBe(64);
    expect(refused.stderr).toContain('chmod 600');
    const { openSync } = await import('node:fs');
    const fd = openSync(passphraseFile, 'r');
    const byFd = await raftyard([...argv, '--vault-passphrase-fd', String(fd)], fakeIo(), services());
    expect(byFd.code).toBe(0);
    const none = await raftyard([...argv, '--vault-passphrase-fd', 'x'], fakeIo(), services());
    expect(none.code).toBe(64);
  });

  it('stops an apply that has none, before a host is asked', async () => {
    const vault = newVault();
    const [applies, connections] = [given.length, connected];
    const nobody = await raftyard(['apply', document, '--yes', '--vault', vault], fakeIo(), services());
    expect(nobody.code).toBe(1);
    expect(nobody.stderr).toContain('--vault-passphrase-file');
    const dismissed = fakeIo({ tty: true, answers: [] });
    expect((await raftyard(['apply', document, '--yes', '--vault', vault], dismissed, services())).code).toBe(
      130,
    );
    expect([given.length, connected, existsSync(vault)]).toEqual([applies, connections, false]);
  });

  it('is not made by a plan, and the plan is that of the apply', async () => {
    const vault = newVault();
    const out = join(folder, 'plan.json');
    const planned = await raftyard(['plan', document, '--vault', vault, '--out', out], fakeIo(), services());
    expect(planned.code).toBe(0);
    expect(planned.stdout).toContain('/opt/consul/.secret/agent/secret.json');
    expect(existsSync(vault)).toBe(false);
    const applied = await raftyard(
      ['apply', out, '--yes', '--vault', vault, '--vault-passphrase-file', passphraseFile],
      fakeIo(),
      services(),
    );
    expect(applied.code).toBe(0);
    expect(applied.stderr).not.toContain('changed since that plan was made');
    const key = given.at(-1)?.value(GOSSIP_KEY) ?? 'none';
    expect(readFileSync(out, 'utf8') + applied.stdout + applied.stderr).not.toContain(key);
  });

  it('goes into a recovery kit and comes back, and nothing is lost on the way', async () => {
    const vault = newVault();
    const unlock = ['--vault', vault, '--vault-passphrase-file', passphraseFile];
    await raftyard(['apply', document, '--yes', ...unlock], fakeIo(), services());
    const key = given.at(-1)?.value(GOSSIP_KEY);
    const kitPassphrase = join(folder, 'kit-passphrase');
    writeFileSync(kitPassphrase, 'another long passphrase', { mode: 0o600 });
    const kit = join(folder, 'kit.json');
    const withKit = ['--kit-passphrase-file', kitPassphrase];
    const saved = await raftyard(['secrets', 'kit', document, '--out', kit, ...unlock, ...withKit], fakeIo());
    expect(saved.code).toBe(0);
    await expect(Vault.open(kit, PASSPHRASE)).rejects.toMatchObject({ code: 'secrets-needed' });

    const other = newVault();
    const elsewhere = ['--vault', other, '--vault-passphrase-file', passphraseFile];
    const restored = await raftyard(['secrets', 'restore', kit, ...elsewhere, ...withKit], fakeIo());
    expect(restored.code).toBe(0);
    await raftyard(['apply', document, '--yes', ...elsewhere], fakeIo(), services());
    expect(given.at(-1)?.value(GOSSIP_KEY)).toBe(key);

    // Another key of the same cluster is not written over by accident.
    const third = newVault();
    const there = ['--vault', third, '--vault-passphrase-file', passphraseFile];
    await raftyard(['apply', document, '--yes', ...there], fakeIo(), services());
    const kept = given.at(-1)?.value(GOSSIP_KEY);
    const refused = await raftyard(['secrets', 'restore', kit, ...there, ...withKit], fakeIo());
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('--force');
    await raftyard(['apply', document, '--yes', ...there], fakeIo(), services());
    expect(given.at(-1)?.value(GOSSIP_KEY)).toBe(kept);
    expect(
      (await raftyard(['secrets', 'restore', kit, ...there, ...withKit, '--force'], fakeIo())).code,
    ).toBe(0);
    await raftyard(['apply', document, '--yes', ...there], fakeIo(), services());
    expect(given.at(-1)?.value(GOSSIP_KEY)).toBe(key);
  });

  it('has no key to rotate, or to save, before there is one', async () => {
    const vault = newVault();
    const argv = ['--vault', vault, '--vault-passphrase-file', passphraseFile];
    const rotated = await raftyard(['rotate', document, '--yes', ...argv], fakeIo(), services());
    expect(rotated.code).toBe(1);
    expect(rotated.stderr).toContain('there is no vault yet');
    const saved = await raftyard(
      ['secrets', 'kit', document, '--out', join(folder, 'no-kit.json'), ...argv],
      fakeIo(),
    );
    expect(saved.code).toBe(1);
    expect(existsSync(join(folder, 'no-kit.json'))).toBe(false);
    const plain = join(folder, 'plain.raftyard');
    writeFileSync(plain, serialiseTopology(threeServers()));
    const nothing = await raftyard(['rotate', plain, '--yes', ...argv], fakeIo(), services());
    expect(nothing.code).toBe(64);
  });

  it('is not opened to the network on the way, when its key is changed', async () => {
    const vault = newVault();
    const argv = ['--yes', '--vault', vault, '--vault-passphrase-file', passphraseFile];
    await raftyard(['apply', document, ...argv], fakeIo(), services());
    const open = join(folder, 'open.raftyard');
    writeFileSync(open, serialiseTopology({ ...secured, api: 'exposed' }));
    const before = given.length;
    const facts = at([3, 3, 3], applied(secured), { [GOSSIP_KEY]: given.at(-1)?.value(GOSSIP_KEY) ?? '' });
    const here = services();
    const cluster = async () => ({ ...(await here.cluster()), preflight: async () => facts });
    const running = { ...here, cluster };
    const rotated = await raftyard(['rotate', open, ...argv], fakeIo(), running);
    expect(rotated.stdout).not.toContain('blocker');
    expect(rotated.code).toBe(64);
    expect(rotated.stderr).toContain('--expose-api');
    expect(given).toHaveLength(before);
    const key = await Vault.open(vault, PASSPHRASE).then((one) => one.read(''));
    expect(Object.keys(key).filter((name) => name.endsWith('next'))).toEqual([]);
  });
});

describe('a cluster whose keys are not here', () => {
  it('is refused, and no other key is made that would pass for its own', async () => {
    const bare = bareFacts(secured);
    const plan = planApply(secured, bare, { secrets: { rotate: false, digest: () => undefined } });
    const facts = Object.fromEntries(
      Object.entries(appliedFacts(secured, bare, plan)).map(([name, host]) => {
        const path = '/opt/consul/.secret/agent/secret.json';
        if (!host.reachable) return [name, host];
        const files = [...host.workdir.files, { path, mode: 0o444, sha256: 'f'.repeat(64) }];
        return [name, { ...host, workdir: { ...host.workdir, files } }];
      }),
    );
    const applied: unknown[] = [];
    const vault = newVault();
    const ran = await raftyard(
      ['apply', document, '--yes', '--vault', vault, '--vault-passphrase-file', passphraseFile],
      fakeIo(),
      fakeServices({
        createConnector: () => ({
          connect: () => Promise.reject(new Error('no host here')),
          close: async () => undefined,
        }),
        preflight: async () => facts,
        applyPlan: async (_topology, made, _context, options) => {
          applied.push(options?.secrets?.has(GOSSIP_KEY));
          const blocked = made.issues.filter(({ severity }) => severity === 'blocker');
          throw new RaftyardError('blocked', blocked[0]?.message ?? 'nothing');
        },
      }),
    );
    expect(ran.code).not.toBe(0);
    expect(ran.stderr + ran.stdout).toContain('has the cluster’s gossip key');
    expect(applied).toEqual([false]);
    expect(await (await Vault.open(vault, PASSPHRASE)).read('')).toEqual({});
  });
});

describe('certificates on the command line', () => {
  const withTls = { ...secured, secure: { ...NOT_SECURED, tls: true } };
  const tlsDocument = join(folder, 'tls.raftyard');
  writeFileSync(tlsDocument, serialiseTopology(withTls));
  const vault = () => ['--vault', newVault(), '--vault-passphrase-file', passphraseFile];
  const own = (): readonly string[] => {
    const at = temporaryFolder('raftyard-own-');
    const [cert, key] = [join(at, 'ca.pem'), join(at, 'ca-key.pem')];
    const args = ['req', '-x509', '-nodes', '-days', '400', '-newkey', 'ec', '-pkeyopt'];
    execFileSync(
      'openssl',
      [...args, 'ec_paramgen_curve:P-256', '-subj', '/CN=Ours', '-keyout', key, '-out', cert],
      {
        stdio: 'ignore',
      },
    );
    return ['--cert', cert, '--key', key];
  };

  it('come from the user’s own CA, and go into a folder for each host with modes that keep others out', async () => {
    const kept = vault();
    const ca = own();
    const imported = await raftyard(['secrets', 'ca', tlsDocument, ...ca, ...kept], fakeIo(), services());
    expect(imported.stderr).not.toContain('error');
    expect(imported.code).toBe(0);
    const out = join(folder, 'certificates');
    const argv = ['secrets', 'certificates', tlsDocument, '--out', out, ...kept];
    const written = await raftyard(argv, fakeIo(), services());
    expect(written.code).toBe(0);
    const read = (name: string): string => readFileSync(join(out, 'docker02', name), 'utf8');
    const authority = new X509Certificate(read('ca.pem'));
    expect(authority.subject).toBe('CN=Ours');
    const agent = new X509Certificate(read('agent.pem'));
    expect(agent.verify(authority.publicKey)).toBe(true);
    expect(agent.checkHost('server.dc1.consul')).toBe('server.dc1.consul');
    expect(agent.checkPrivateKey(createPrivateKey(read('agent-key.pem')))).toBe(true);
    for (const name of ['ca.pem', 'agent.pem', 'agent-key.pem'])
      expect(statSync(join(out, 'docker02', name)).mode & 0o777).toBe(0o600);
    // The same ones a second time: nothing is made anew behind the hosts' back.
    const first = read('agent.pem');
    expect((await raftyard(argv, fakeIo(), services())).stderr).toContain('there already');
    expect((await raftyard([...argv, '--force'], fakeIo(), services())).code).toBe(0);
    expect(read('agent.pem')).toBe(first);
    const key = read('agent-key.pem').split('\n')[1] ?? 'none';
    for (const ran of [imported, written]) expect(ran.stdout + ran.stderr).not.toContain(key);
  });

  it('refuse a second CA, a document without TLS, and what is no CA', async () => {
    const kept = vault();
    expect(
      (await raftyard(['secrets', 'ca', tlsDocument, ...own(), ...kept], fakeIo(), services())).code,
    ).toBe(0);
    const second = await raftyard(['secrets', 'ca', tlsDocument, ...own(), ...kept], fakeIo(), services());
    expect(second.stderr).toContain('has a CA already');
    const without = await raftyard(['secrets', 'ca', document, ...own(), ...kept], fakeIo(), services());
    expect(without.code).toBe(64);
    expect(without.stderr).toContain('secure.tls');
    const wrong = ['--cert', tlsDocument, '--key', tlsDocument];
    const noCa = await raftyard(['secrets', 'ca', tlsDocument, ...wrong, ...kept], fakeIo(), services());
    expect(noCa.code).toBe(64);
    expect(noCa.stderr).toContain('cannot be read');
  });
});
