/**
 * The tags of a repository, as a registry lists them, whoever it is: nothing that it says is believed beyond its list.
 *
 * - Redirects are not followed, and pages are taken from the registry alone: its login and its tokens go nowhere else.
 * - A login goes where Docker sends it: to the registry itself, or to the server that its challenge names, which may be another
 *   one (auth.docker.io is Docker Hub's). That server is asked over TLS only, where the registry is.
 * - It is asked for `pull` of this very repository, whatever scope the challenge names: no registry gets a token for another's.
 * - Without a login first: nobody's password goes where none is wanted.
 *
 * Sources: https://distribution.github.io/distribution/spec/api/ (listing tags, pagination),
 * https://distribution.github.io/distribution/spec/auth/token/ (the token).
 */
import { fullVersions, type Repository } from '../../../shared/consul/index.js';
import { RaftyardError } from '../../../shared/errors.js';
import { type Ask, isLoopback, noAnswer, type RegistryAnswer, refusedBy } from './answer.js';
import { type Challenge, challengeOf } from './challenge.js';

export interface TagLogin {
  readonly username: string;
  readonly password: string;
}

/** As many as there are at a registry that lists a hundred at once, for a repository with 5,000 tags. */
const MOST_PAGES = 50;
const MOST_TAGS = 20_000;
const WHAT_TOKENS_ARE = /^[\w.~+/=-]{1,16384}$/;
/** Some say of what they do not show that it is not there. */
const CLOSED = new Set([401, 403, 404]);

/** Docker Hub's API has a name of its own. */
const addressOf = (registry: string): string =>
  registry === 'docker.io' ? 'registry-1.docker.io' : registry;

function firstPage({ registry, repository }: Repository): URL {
  const url = new URL(`https://${addressOf(registry)}/v2/${repository}/tags/list`);
  if (isLoopback(url.hostname)) return new URL(url.href.replace(/^https:/, 'http:'));
  return url;
}

const basic = ({ username, password }: TagLogin): string =>
  `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;

function json(url: URL, { body }: RegistryAnswer): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // As below.
  }
  throw noAnswer(url, 'what answers there is no registry');
}

function good(url: URL, answer: RegistryAnswer): RegistryAnswer {
  const { status } = answer;
  if (status === 200) return answer;
  if (status === 404) throw refusedBy(url, 'it has no such repository');
  if (status === 429) throw noAnswer(url, 'it was asked too often; try again later');
  if (status >= 300 && status < 400)
    throw noAnswer(url, 'it sends on to another address, which is not followed');
  throw noAnswer(url, `it answers with HTTP ${status}`);
}

/** A token for pulling; undefined where it is refused. */
async function token(
  first: URL,
  repository: string,
  { realm, service }: Extract<Challenge, { scheme: 'bearer' }>,
  ask: Ask,
  login?: TagLogin,
): Promise<string | undefined> {
  const url = URL.canParse(realm) ? new URL(realm) : undefined;
  const plain = url?.protocol === 'http:' && first.protocol === 'http:' && isLoopback(url.hostname);
  if (
    url === undefined ||
    !(url.protocol === 'https:' || plain) ||
    url.username !== '' ||
    url.password !== ''
  )
    throw refusedBy(first, 'it names no server over TLS for its tokens');
  if (service !== undefined) url.searchParams.set('service', service);
  url.searchParams.set('scope', `repository:${repository}:pull`);
  if (login !== undefined) url.searchParams.set('account', login.username);
  const answer = await ask(url, login === undefined ? {} : { authorization: basic(login) });
  if (answer.status === 400 || CLOSED.has(answer.status)) return undefined;
  const { token: named, access_token: other } = json(url, good(url, answer));
  const found = named ?? other;
  if (typeof found !== 'string' || !WHAT_TOKENS_ARE.test(found))
    throw noAnswer(url, 'what answers there gives no token');
  return `Bearer ${found}`;
}

/** The first answer that shows something, with what it was shown for. */
async function enter(
  first: URL,
  repository: string,
  ask: Ask,
  login: () => Promise<TagLogin | undefined>,
): Promise<{ readonly answer: RegistryAnswer; readonly authorization?: string | undefined }> {
  const answer = await ask(first, {});
  if (answer.status !== 401) return { answer };
  const challenge = challengeOf(answer.header('www-authenticate'));
  if (challenge === undefined) throw refusedBy(first, 'it wants a login of a kind that is not known');
  const enterWith = async (authorization: string | undefined) =>
    authorization === undefined ? undefined : { answer: await ask(first, { authorization }), authorization };
  const anonymous =
    challenge.scheme === 'basic'
      ? undefined
      : await enterWith(await token(first, repository, challenge, ask));
  if (anonymous !== undefined && !CLOSED.has(anonymous.answer.status)) return anonymous;
  const who = await login();
  if (who === undefined) {
    if (anonymous?.answer.status === 404) return anonymous;
    throw new RaftyardError('auth-failed', `${first.host} shows its list to nobody without a login`, {
      hint: 'Name a registry user, and where its password is found.',
    });
  }
  const known = await enterWith(
    challenge.scheme === 'basic' ? basic(who) : await token(first, repository, challenge, ask, who),
  );
  if (known !== undefined && known.answer.status !== 401 && known.answer.status !== 403) return known;
  throw new RaftyardError(
    'auth-failed',
    `${first.host} does not let ${who.username} see its list: unauthorized`,
  );
}

/** RFC 8288: `</v2/…?last=…>; rel="next"`. */
function nextPage(from: URL, { header }: RegistryAnswer): URL | undefined {
  const target = /<([^<>]*)>\s*;[^,<]*\brel="?next\b/i.exec(header('link') ?? '')?.[1];
  if (target === undefined) return undefined;
  const next = URL.canParse(target, from.href) ? new URL(target, from) : undefined;
  if (next?.origin !== from.origin || next.username !== '' || next.password !== '')
    throw refusedBy(from, 'it sends on to another address, which is not followed');
  return next;
}

/**
 * The tags that are full versions, newest first.
 * @param login asked for where the registry shows nothing without
 * @throws RaftyardError image-unavailable, retryable where another way may show more; auth-failed; what `ask` and `login` throw
 */
export async function listVersions(
  place: Repository,
  ask: Ask,
  login: () => Promise<TagLogin | undefined>,
): Promise<string[]> {
  const first = firstPage(place);
  const { answer, authorization } = await enter(first, place.repository, ask, login);
  const found: string[] = [];
  let count = 0;
  let at = first;
  let page = answer;
  for (let pages = 1; ; pages += 1) {
    const { tags } = json(at, good(at, page));
    // Some have null there when there are none.
    if (tags !== null && !Array.isArray(tags)) throw noAnswer(at, 'what answers there is no registry');
    count += tags?.length ?? 0;
    if (count > MOST_TAGS || pages > MOST_PAGES) throw refusedBy(first, 'its list does not end');
    found.push(...fullVersions(tags ?? []));
    const next = nextPage(at, page);
    if (next === undefined) return fullVersions(found);
    at = next;
    page = await ask(at, authorization === undefined ? {} : { authorization });
  }
}
