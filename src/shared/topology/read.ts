/** Text → topology, with everything that is wrong with it. */
import { isIpAddress } from './address.js';
import { crossCheck } from './crosscheck.js';
import { checkDns, dnsFrom } from './dns.js';
import { defaultContainer, draftOf } from './draft.js';
import { checkPull, pullFrom } from './pull.js';
import type { Report } from './report.js';
import { checkRisks } from './risks.js';
import { checkShape, type WrittenDocument } from './schema.js';
import { checkSecure } from './secure.js';
import { secureFrom } from './secure-parts.js';
import { checkServices } from './services.js';
import { servicesFrom } from './services-shape.js';
import { readSource } from './source.js';
import { show } from './text.js';
import { DOCUMENT_VERSION, type Host, type ReadResult, type SshSettings, type Topology } from './types.js';

/** The directory on the hosts where none is given: the tutorial's. */
export const DEFAULT_WORKDIR = '/opt/consul';

type WrittenHost = WrittenDocument['hosts'][number];

/** Whether the SSH agent is asked where the document does not say: only without another way in. */
export function defaultAgent(ssh: { identity?: string | undefined; password?: string | undefined }): boolean {
  return ssh.identity === undefined && ssh.password === undefined;
}

/** The settings as given, with Raftyard's defaults for the rest: root, port 22, the agent; see `open`. */
export function sshSettings(given: WrittenHost['ssh'] | Partial<SshSettings> = {}): SshSettings {
  const { user, port, identity, agent, password, passphrase, sudoPassword, hostKeys, jump } = given;
  const open = [
    ...(user === undefined ? (['user'] as const) : []),
    ...(port === undefined ? (['port'] as const) : []),
  ];
  return {
    user: user ?? 'root',
    port: port ?? 22,
    ...(open.length === 0 ? {} : { open }),
    ...(identity === undefined ? {} : { identity }),
    agent: agent ?? defaultAgent(given),
    ...(password === undefined ? {} : { password }),
    ...(passphrase === undefined ? {} : { passphrase }),
    ...(sudoPassword === undefined ? {} : { sudoPassword }),
    hostKeys: [...(hostKeys ?? [])],
    jump: [...(jump ?? [])],
  };
}

/** The address where it is an IP address; empty for a jump host that has a name only. */
export function defaultAdvertise(address: string): string {
  return isIpAddress(address) ? address : '';
}

function hostFrom(written: WrittenHost): Host {
  return {
    name: written.name,
    address: written.address,
    advertise: written.advertise ?? defaultAdvertise(written.address),
    ...(written.advertiseWan === undefined ? {} : { advertiseWan: written.advertiseWan }),
    ssh: sshSettings(written.ssh),
  };
}

function topologyFrom(written: WrittenDocument): Topology {
  return {
    version: written.raftyard,
    id: written.id.toLowerCase(),
    name: written.name,
    image: written.image,
    ...pullFrom(written.pull),
    bootstrap: written.bootstrap ?? 'robust',
    api: written.api ?? 'loopback',
    firewall: written.firewall ?? 'open',
    data: written.data ?? 'volume',
    secure: secureFrom(written.secure ?? {}),
    ...dnsFrom(written.dns),
    workdir: written.workdir ?? DEFAULT_WORKDIR,
    raftMultiplier: written.raftMultiplier ?? 1,
    agentOptions: written.agentOptions ?? [],
    ...(written.scriptChecks === true ? { scriptChecks: true as const } : {}),
    ...(written.disableUpdateCheck === true ? { disableUpdateCheck: true as const } : {}),
    ...(written.serverRejoinAgeMax === undefined ? {} : { serverRejoinAgeMax: written.serverRejoinAgeMax }),
    datacenters: written.datacenters.map((datacenter) => ({
      name: datacenter.name,
      nodes: datacenter.nodes.map((node) => ({
        name: node.name,
        host: node.host,
        role: node.role ?? 'server',
        bootstrap: node.bootstrap ?? false,
        container: node.container ?? defaultContainer(node.name),
        agentOptions: node.agentOptions ?? [],
        ...servicesFrom(node.services),
      })),
    })),
    hosts: written.hosts.map(hostFrom),
  };
}

/** A document of another version is not judged by this one's rules: one finding, and only this. */
function refuseVersion(value: unknown, report: Report): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const message =
      value === undefined ? 'the document is empty' : 'the document must be a mapping (key: value)';
    report.add('not-a-topology', [], `${message}; a topology begins with "raftyard: ${DOCUMENT_VERSION}"`, {
      place: { line: 1, column: 1 },
    });
    return true;
  }
  const version: unknown = (value as Record<string, unknown>)['raftyard'];
  if (version === undefined || version === DOCUMENT_VERSION) return false;
  if (typeof version === 'number' && version > DOCUMENT_VERSION) {
    report.add(
      'future-version',
      ['raftyard'],
      `this document has version ${version}, and this Raftyard reads version ${DOCUMENT_VERSION}: use a newer Raftyard`,
    );
  } else {
    const shown = typeof version === 'string' ? show(version) : String(version);
    const given = typeof version === 'object' ? '' : `, not ${shown}`;
    report.add('bad-version', ['raftyard'], `the version must be the number ${DOCUMENT_VERSION}${given}`);
  }
  return true;
}

/**
 * Reads and checks a document in one pass: every finding has a code, a path, a line and a column
 * (1-based), errors and warnings alike. Never throws; `topology` is there only without errors, every
 * default filled in. At most 201 findings, the last of which says how many were left out.
 */
export function readTopology(text: string): ReadResult {
  const { value, report, readable } = readSource(text);
  if (!readable || refuseVersion(value, report)) return { findings: report.findings() };
  const written = checkShape(value, report);
  const draft = draftOf(value);
  crossCheck(draft, report);
  checkRisks(draft, report);
  checkSecure(draft, report);
  checkServices(draft, report);
  checkDns(value, draft, report);
  checkPull(value, report);
  const findings = report.findings();
  if (written === undefined || report.hasErrors) return { findings };
  return { topology: topologyFrom(written), findings };
}
