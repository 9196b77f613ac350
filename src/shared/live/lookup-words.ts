/** What a look-up says, in English sentences; the window says them in the person's language. Pure. */
import type { ExplainedInstance, LookupNote, Reason } from './lookup.js';
import type { NameProblem } from './lookup-name.js';

const MOST = 240;

/** `: connection refused`; the first line is what tells. */
function because(output: string): string {
  const line = output.trim().split('\n')[0]?.trim() ?? '';
  return line === '' ? '' : `: ${line.length > MOST ? `${line.slice(0, MOST)}…` : line}`;
}

export function reasonText(reason: Reason): string {
  switch (reason.code) {
    case 'other-tag':
      return reason.has === ''
        ? `it has no tag, and ${reason.tag} is asked for`
        : `it has other tags than ${reason.tag}: ${reason.has}`;
    case 'node-failing':
      return `its node is not alive in the gossip pool (serfHealth is critical)${because(reason.output)}`;
    case 'node-maintenance':
      return `its node is in maintenance${because(reason.reason)}`;
    case 'service-maintenance':
      return `it is in maintenance${because(reason.reason)}`;
    case 'node-check-critical':
      return `the check ${reason.check} of its node is critical${because(reason.output)}`;
    case 'check-critical':
      return `its check ${reason.check} is critical${because(reason.output)}`;
    case 'check-warning':
      return `its check ${reason.check} warns, which ${reason.by} leaves out${because(reason.output)}`;
    case 'cut':
      return `the answer is cut to ${reason.limit} records (a_record_limit), another time it is another one that is left out`;
    case 'dns-denied':
      return 'DNS asks with the token that its agent has for it (acl.tokens.dns from Consul 1.17 on, else the default one, else the anonymous one), and that may not read it';
    case 'not-asked':
      return 'DNS could not be asked';
    case 'changed':
      return 'by its checks it should be there: it changed at this moment, or the server that answered has not heard of it yet';
  }
}

/** Why an instance is left out, each reason once, and out of which of the answers. */
export function reasonsOf({
  inHttp,
  whyNotDns,
  whyNotHttp,
}: Pick<ExplainedInstance, 'inHttp' | 'whyNotDns' | 'whyNotHttp'>): readonly {
  readonly text: string;
  readonly of: 'both' | 'dns' | 'http';
}[] {
  const dns = whyNotDns.map(reasonText);
  const http = whyNotHttp.map(reasonText);
  return [...new Set([...dns, ...http])].map((text) => {
    if (!dns.includes(text)) return { text, of: 'http' };
    return { text, of: http.includes(text) || inHttp === null ? 'both' : 'dns' };
  });
}

export function noteText(note: LookupNote): string {
  switch (note.code) {
    case 'none-registered':
      return `no instance of ${note.service} is registered in ${note.datacenter}`;
    case 'no-such-node':
      return `no node ${note.node} is registered in ${note.datacenter}`;
    case 'node-any-health':
      return `a node’s own name is answered whatever its health: ${note.node} need not be alive`;
    case 'query-own-rules':
      return 'a prepared query chooses by its own rules, and may go on to other datacenters';
    case 'udp-limit':
      return `who asks by UDP without EDNS gets at most ${note.limit} of these ${note.records} records (udp_answer_limit), chosen anew each time`;
    case 'record-limit':
      return `DNS names at most ${note.limit} addresses in an answer (a_record_limit)`;
  }
}

export const NAME_PROBLEMS: Readonly<Record<NameProblem, string>> = {
  empty: 'there is no name to look up',
  'too-long': 'a name has at most 253 characters',
  'bad-form': 'this is no name that DNS could be asked for',
  'no-kind': 'this name says neither service nor node nor query',
  'other-kind': 'only services, nodes and prepared queries can be looked up',
};
