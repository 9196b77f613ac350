/** docs/consul-versions.md, made from the tables of capabilities and releases. */
import { CAPABILITIES, type Capability, type CapabilityKind } from './capability-rows.js';
import { FAULTS, RECOMMENDED, RELEASES, RELEASES_AS_OF, UNTRIED_SINCE } from './releases.js';

const TITLES: Readonly<Record<CapabilityKind, string>> = {
  flag: 'Options of the agent',
  key: 'Keys of configuration files',
  port: 'Ports',
  endpoint: 'Endpoints',
  command: 'Commands',
  right: 'Rights',
};

const cell = (text: string): string => text.replaceAll('|', '\\|');
const row = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;

function remarks({ deprecated, only, unknown, note }: Capability): string {
  return [
    deprecated === undefined ? '' : `from ${deprecated.since} on \`${deprecated.instead}\` instead`,
    only === undefined ? '' : `from ${only.since} on only ${only.values.join(', ')}`,
    note ?? '',
    unknown === undefined ? '' : `taken to be ${unknown ? 'there' : 'absent'} where the version is not known`,
  ]
    .filter((text) => text !== '')
    .join('; ');
}

function section(kind: CapabilityKind): string[] {
  const shown = (name: string): string => {
    if (kind === 'flag') return `\`-${name}\``;
    return kind === 'port' || kind === 'right' ? name : `\`${name}\``;
  };
  return [
    `## ${TITLES[kind]}`,
    '',
    row(['', 'since', 'gone with', '']),
    row(['---', '---', '---', '---']),
    ...CAPABILITIES.filter((entry) => entry.kind === kind).map((entry) =>
      row([shown(entry.name), entry.since ?? '', entry.until ?? '', remarks(entry)]),
    ),
    '',
  ];
}

const faultRow = ({ from, to, reason, enterprise }: (typeof FAULTS)[number]): string =>
  row([from === to ? from : `${from} – ${to}`, enterprise === true ? `Enterprise: ${reason}` : reason]);

/** The page as Markdown. */
export function versionsPage(): string {
  return [
    '# What Raftyard knows of Consul’s versions',
    '',
    'Written by `npm run consul-versions` from src/shared/consul/capability-rows.ts and src/shared/consul/releases.ts, which command lines,',
    'configuration files, exports, checks and warnings ask as well. A test holds the rows against what agents of 1.8.7, 1.10.11, 1.12.9,',
    '1.15.4, 1.18.2, 1.21.4 and a development state of 1.22.0 answered. An empty “since” means that 0.5.2 has it.',
    '',
    'Which Consul a host has is asked of the running agent, then of the configuration of its image (environment and labels); where neither these nor',
    'the tag have a version, `consul version` is run in the image, in a container without a network that is removed at once. The tag counts where',
    'nothing else is known. progrium/consul is 0.5.2, whatever runs in it.',
    '',
    '## Releases',
    '',
    `As of ${RELEASES_AS_OF}. New documents begin with ${RECOMMENDED}. From ${UNTRIED_SINCE} on, what stands here is known from documentation only.`,
    'The patch is the one that a way through the line stops at.',
    '',
    row(['line', 'patch', 'support of the free edition']),
    row(['---', '---', '---']),
    ...RELEASES.map(({ line, patch, ended }) => row([line, patch, ended ? 'ended' : 'in support'])),
    '',
    '## Patches to avoid',
    '',
    row(['version', 'because']),
    row(['---', '---']),
    ...FAULTS.map(faultRow),
    '',
    ...(Object.keys(TITLES) as CapabilityKind[]).flatMap(section),
  ]
    .join('\n')
    .replace(/\n+$/, '\n');
}
