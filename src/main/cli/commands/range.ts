import { RaftyardError } from '../../../shared/errors.js';
import type { RangeStatus, RangeTopologyOptions } from '../../range/index.js';
import type { App } from '../app.js';
import { EXIT } from '../exit.js';
import { writeNew } from '../files.js';
import { clean, cleaned } from '../print/clean.js';
import { noteOf } from '../print/note.js';
import { count, type Style, table } from '../print/style.js';
import { declined } from './execute.js';

export interface RangeOptions {
  readonly name: string;
}

export interface RangeUpCommandOptions extends RangeOptions {
  readonly hosts?: number;
  /** Paths, as typed. */
  readonly consul?: readonly string[];
  readonly consulImage?: readonly string[];
  readonly yes?: boolean;
}

const ABOUT = [
  'Practice hosts are containers on this computer that run systemd, sshd, a Docker Engine and firewalld.',
  'They need wide privileges: nearly all capabilities, no seccomp or AppArmor confinement, and the host’s',
  'cgroups. What runs in them can do most of what root can do here. Use them for practice only, and take',
  'them down afterwards (raftyard range down). The first start installs what is missing and builds an image.',
];

function rangeLines(raw: RangeStatus, style: Style): string[] {
  const range = cleaned(raw);
  const rows = range.hosts.map((host) => [
    `  ${host.name}`,
    host.running ? 'up' : 'down',
    host.address,
    `ssh -i ${range.identity} -p ${host.sshPort} ${host.user}@127.0.0.1`,
  ]);
  const up = range.hosts.filter((host) => host.running).length;
  return [
    `${style('cyan', range.name)}: ${up} of ${count(range.hosts.length, 'host')} up`,
    ...table(rows),
    `  images: ${range.images.join(', ')}`,
  ];
}

const isUp = (range: RangeStatus): boolean =>
  range.hosts.length > 0 && range.hosts.every((host) => host.running);

/** `raftyard range up`: asks before a range's first start. */
export async function rangeUp(app: App, options: RangeUpCommandOptions): Promise<number> {
  app.needAnswer(options.yes, 'range up');
  const services = await app.services.range();
  const before = await services.rangeStatus(options.name);
  if (before === null && options.yes !== true) {
    for (const line of ABOUT) app.err.line(line);
    if (!(await app.confirm('Start them?'))) throw declined();
  }
  const range = await services.rangeUp({
    name: options.name,
    onProgress: noteOf(app),
    signal: app.signal,
    ...(options.hosts === undefined ? {} : { hosts: options.hosts }),
    ...(options.consul === undefined ? {} : { consul: options.consul }),
    ...(options.consulImage === undefined ? {} : { consulImages: options.consulImage }),
  });
  app.err.setLive([]);
  if (app.json) {
    app.event({ type: 'range', up: isUp(range), ...range });
    return EXIT.good;
  }
  for (const line of rangeLines(range, app.style)) app.out.line(line);
  app.tell('Next: raftyard range topology --out practice.raftyard && raftyard apply practice.raftyard');
  return EXIT.good;
}

/** `raftyard range status`: exit code 1 when there is no such range or a host of it is down. */
export async function rangeStatus(app: App, options: RangeOptions): Promise<number> {
  const range = await (await app.services.range()).rangeStatus(options.name);
  const up = range !== null && isUp(range);
  if (app.json) app.result(range === null ? { name: options.name, up, hosts: [] } : { ...range, up });
  else if (range === null) app.out.line(`There is no practice range named ${clean(options.name)}.`);
  else for (const line of rangeLines(range, app.style)) app.out.line(line);
  return up ? EXIT.good : EXIT.failed;
}

/** `raftyard range down` */
export async function rangeDown(app: App, options: RangeOptions): Promise<number> {
  const removed = await (await app.services.range()).rangeDown(options.name, { onProgress: noteOf(app) });
  app.err.setLive([]);
  if (app.json) app.event({ type: 'range', name: options.name, up: false, removed });
  else
    app.out.line(
      removed
        ? `The practice range ${clean(options.name)} is gone.`
        : `There was no practice range named ${clean(options.name)}.`,
    );
  return EXIT.good;
}

export interface RangeTopologyCommandOptions extends RangeOptions, Omit<RangeTopologyOptions, 'id'> {
  readonly out?: string;
  readonly force?: boolean;
}

/** `raftyard range topology --out FILE` */
export async function rangeTopology(app: App, options: RangeTopologyCommandOptions): Promise<number> {
  const { name, out, force, image, bootstrap, api, firewall, user, data, servers, clients } = options;
  const wanted = { image, bootstrap, api, firewall, user, data, servers, clients };
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  const text = (await app.services.range()).rangeTopology(name, given);
  if (out !== undefined) await writeNew(out, text, force === true);
  if (app.json) app.result(out === undefined ? { document: text } : { file: out });
  else if (out === undefined) app.io.stdout.write(text);
  else app.out.line(`Wrote ${clean(out)}. Raise the cluster with: raftyard apply ${clean(out)}`);
  return EXIT.good;
}

/** A whole number in bounds, for commander's argument parsers. @throws RaftyardError usage */
export function whole(option: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const number = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
    if (!(number >= min && number <= max))
      throw new RaftyardError(
        'usage',
        `${option} is a whole number from ${min} to ${max}, not ${JSON.stringify(text)}`,
      );
    return number;
  };
}
