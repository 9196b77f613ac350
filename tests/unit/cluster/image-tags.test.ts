/** Which versions a registry has: asked of real HTTP servers, good ones and hostile ones. */
import { afterEach, describe, expect, it } from 'vitest';
import { imageVersions } from '../../../src/main/cluster/image-tags/index.js';
import { listVersions } from '../../../src/main/cluster/image-tags/list.js';
import { fromHere } from '../../../src/main/cluster/image-tags/ways.js';
import type { ExecOptions, HostConnection, HostConnector } from '../../../src/main/host/types.js';
import { fullVersions, pullReference, repositoryOf } from '../../../src/shared/consul/index.js';
import { threeServers } from '../plan/fixture.js';
import { type Answer, basic, guarded, type StandIn, sends, standIn } from './stand-in-registry.js';

const open: StandIn[] = [];
const registry = async (answer: Answer): Promise<StandIn> => {
  const made = await standIn(answer);
  open.push(made);
  return made;
};
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});

const LIST = '/v2/hashicorp/consul/tags/list';
const none = async () => undefined;
const asks = (at: string, login: Parameters<typeof listVersions>[2] = none, withinMs?: number) =>
  listVersions({ registry: at, repository: 'hashicorp/consul' }, fromHere(undefined, withinMs), login);
const me = { username: 'puller', password: 'pässword' };

describe('tags', () => {
  it('are kept where they are full versions, the newest first, each once', () => {
    const odd = ['latest', '1.22', '2.0.3-ubi', '../../x', '1.2.3\u202e', '9999.1.1', 7, null, '<b>', ''];
    expect(fullVersions(['1.9.17', '1.22.7', '2.0.3', '1.22.7-ent', '1.22.7', ...odd])).toEqual([
      '2.0.3',
      '1.22.7',
      '1.22.7-ent',
      '1.9.17',
    ]);
  });

  it.each([
    ['hashicorp/consul:1.22', undefined, 'docker.io', 'hashicorp/consul'],
    ['docker.io/hashicorp/consul', undefined, 'docker.io', 'hashicorp/consul'],
    ['consul:1.15.4', undefined, 'docker.io', 'library/consul'],
    ['consul:1.15.4', 'registry.example:5000', 'registry.example:5000', 'library/consul'],
    ['hashicorp/consul:2.0.3', 'registry.example/hub', 'registry.example', 'hub/hashicorp/consul'],
    [
      `registry.example/library/consul@sha256:${'a'.repeat(64)}`,
      undefined,
      'registry.example',
      'library/consul',
    ],
  ])('of %s (mirror %s) are at %s under %s', (image, mirror, at, repository) => {
    expect(repositoryOf(pullReference(image, mirror))).toEqual({ registry: at, repository });
  });
});

describe('a registry', () => {
  it('that is open is read page by page', async () => {
    const { at, asked } = await registry(({ url }, response) =>
      url === LIST
        ? sends(response, { tags: ['1.21.4', 'latest'] }, { link: `<${LIST}?last=latest>; rel="next"` })
        : sends(response, { tags: ['2.0.3'] }),
    );
    expect(await asks(at)).toEqual(['2.0.3', '1.21.4']);
    expect(asked).toEqual([`${LIST} -`, `${LIST}?last=latest -`]);
  });

  it('that wants a token gets one for pulling this repository, whatever it names, and on every page', async () => {
    const { at, asked } = await registry((request, response, own) => {
      if (request.url?.startsWith('/token') === true) return sends(response, { access_token: 'abc.def' });
      const challenge = `Bearer realm="http://${own}/token",service="a b",scope="repository:other/one:push"`;
      const more = request.url === LIST ? { link: `<${LIST}?n=2>; rel=next` } : {};
      if (request.headers.authorization === 'Bearer abc.def') sends(response, { tags: ['2.0.3'] }, more);
      else response.writeHead(401, { 'www-authenticate': challenge }).end();
    });
    expect(await asks(at, () => Promise.reject(new Error('nobody is asked for a password')))).toEqual([
      '2.0.3',
    ]);
    expect(asked).toEqual([
      `${LIST} -`,
      '/token?service=a+b&scope=repository%3Ahashicorp%2Fconsul%3Apull -',
      `${LIST} Bearer abc.def`,
      `${LIST}?n=2 Bearer abc.def`,
    ]);
  });

  it('whose token shows nothing without a login is asked for one with it', async () => {
    const { at, asked } = await registry((request, response, own) => {
      const { authorization } = request.headers;
      if (request.url?.startsWith('/token') === true)
        sends(response, { token: authorization === basic('puller', 'pässword') ? 'mine' : 'anybody' });
      else
        guarded('Bearer mine', () => `Bearer realm="http://${own}/token"`, ['2.0.3'])(request, response, own);
    });
    expect(await asks(at, async () => me)).toEqual(['2.0.3']);
    expect(asked.filter((line) => line.includes('Basic'))).toEqual([
      expect.stringMatching(/^\/token\?.*account=puller/),
    ]);
  });

  it('that wants a user and a password gets them when it has said so; wrong ones are told', async () => {
    const answer = guarded(basic('puller', 'pässword'), () => 'Basic realm="practice"', ['1.21.4']);
    const { at, asked } = await registry(answer);
    expect(await asks(at, async () => me)).toEqual(['1.21.4']);
    expect(asked[0]).toBe(`${LIST} -`);
    await expect(asks(at, async () => ({ ...me, password: 'wrong' }))).rejects.toMatchObject({
      code: 'auth-failed',
      message: expect.stringContaining('puller'),
    });
    await expect(asks(at)).rejects.toMatchObject({
      code: 'auth-failed',
      hint: expect.stringContaining('user'),
    });
  });

  it('without tags has none', async () => {
    const { at } = await registry((_, response) => sends(response, { name: 'x', tags: null }));
    expect(await asks(at)).toEqual([]);
  });
});

describe('what is no list', () => {
  const status =
    (code: number, headers: Record<string, string> = {}): Answer =>
    (_, response) => {
      response.writeHead(code, headers).end();
    };
  const html: Answer = (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<html>Log in to the guest network</html>');
  };

  it.each<[string, Answer, RegExp, boolean]>([
    ['an answer of 429', status(429), /asked too often/, true],
    ['an answer of 404', status(404), /no such repository/, false],
    ['an answer of 500', status(500), /HTTP 500/, true],
    ['a page for people', html, /no registry/, true],
    ['JSON of another form', (_, response) => sends(response, { tags: 'all' }), /no registry/, true],
    ['a challenge of another kind', status(401, { 'www-authenticate': 'Negotiate' }), /not known/, false],
    ['no challenge', status(401), /not known/, false],
    ['a redirect', status(302, { location: 'http://127.0.0.1:1/' }), /sends on to another address/, true],
  ])('%s is an error that says so', async (_, answer, message, retryable) => {
    const { at, asked } = await registry(answer);
    await expect(asks(at, async () => me)).rejects.toMatchObject({
      code: 'image-unavailable',
      message: expect.stringMatching(message),
      retryable,
    });
    expect(asked).toHaveLength(1);
  });

  it('nobody there is an error', async () => {
    const { at, close } = await standIn(() => undefined);
    await close();
    await expect(asks(at)).rejects.toMatchObject({ message: `${at} gives no list: nothing listens there` });
  });

  it('silence ends', async () => {
    const { at } = await registry(() => undefined);
    await expect(asks(at, none, 50)).rejects.toMatchObject({
      message: expect.stringContaining('no answer in time'),
    });
  });

  it('an answer without an end is read to its limit', async () => {
    let sent = 0;
    const { at } = await registry((_, response) => {
      const more = (): void => {
        while (!response.destroyed && sent < 64 * 1024 * 1024) {
          sent += 65_536;
          if (!response.write('"1.22.7",'.repeat(7282))) {
            response.once('drain', more);
            return;
          }
        }
      };
      response.writeHead(200, { 'content-type': 'application/json' }).write('{"tags":[');
      more();
    });
    await expect(asks(at)).rejects.toMatchObject({ message: expect.stringContaining('longer than 2 MB') });
    expect(sent).toBeLessThan(64 * 1024 * 1024);
  });

  it('pages without an end are read to their limit', async () => {
    let page = 0;
    const { at, asked } = await registry((_, response) => {
      page += 1;
      sends(response, { tags: ['2.0.3'] }, { link: `<${LIST}?page=${page}>; rel="next"` });
    });
    await expect(asks(at)).rejects.toMatchObject({ message: expect.stringContaining('does not end') });
    expect(asked.length).toBeLessThanOrEqual(51);
  });

  it('a next page elsewhere is not fetched, least of all with a login', async () => {
    const thief = await registry((_, response) => sends(response, { tags: ['6.6.6'] }));
    const wanted = basic('puller', 'pässword');
    const { at } = await registry(({ headers }, response) =>
      headers.authorization === wanted
        ? sends(response, { tags: ['2.0.3'] }, { link: `<http://${thief.at}/x>; rel="next"` })
        : void response.writeHead(401, { 'www-authenticate': 'Basic realm="x"' }).end(),
    );
    await expect(asks(at, async () => me)).rejects.toMatchObject({
      message: expect.stringContaining('not followed'),
    });
    expect(thief.asked).toEqual([]);
  });

  it.each(['http://tokens.example/token', 'ftp://x/', 'nonsense', '', 'https://u:p@tokens.example/'])(
    'a token server at %j is not asked',
    async (realm) => {
      const { at, asked } = await registry((_, response) => {
        response.writeHead(401, { 'www-authenticate': `Bearer realm="${realm}",service="x"` }).end();
      });
      await expect(asks(at, async () => me)).rejects.toMatchObject({
        message: expect.stringContaining('over TLS'),
      });
      expect(asked).toHaveLength(1);
    },
  );

  it('a token that would be more than a token is not passed on', async () => {
    const { at, asked } = await registry((request, response, own) =>
      request.url?.startsWith('/token') === true
        ? sends(response, { token: 'a\r\nx-admin: 1' })
        : void response.writeHead(401, { 'www-authenticate': `Bearer realm="http://${own}/token"` }).end(),
    );
    await expect(asks(at)).rejects.toMatchObject({ message: expect.stringContaining('no token') });
    expect(asked).toHaveLength(2);
  });
});

/** A host whose curl is this computer's fetch: what it is given stays to be looked at. */
function hostWithCurl(ran: { argv: readonly string[]; stdin: string }[], code = 0): HostConnector {
  const exec = async (argv: readonly string[], { stdin, onOutput }: ExecOptions) => {
    const text = String(stdin);
    ran.push({ argv, stdin: text });
    const url = /^url = "(.*)"$/m.exec(text)?.[1] ?? '';
    const headers = [...text.matchAll(/^header = "(.*?): (.*)"$/gm)].map(([, a = '', b = '']) => [a, b]);
    const done = { stderr: '', truncated: false, as: 'none' };
    if (code !== 0) return { ...done, code, stdout: '' };
    const answer = await fetch(url, { headers: headers as [string, string][], redirect: 'manual' });
    const head = [...answer.headers].map(([a, b]) => `${a}: ${b}\r\n`).join('');
    const proxy = 'HTTP/1.1 200 Connection established\r\n\r\n';
    const stdout = `${proxy}HTTP/2 ${answer.status}\r\n${head}\r\n${await answer.text()}`;
    onOutput?.(stdout, 'stdout');
    return { ...done, code, stdout };
  };
  return {
    connect: async (host) => ({
      connection: { host, exec } as unknown as HostConnection,
      release: () => undefined,
    }),
    registries: {
      get: async (_, ask = true) => (ask ? 'pässword' : null),
      forget: () => undefined,
    },
    close: async () => undefined,
  };
}

describe('the document’s versions', () => {
  const context = (connector: HostConnector) => ({ connector, journalDir: '', holder: '' });
  const from = (mirror: string, user?: string) =>
    threeServers({
      image: 'hashicorp/consul:1.21.4',
      pull: { mirror, ...(user === undefined ? {} : { user }) },
    });
  const locked = guarded(basic('puller', 'pässword'), () => 'Basic realm="practice"', ['1.21.4', '2.0.3']);

  it('are asked of its mirror, from this computer', async () => {
    const { at } = await registry((_, response) => sends(response, { tags: ['1.21.4', '2.0.3'] }));
    expect(await imageVersions(from(at), {}, context(hostWithCurl([])))).toEqual({
      registry: at,
      versions: ['2.0.3', '1.21.4'],
      host: null,
    });
  });

  it('are few enough to choose from; a registry without one says so', async () => {
    const many = Array.from({ length: 900 }, (_, i) => `1.${i % 30}.${i}`);
    const { at } = await registry((_, response) => sends(response, { tags: many }));
    expect((await imageVersions(from(at), {}, context(hostWithCurl([])))).versions).toHaveLength(100);
    const { at: bare } = await registry((_, response) => sends(response, { tags: ['latest'] }));
    await expect(imageVersions(from(bare), {}, context(hostWithCurl([])))).rejects.toThrow(
      /is a full version/,
    );
  });

  it('wait with the question for a password until the person wants it', async () => {
    const { at } = await registry(locked);
    const topology = from(at, 'puller');
    await expect(imageVersions(topology, {}, context(hostWithCurl([])))).rejects.toMatchObject({
      code: 'secrets-needed',
    });
    const told = await imageVersions(topology, { thorough: true }, context(hostWithCurl([])));
    expect(told.versions).toEqual(['2.0.3', '1.21.4']);
  });

  it('are asked through a host where this computer gets no list, with no secret among the arguments', async () => {
    let first = true;
    const { at } = await registry((request, response, own) => {
      // This computer stands behind a portal.
      if (first) response.writeHead(302, { location: '/portal' }).end();
      else locked(request, response, own);
      first = false;
    });
    const ran: { argv: readonly string[]; stdin: string }[] = [];
    const told = await imageVersions(from(at, 'puller'), { thorough: true }, context(hostWithCurl(ran)));
    expect(told).toMatchObject({ host: 'docker01', versions: ['2.0.3', '1.21.4'] });
    expect(ran).toHaveLength(2);
    expect(ran[1]?.stdin).toContain(basic('puller', 'pässword'));
    for (const { argv } of ran) expect(argv.join(' ')).not.toMatch(/Basic|cHVsbGVy|authorization|http:\/\//);
  });

  it('go through no host unasked', async () => {
    const { at, close } = await standIn(() => undefined);
    await close();
    const ran: { argv: readonly string[]; stdin: string }[] = [];
    await expect(imageVersions(from(at), {}, context(hostWithCurl(ran)))).rejects.toMatchObject({
      retryable: true,
    });
    expect(ran).toEqual([]);
    await expect(
      imageVersions(from(at), { thorough: true }, context(hostWithCurl(ran, 127))),
    ).rejects.toMatchObject({ message: expect.stringMatching(/nothing listens there.*docker03: .*no curl/) });
  });
});
