/** Agents that answer as real ones of a version did: tests/fixtures/consul-answers. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { HostConnection, HttpRequest, HttpResponse } from '../../../src/main/host/types.js';

const FOLDER = join(import.meta.dirname, '../../fixtures/consul-answers');

export interface Recorded {
  /** What it is an answer to, in a word. */
  readonly name: string;
  readonly agent: string;
  readonly request: string;
  readonly token: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly text?: string;
}

export type Form = 'plain' | 'secured';
export const FORMS: readonly Form[] = ['plain', 'secured'];

/** Oldest first. */
export const VERSIONS: readonly string[] = readdirSync(FOLDER)
  .filter((name) => /^\d/.test(name))
  .sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));

const read = new Map<string, readonly Recorded[]>();
export function answersOf(version: string, form: Form): readonly Recorded[] {
  const file = join(FOLDER, version, `${form}.json`);
  const found = read.get(file) ?? (JSON.parse(readFileSync(file, 'utf8')) as readonly Recorded[]);
  read.set(file, found);
  return found;
}

/** The JSON of one answer. @throws Error where it was none */
export function jsonOf(version: string, form: Form, name: string): unknown {
  const found = answersOf(version, form).find((entry) => entry.name === name);
  if (found?.json === undefined) throw new Error(`${version} ${form} has no JSON of ${name}`);
  return found.json;
}

export const bodyOf = ({ json, text }: Recorded): string => text ?? JSON.stringify(json);

const NOWHERE = 'Invalid URL path: not a recognized HTTP API endpoint';

export interface Circumstances {
  /** The one that is asked. */
  readonly agent?: 'server' | 'client';
  /** Two of the three servers are gone. */
  readonly lost?: boolean;
  readonly token?: 'none' | 'management';
  /** Answers in place of the recorded ones, by `GET /v1/…` without a query. */
  readonly instead?: Readonly<Record<string, { readonly status?: number; readonly body: string }>>;
}

/** What of the query decides the answer. */
const bare = (path: string): string => path.replace(/\?.*$/, '') + (/[?&]wan=1/.test(path) ? '?wan=1' : '');

/** The recorded answer to a request; 404 where the version has no such endpoint. */
export function answer(
  version: string,
  form: Form,
  { method, path }: Pick<HttpRequest, 'method' | 'path'>,
  {
    agent = 'server',
    lost = false,
    token = form === 'secured' ? 'management' : 'none',
    instead = {},
  }: Circumstances = {},
): HttpResponse {
  const asked = `${method} ${bare(path)}`;
  const given = instead[asked];
  if (given !== undefined) return { status: given.status ?? 200, headers: {}, body: given.body };
  const stale = /[?&]stale/.test(path);
  const all = answersOf(version, form).filter(
    (entry) => entry.request.replace(/\?(stale|keys)$/, '') === asked && entry.token === token,
  );
  const own = (name: string): boolean => !/^self-(server|client)$/.test(name) || name === `self-${agent}`;
  const healthy = all.find(({ name }) => own(name) && !/^lost-quorum|-wrong-|-from-client/.test(name));
  const leaderless =
    all.find(({ name }) => /^lost-quorum/.test(name) && /-stale$/.test(name) === stale) ??
    all.find(({ name }) => /^lost-quorum/.test(name));
  const found = (lost ? leaderless : undefined) ?? healthy;
  if (found === undefined) return { status: 404, headers: {}, body: NOWHERE };
  return { status: found.status, headers: found.headers, body: bodyOf(found) };
}

/** A connection to a host on which such an agent answers. */
export function connectionTo(version: string, form: Form, circumstances: Circumstances = {}): HostConnection {
  return {
    host: { name: 'docker01' },
    http: (request: HttpRequest) => Promise.resolve(answer(version, form, request, circumstances)),
  } as unknown as HostConnection;
}
