/** Autopilot's configuration over the HTTP API: https://developer.hashicorp.com/consul/api-docs/operator/autopilot */
import { z } from 'zod';
import type { Asking } from './acl.js';
import { integers, parseJson } from './integers.js';
import { Unreadable } from './refusals.js';

const PATH = '/v1/operator/autopilot/configuration';

export interface AutopilotConfiguration {
  /** Below this number of servers no dead one is taken out; 0: there is no such number. */
  readonly minQuorum: number;
  /** In decimal digits. */
  readonly modifyIndex: string;
  /** The answer as it came: what is not to be changed is sent back as it is, whatever it is. */
  readonly body: string;
}

export interface AutopilotApi {
  /**
   * The leader's answer; null where this Consul has no such configuration (before 0.8), or none of the smallest number of
   * servers (before 1.6.2).
   */
  autopilotConfiguration(): Promise<AutopilotConfiguration | null>;
  /**
   * Sets MinQuorum, and leaves the rest as it was read: a field that is left out would become its default. Needs operator:write.
   * @returns false where the configuration was changed since it was read
   */
  setMinQuorum(read: AutopilotConfiguration, minQuorum: number): Promise<boolean>;
}

const answer = z.object({ MinQuorum: z.number().int().nonnegative().optional(), ModifyIndex: integers });

/** The key with its value; within a text its quotes would be escaped. */
const MIN_QUORUM = /("MinQuorum"\s*:\s*)\d+/;

/** The same configuration with another MinQuorum: every other byte stays. */
export const withMinQuorum = (body: string, minQuorum: number): string =>
  body.replace(MIN_QUORUM, (_, key: string) => `${key}${minQuorum}`);

/** Autopilot as it was before 0.8, or an agent that is no Consul. */
const NOWHERE: ReadonlySet<number> = new Set([404, 405]);

export function autopilotMethods({ send, put, read, refuse }: Asking, host: string): AutopilotApi {
  return {
    async autopilotConfiguration() {
      const response = await send('GET', PATH);
      if (NOWHERE.has(response.status)) return null;
      if (response.status !== 200) return refuse(PATH, response);
      const { MinQuorum, ModifyIndex } = read(answer, PATH, response);
      return MinQuorum === undefined
        ? null
        : { minQuorum: MinQuorum, modifyIndex: ModifyIndex, body: response.body };
    },
    async setMinQuorum({ body, modifyIndex }, minQuorum) {
      const wanted = withMinQuorum(body, minQuorum);
      // What is sent is Consul's own words but for one number, or nothing is sent.
      if (answer.parse(parseJson(wanted)).MinQuorum !== minQuorum)
        throw new Unreadable(`Consul's answer to ${PATH} has an unexpected form`, host);
      return (await put(`${PATH}?cas=${modifyIndex}`, wanted)).body.trim() === 'true';
    },
  };
}
