/** What the scripts printed, as facts. Pure, and defensive: a host may print anything. */
import { z } from 'zod';
import type { DnsRecord } from '../../../shared/plan/dns-facts.js';
import type {
  FileFacts,
  HostState,
  ListenerFacts,
  ProvenImage,
  ReachableFacts,
  RestartDue,
} from '../../../shared/plan/facts.js';
import { canonicalAddress, SECURE_PARTS } from '../../../shared/topology/index.js';
import type { Sections } from '../../host/firewall/sections.js';
import { isPrivateAddress } from './address.js';

type Addresses = ReachableFacts['addresses'];

/** Text of a host for people's eyes: no control characters, not endless. */
export function clean(text: string, limit = 120): string {
  return text
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
    .trim()
    .slice(0, limit);
}

const MACHINES: Readonly<Record<string, string>> = {
  x86_64: 'amd64',
  amd64: 'amd64',
  aarch64: 'arm64',
  arm64: 'arm64',
  armv7l: 'arm',
  armv6l: 'arm',
  i386: '386',
  i686: '386',
  ppc64le: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
};

/** Docker's name of an architecture that `uname -m` names. */
export function dockerArchitecture(machine: string): string {
  return MACHINES[machine] ?? (clean(machine, 20) || 'unknown');
}

/**
 * Host clock minus ours, by the middle between question and answer.
 *
 * @param answer What `date +%s%N` printed; busybox knows no nanoseconds.
 */
export function clockOffset(answer: string, sentMs: number, receivedMs: number): number | null {
  const digits = /^\d{9,20}/.exec(answer.trim())?.[0];
  if (digits === undefined) return null;
  const hostMs = digits.length > 12 ? Number(digits) / 1e6 : Number(digits) * 1000 + 500;
  return Math.round(hostMs - (sentMs + receivedMs) / 2);
}

/** `ip -o addr`: loopback and link-local addresses are left out. */
export function parseAddresses(all: Sections): Addresses {
  const found: { interface: string; address: string; private: boolean }[] = [];
  const add = (name: string, address: string): void => {
    if (/^(127\.|::1$|fe80:|169\.254\.)/i.test(address)) return;
    found.push({ interface: name, address, private: isPrivateAddress(address) });
  };
  for (const line of all.get('addr') ?? []) {
    const match = /^\d+:\s+(\S+)\s+inet6?\s+([0-9a-fA-F.:]+)/.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) add(match[1].replace(/@.*$/, ''), match[2]);
  }
  for (const address of all.get('plain-addr') ?? []) {
    if (/^[0-9a-fA-F.:]+$/.test(address)) add('', address);
  }
  return found;
}

const portOf = (text: string): { address: string; port: number } | null => {
  const at = text.lastIndexOf(':');
  const port = Number(text.slice(at + 1));
  if (at < 0 || !Number.isInteger(port) || port <= 0 || port > 65535) return null;
  const address = text
    .slice(0, at)
    .replace(/^\[|\]$/g, '')
    .replace(/%.*$/, '');
  return { address: address === '' ? '*' : address, port };
};

/** `ss -H -lntup`, or `netstat -lntup` where ss is missing. */
export function parseListeners(all: Sections): ListenerFacts[] {
  const found: ListenerFacts[] = [];
  const add = (protocol: string, local: string, process: string | undefined): void => {
    const at = portOf(local);
    if (at === null || !/^(tcp|udp)/.test(protocol)) return;
    const name = process === undefined ? '' : clean(process, 40);
    found.push({
      protocol: protocol.startsWith('tcp') ? 'tcp' : 'udp',
      ...at,
      ...(name === '' ? {} : { process: name }),
    });
  };
  for (const line of all.get('ss') ?? []) {
    const [protocol = '', , , , local = ''] = line.trim().split(/\s+/);
    add(protocol, local, /users:\(\("([^"]*)"/.exec(line)?.[1]);
  }
  for (const line of all.get('netstat') ?? []) {
    const fields = line.trim().split(/\s+/);
    add(fields[0] ?? '', fields[3] ?? '', /\s\d+\/(\S+)/.exec(line)?.[1]);
  }
  return found;
}

/** Source addresses of lines of `ip -o route get`, by the canonical address that they lead to. */
export function parseSources(lines: readonly string[] = []): ReadonlyMap<string, string> {
  return new Map(
    lines.flatMap((line) => {
      const [, towards] = /^(?:[a-z]+ )?([0-9a-fA-F.:]+) /.exec(line) ?? [];
      const [, source] = /\ssrc ([0-9a-fA-F.:]+)/.exec(line) ?? [];
      return towards === undefined || source === undefined
        ? []
        : [[canonicalAddress(towards), source] as const];
    }),
  );
}

export function parseFiles(all: Sections, paths: readonly string[]): FileFacts[] {
  return (all.get('file') ?? []).flatMap((line) => {
    const match = /^(\d+) ([0-7]{3,4}) ([0-9a-f]{64})$/.exec(line);
    const path = paths[Number(match?.[1])];
    if (match === null || path === undefined) return [];
    return [{ path, mode: Number.parseInt(match[2] ?? '0', 8), sha256: match[3] ?? '' }];
  });
}

/** Available bytes of a line of `df -Pk`; 0 where it cannot be read. */
export function parseDisk(line: string | undefined): number {
  const fields = (line ?? '').trim().split(/\s+/);
  const percent = fields.findIndex((field) => /^\d+%$/.test(field));
  const available = Number(fields[percent - 1]);
  return Number.isFinite(available) ? available * 1024 : 0;
}

export function parseOs(all: Sections): ReachableFacts['os'] {
  const value = (key: string): string => {
    const line = (all.get('os') ?? []).find((entry) => entry.startsWith(`${key}=`));
    return clean((line ?? '').slice(key.length + 1).replace(/^(["'])(.*)\1$/, '$2'));
  };
  return {
    id: value('ID') || 'unknown',
    pretty: value('PRETTY_NAME') || 'unknown Linux',
    kernel: clean(all.get('kernel')?.[0] ?? ''),
    architecture: dockerArchitecture(all.get('machine')?.[0] ?? ''),
  };
}

const kind = z.enum(['firewalld', 'ufw', 'nftables', 'iptables', 'none']);
const texts = z.array(z.string());
const dnsRecord = z.object({
  upstream: texts,
  search: texts,
  rules: texts,
  engine: z
    .object({
      file: z.enum(['daemon-json', 'docker-opts']),
      path: z.string(),
      existed: z.boolean(),
      dns: texts,
      search: texts,
    })
    .optional(),
  resolver: z.object({ path: z.string(), sha256: z.string() }).optional(),
});
const hostState = z.looseObject({
  version: z.literal(1),
  clusterId: z.string(),
  clusterName: z.string(),
  node: z.string(),
  since: z.string(),
  updated: z.string(),
  lastPlan: z.string(),
  firewallBefore: z.object({ kind, active: z.boolean(), enabledAtBoot: z.boolean() }).optional(),
  rules: z.array(z.string()),
  firewallDisabled: z.boolean(),
  files: z.array(z.object({ path: z.string(), sha256: z.string() })),
  secretFiles: z.array(z.string()).optional(),
  /** A later Raftyard may know more parts. */
  secured: z
    .array(z.string())
    .transform((parts) => SECURE_PARTS.filter((part) => parts.includes(part)))
    .optional(),
  dns: dnsRecord.optional(),
  madeWorkdir: z.boolean(),
  adopted: z.boolean().optional(),
  minQuorum: z.boolean().optional(),
});

function parseDnsRecord({ engine, resolver, ...rest }: z.infer<typeof dnsRecord>): DnsRecord {
  return {
    ...rest,
    ...(engine === undefined ? {} : { engine }),
    ...(resolver === undefined ? {} : { resolver }),
  };
}

/** `DIGEST ID`, as the step that loads an image writes it. */
export function parseProven(line: string): ProvenImage | undefined {
  const match = /^(\S+:[0-9a-f]{32,128}) (sha256:[0-9a-f]{64})$/.exec(line);
  const [, digest, id] = match ?? [];
  return digest === undefined || id === undefined ? undefined : { digest, id };
}

const reached = z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3)]);
const restartDue = z.object({
  container: z.string(),
  startedAt: z.string(),
  inForce: z.partialRecord(z.enum(SECURE_PARTS), reached),
});

/** `<workdir>/.raftyard/restart-due.json`; undefined when it is absent or not what we write. */
export function parseRestartDue(base64: string | undefined): RestartDue | undefined {
  if (base64 === undefined || base64 === '') return undefined;
  try {
    return restartDue.safeParse(JSON.parse(Buffer.from(base64, 'base64').toString())).data;
  } catch {
    return undefined;
  }
}

/** `<workdir>/.raftyard/state.json`; undefined when it is absent or not what we write. */
export function parseState(base64: string | undefined): HostState | undefined {
  if (base64 === undefined || base64 === '') return undefined;
  try {
    const parsed = hostState.safeParse(JSON.parse(Buffer.from(base64, 'base64').toString()));
    if (!parsed.success) return undefined;
    const { firewallBefore, adopted, minQuorum, secretFiles, secured, dns, ...state } = parsed.data;
    return {
      ...state,
      ...(firewallBefore === undefined ? {} : { firewallBefore }),
      ...(secretFiles === undefined ? {} : { secretFiles }),
      ...(secured === undefined ? {} : { secured }),
      ...(dns === undefined ? {} : { dns: parseDnsRecord(dns) }),
      ...(adopted === undefined ? {} : { adopted }),
      ...(minQuorum === undefined ? {} : { minQuorum }),
    };
  } catch {
    return undefined;
  }
}
