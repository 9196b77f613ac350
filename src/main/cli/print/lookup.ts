/** What a look-up found, for people. */
import {
  type ExplainedInstance,
  type LookupResult,
  noteText,
  pathText,
  placeText,
  reasonsOf,
} from '../../../shared/live/index.js';
import { cleaned } from './clean.js';
import { type Style, table } from './style.js';

const LEFT_OUT = { both: 'left out', dns: 'left out of DNS', http: 'left out of HTTP' } as const;

function instanceLines(instance: ExplainedInstance, style: Style): string[] {
  const { id, inDns, inHttp } = instance;
  const why = reasonsOf(instance).map(({ text, of }) => `${LEFT_OUT[of]}: ${text}`);
  const mark =
    inDns && inHttp !== false
      ? style('green', '✓')
      : inDns || inHttp === true
        ? style('yellow', '~')
        : style('red', '✗');
  const [first = ''] = table([[instance.node, id, placeText(instance), instance.tags.join(', ')]]);
  return [`  ${mark} ${first}`, ...why.map((text) => `      ${text}`)];
}

export function lookupLines(raw: LookupResult, style: Style): string[] {
  const found = cleaned(raw);
  const { dns, http } = found;
  const records = dns.replies.flatMap(({ answers }) => answers);
  const statuses = [...new Set(dns.replies.map(({ status }) => status))].join(', ');
  const lines = [
    style('bold', found.name),
    '',
    `${style('cyan', 'DNS')}   ${pathText(dns.path)}`,
    ...(dns.problem === undefined ? [] : [`  ${style('red', dns.problem)}`]),
    ...(dns.problem === undefined && records.length === 0 ? [`  no record (${statuses})`] : []),
    ...table(records.map(({ type, data, ttl }) => [`  ${type}`, data, `TTL ${ttl}`])),
    '',
    `${style('cyan', 'HTTP')}  ${pathText(http.path)}`,
    ...(http.problem === undefined ? [] : [`  ${style('red', http.problem)}`]),
    ...(http.problem === undefined && http.answers.length === 0 ? ['  nobody'] : []),
    ...http.answers.map((answer) => `  ${answer}`),
  ];
  if (found.instances.length > 0)
    lines.push(
      '',
      style('cyan', 'Registered'),
      ...found.instances.flatMap((entry) => instanceLines(entry, style)),
    );
  if (found.notes.length > 0) lines.push('', ...found.notes.map((note) => `note: ${noteText(note)}`));
  lines.push(
    '',
    style('dim', `The same by hand, on ${found.asked.host}:`),
    ...found.commands.map((command) => `  ${command}`),
  );
  return lines;
}
