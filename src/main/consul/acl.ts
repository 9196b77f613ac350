/** ACLs over the HTTP API: https://developer.hashicorp.com/consul/api-docs/acl */
import type { z } from 'zod';
import type { AclPolicy } from '../../shared/desired/index.js';
import type { HttpRequest, HttpResponse } from '../host/types.js';
import { bootstrapAnswer, policiesAnswer, tokenAnswer, tokensAnswer } from './schemas.js';

export type AclBootstrapAnswer =
  | { readonly token: string }
  /** It was made before; a file with this number makes Consul allow it once more. */
  | { readonly resetIndex: number };

export interface AclTokenAnswer {
  readonly accessor: string;
  readonly secret: string;
  readonly description: string;
  readonly policies: readonly string[];
}

export interface AclTokenWish {
  /** UUID, the token's public name. */
  readonly accessor: string;
  /** UUID; absent to leave the one that there is. */
  readonly secret?: string;
  readonly description: string;
  readonly policies: readonly string[];
  /** May change these services, and nothing else (service identities, since 1.5). */
  readonly services?: readonly string[];
  /** Known in the datacenter of the agent that is asked, and in no other. */
  readonly local?: boolean;
}

/** A secret travels in a request's body, and never by an exec in the container. */
export interface AclApi {
  /**
   * Makes the first management token, once in a cluster's life; `conflict` afterwards. Consul 1.14 and later take the one
   * that is proposed. https://developer.hashicorp.com/consul/api-docs/acl#bootstrap-acls
   */
  aclBootstrap(proposed: string): Promise<AclBootstrapAnswer>;
  /** Ids of policies by name. */
  aclPolicies(): Promise<Readonly<Record<string, string>>>;
  aclPutPolicy(policy: AclPolicy, id: string | undefined): Promise<void>;
  /** A token by its accessor; null where there is none. */
  aclToken(accessor: string): Promise<AclTokenAnswer | null>;
  /** The token with which it is asked; null where Consul does not know it. */
  aclSelf(): Promise<AclTokenAnswer | null>;
  aclTokens(): Promise<readonly Pick<AclTokenAnswer, 'accessor' | 'description'>[]>;
  aclPutToken(token: AclTokenWish, exists: boolean): Promise<void>;
  aclDeleteToken(accessor: string): Promise<void>;
  /** Gives the agent a token, at once and for as long as it runs. */
  setAgentToken(kind: 'agent' | 'replication', token: string): Promise<void>;
}

/** How the client asks. */
export interface Asking {
  send(
    method: HttpRequest['method'],
    path: string,
    body?: string,
    options?: { readonly secret?: boolean },
  ): Promise<HttpResponse>;
  get<S extends z.ZodType>(schema: S, path: string): Promise<z.output<S>>;
  put(path: string, body?: string): Promise<HttpResponse>;
  read<S extends z.ZodType>(schema: S, path: string, response: HttpResponse): z.output<S>;
  refuse(path: string, response: HttpResponse): never;
}

export function aclMethods({ send, get, put, read, refuse }: Asking): AclApi {
  return {
    async aclBootstrap(proposed) {
      const path = '/v1/acl/bootstrap';
      const body = JSON.stringify({ BootstrapSecret: proposed });
      const response = await send('PUT', path, body, { secret: true });
      if (response.status === 200) return { token: read(bootstrapAnswer, path, response).SecretID };
      const done = /reset index: (\d+)/.exec(response.body);
      return done === null ? refuse(path, response) : { resetIndex: Number(done[1]) };
    },
    async aclPolicies() {
      const found = await get(policiesAnswer, '/v1/acl/policies');
      return Object.fromEntries(found.map(({ Name, ID }) => [Name, ID]));
    },
    async aclPutPolicy({ name, description, rules }, id) {
      const body = {
        ...(id === undefined ? {} : { ID: id }),
        Name: name,
        Description: description,
        Rules: rules,
      };
      await put(id === undefined ? '/v1/acl/policy' : `/v1/acl/policy/${id}`, JSON.stringify(body));
    },
    async aclToken(accessor) {
      const path = `/v1/acl/token/${accessor}`;
      const response = await send('GET', path);
      // Before 1.9 a token that is not there is an error like any other.
      if (response.status === 404 || /ACL not found/i.test(response.body)) return null;
      return response.status === 200 ? read(tokenAnswer, path, response) : refuse(path, response);
    },
    async aclSelf() {
      const path = '/v1/acl/token/self';
      const response = await send('GET', path);
      if (response.status === 403 || response.status === 404) return null;
      return response.status === 200 ? read(tokenAnswer, path, response) : refuse(path, response);
    },
    aclTokens: () => get(tokensAnswer, '/v1/acl/tokens'),
    async aclPutToken({ accessor, secret, description, policies, services, local = false }, exists) {
      const body = JSON.stringify({
        AccessorID: accessor,
        ...(secret === undefined ? {} : { SecretID: secret }),
        Description: description,
        Policies: policies.map((Name) => ({ Name })),
        ...(services === undefined
          ? {}
          : { ServiceIdentities: services.map((ServiceName) => ({ ServiceName })) }),
        Local: local,
      });
      const path = exists ? `/v1/acl/token/${accessor}` : '/v1/acl/token';
      const response = await send('PUT', path, body, { secret: true });
      if (response.status !== 200) refuse(path, response);
    },
    async aclDeleteToken(accessor) {
      const path = `/v1/acl/token/${accessor}`;
      const response = await send('DELETE', path);
      if (response.status !== 200) refuse(path, response);
    },
    async setAgentToken(kind, token) {
      const path = `/v1/agent/token/${kind}`;
      const response = await send('PUT', path, JSON.stringify({ Token: token }), { secret: true });
      if (response.status !== 200) refuse(path, response);
    },
  };
}
