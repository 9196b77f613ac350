/** Rules about services that need more than one field: what a check is made of, consent, versions, styles. */
import type { Draft, DraftNode } from './draft.js';
import { isOlder } from './image-version.js';
import type { Path, Report } from './report.js';
import { durationMs, isDnsName } from './service-fields.js';
import type { DraftCheck, DraftService } from './services-draft.js';
import { CHECK_KINDS, type CheckKind } from './services-shape.js';
import { show } from './text.js';

/** Below it Consul itself waits a second. https://developer.hashicorp.com/consul/docs/reference/service/health-check */
const LEAST_INTERVAL_MS = 1000;
/** A service that reports this often spends its time with it, and one slow answer makes it critical. */
const LEAST_TTL_MS = 5000;

/**
 * First Consul that knows a way of checking: https://github.com/hashicorp/consul/blob/main/CHANGELOG.md. Commands only
 * from 1.0.4 on: earlier ones can allow them from files only together with the HTTP API, where whoever reaches it could
 * register a command to be run (consul #3087).
 */
export const CHECK_SINCE: Readonly<Record<CheckKind, string>> = {
  http: '0.5.0',
  ttl: '0.1.0',
  tcp: '0.6.0',
  docker: '1.0.4',
  script: '1.0.4',
};
/** First Consul that takes metadata of a service from a file. */
export const META_SINCE = '1.0.7';

const kindsOf = (check: DraftCheck): CheckKind[] => CHECK_KINDS.filter((kind) => check.keys.includes(kind));
const runsCommands = (kind: CheckKind | undefined): boolean => kind === 'script' || kind === 'docker';

function checkForm(check: DraftCheck, report: Report): CheckKind | undefined {
  const { path, keys } = check;
  const [kind, ...more] = kindsOf(check);
  if (kind === undefined || more.length > 0) {
    report.add('check-kind', path, 'a check has exactly one of http, tcp, ttl, docker and script', {
      at: 'key',
    });
    return kind;
  }
  const unwanted = (key: string, message: string): void => {
    if (keys.includes(key)) report.add('check-extra', [...path, key], message, { at: 'key' });
  };
  if (kind === 'ttl') {
    unwanted('interval', 'a ttl check has no interval: the service reports by itself');
    unwanted('timeout', 'a ttl check has no timeout: the service reports by itself');
  } else if (!keys.includes('interval'))
    report.add('check-interval', path, `a ${kind} check needs an interval, such as interval: 10s`);
  if (kind !== 'docker')
    unwanted('command', 'command belongs to a docker check; a script check has its words in script');
  else if (!keys.includes('command'))
    report.add(
      'check-command',
      path,
      "a docker check needs a command, such as command: [/bin/sh, -c, 'exit 0']",
    );
  return kind;
}

function checkTimes({ path, interval, ttl }: DraftCheck, report: Report): void {
  const every = interval === undefined ? undefined : durationMs(interval);
  if (every !== undefined && every > 0 && every < LEAST_INTERVAL_MS)
    report.warn(
      'interval-short',
      [...path, 'interval'],
      'Consul checks once a second at most; it takes 1s instead',
    );
  const lives = ttl === undefined ? undefined : durationMs(ttl);
  if (lives !== undefined && lives > 0 && lives < LEAST_TTL_MS)
    report.warn(
      'ttl-short',
      [...path, 'ttl'],
      `with a ttl of ${show(ttl ?? '')} one report that comes late makes the service critical; 30s is usual`,
    );
}

const CONSENT: Readonly<Record<'script' | 'docker', string>> = {
  script:
    'script checks run commands inside Consul’s container: whoever may change this document or the files on the host runs them; allow that with scriptChecks: true at the top of the document',
  docker:
    'docker checks need the Docker socket inside Consul’s container, and who has that is root on the host; allow that with scriptChecks: true at the top of the document',
};

function checkConsent(kind: CheckKind | undefined, path: Path, draft: Draft, report: Report): void {
  if (kind !== 'script' && kind !== 'docker') return;
  if (!draft.scriptChecks) report.add('script-checks', path, CONSENT[kind]);
  else if (kind === 'docker')
    report.warn(
      'docker-check',
      [...path, 'docker'],
      'for this check the Docker socket is mounted into Consul’s container: whoever controls Consul there is root on the host',
    );
}

function checkVersion(kind: CheckKind | undefined, path: Path, { image }: Draft, report: Report): void {
  if (kind === undefined || image === undefined || !isOlder(image, CHECK_SINCE[kind])) return;
  const why = runsCommands(kind)
    ? `; earlier ones would take ${kind} checks from everyone who reaches the HTTP API`
    : '';
  report.add(
    'check-version',
    [...path, kind],
    `${kind} checks need Consul ${CHECK_SINCE[kind]} or later${why}`,
  );
}

function checkService(service: DraftService, draft: Draft, report: Report): void {
  const { name, path, tags } = service;
  if (name !== undefined && name !== '' && !isDnsName(name))
    report.warn(
      'service-no-dns',
      [...path, 'name'],
      `${show(name)} cannot be found by DNS: that takes letters, digits and inner dashes, at most 63`,
    );
  if (service.hasMeta && draft.image !== undefined && isOlder(draft.image, META_SINCE))
    report.add('check-version', [...path, 'meta'], `meta needs Consul ${META_SINCE} or later`);
  for (const [index, tag] of tags.entries())
    if (tag !== undefined && tags.indexOf(tag) !== index)
      report.warn('duplicate-tag', [...path, 'tags', index], `the tag ${show(tag)} is there already`);
  for (const check of service.checks) {
    const kind = checkForm(check, report);
    checkTimes(check, report);
    checkConsent(kind, check.path, draft, report);
    checkVersion(kind, check.path, draft, report);
  }
}

function checkIds({ services }: DraftNode, report: Report): void {
  const seen = new Set<string>();
  for (const { id, path } of services) {
    if (id === undefined) continue;
    if (seen.has(id))
      report.add(
        'duplicate-service',
        path,
        `another service of this node has the id ${show(id)}; give each an id of its own`,
      );
    seen.add(id);
  }
}

/** All rules about services. */
export function checkServices(draft: Draft, report: Report): void {
  const nodes = draft.datacenters.flatMap((datacenter) => datacenter.nodes);
  const services = nodes.flatMap((node) => node.services);
  for (const node of nodes) {
    checkIds(node, report);
    if (draft.bootstrap === 'classic' && node.services.length > 0)
      report.add(
        'services-classic',
        [...node.path, 'services'],
        'the classic style gives the agents no configuration files, and so no place for services; use robust',
        { at: 'key' },
      );
  }
  for (const service of services) checkService(service, draft, report);
  const commands = services.some(({ checks }) => checks.some((check) => kindsOf(check).some(runsCommands)));
  if (draft.scriptChecks && !commands)
    report.warn('script-checks-unused', ['scriptChecks'], 'no check runs a command; take scriptChecks out');
}
