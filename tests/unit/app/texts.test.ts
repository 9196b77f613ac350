import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseArguments } from '../../../src/main/app/arguments.js';
import { fileOf, policy, servePage } from '../../../src/main/app/page.js';
import { Redactor } from '../../../src/main/app/redact.js';

describe('what must not be in a log', () => {
  it('is hidden: keys, passwords and tokens, known or by their looks', () => {
    const redactor = new Redactor();
    redactor.learn('correct horse');
    redactor.learn('abc');
    const text = redactor.redact(
      [
        'tried correct horse twice; abc stays, it is too short to be told from words',
        'password=hunter2 and "passphrase": "two words", token: t0p',
        'X-Consul-Token: 1111-2222',
        '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----',
        '-----BEGIN RSA PRIVATE KEY-----\ncut off',
      ].join('\n'),
    );
    for (const secret of ['correct horse', 'hunter2', 'two words', 't0p', '1111-2222', 'AAAA', 'cut off'])
      expect(text).not.toContain(secret);
    expect(text).toContain('abc stays');
    expect(text).toContain('password=[hidden]');
  });

  it('is hidden wherever it stands', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 4 }), fc.string(), fc.string(), (secret, before, after) => {
        const redactor = new Redactor();
        redactor.learn(secret);
        const clean = redactor.redact(`${before}${secret}${after}`).replaceAll('[hidden]', '');
        // What is left and what comes behind may meet to the same letters: not the secret itself.
        fc.pre(!`${before}${after}`.includes(secret) && !'[hidden]'.includes(secret));
        expect(clean.length).toBeLessThanOrEqual(before.length + after.length);
      }),
    );
  });
});

describe('what the app was started with', () => {
  it('is a document, relative to where it was typed, and options', () => {
    expect(parseArguments(['/usr/bin/raftyard', 'a.raftyard'], true, '/home/me')).toEqual({
      file: join('/home/me', 'a.raftyard'),
      apply: false,
    });
    expect(parseArguments(['electron', '--no-sandbox', '.', '/x.yaml', '--apply'], false, '/')).toEqual({
      file: '/x.yaml',
      apply: true,
    });
    const address = pathToFileURL('/a b/中文.raftyard').href;
    expect(parseArguments(['raftyard', address], true, '/').file).toBe('/a b/中文.raftyard');
    expect(parseArguments(['raftyard'], true, '/')).toEqual({ file: null, apply: false });
  });
});

describe('the page', () => {
  const root = '/app/renderer';

  it('is served from its own folder only, however an address is written', () => {
    expect(fileOf('raftyard-app://app/', root)).toBe(`${root}/index.html`);
    expect(fileOf('raftyard-app://app/assets/a.js?x=1#y', root)).toBe(`${root}/assets/a.js`);
    for (const address of [
      'raftyard-app://other/index.html',
      'raftyard-app://app/..%2f..%2fetc/passwd',
      'raftyard-app://app/%2e%2e%2fsecret',
      'raftyard-app://app/a%00b',
      'raftyard-app://app/a%5c..%5cb',
      'raftyard-app://app/%E0%A4%A',
    ])
      expect(fileOf(address, root), address).toBeNull();
  });

  it('never leaves its folder', () => {
    const piece = fc.constantFrom('..', '.', '%2e%2e', '%2f', '%5c', '\\', 'a', '//', '%00', '%252e', '~');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const file = fileOf(`raftyard-app://app/${pieces.join('/')}`, root);
        if (file !== null) expect(file.startsWith(`${root}/`) && !file.split('/').includes('..')).toBe(true);
      }),
    );
  });

  it('answers nothing but GET, and never without a policy', async () => {
    expect((await servePage({ url: 'raftyard-app://app/', method: 'POST' })).status).toBe(404);
    expect(policy('abc')).toMatch(/^default-src 'none'; script-src 'self';/);
    expect(policy('abc')).not.toMatch(/unsafe|\*/);
  });
});
