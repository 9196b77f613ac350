/** The form for one host: what is wrong in it, what holds where it is empty, and the host that it makes. Pure. */
import {
  canonicalAddress,
  type DraftHost,
  freeName,
  type HostFields,
  isIpAddress,
} from '../../../shared/topology/index.js';
import { type PasteProblem, parsePasted } from './paste.js';

/** What each source of hosts (form, list, ssh configuration) is given. */
export interface SourceProps {
  /** Hosts that are there already. */
  readonly taken: readonly DraftHost[];
  /** Told at every change: those that are complete and right. */
  onHosts(hosts: readonly HostFields[]): void;
}

export type FormFields = Readonly<
  Record<
    'name' | 'address' | 'user' | 'port' | 'identity' | 'advertise' | 'password' | 'sudoPassword' | 'jump',
    string
  >
>;

export const EMPTY_FORM: FormFields = {
  name: '',
  address: '',
  user: '',
  port: '',
  identity: '',
  advertise: '',
  password: '',
  sudoPassword: '',
  jump: '',
};

export type FormProblem = PasteProblem | 'nameTaken' | 'advertise' | 'reference';

export interface ReadForm {
  readonly wrong: { readonly [K in keyof FormFields]?: FormProblem };
  /** What holds where the field is empty. */
  readonly name: string;
  readonly user: string;
  readonly port: string;
  readonly advertise: string;
  /** The address alone, of `root@10.0.0.1:22`; empty where there is none yet. */
  readonly address: string;
}

const REFERENCE = /^(prompt|env:[A-Za-z_][A-Za-z0-9_]*|file:\S.*)?$/;

export function readForm(form: FormFields, taken: readonly DraftHost[]): ReadForm {
  const given = form.address.trim();
  const names = taken.map((host) => host.name);
  // One word that a list could hold as well: user and port may stand in it.
  const [line] = /\s/.test(given) ? [] : parsePasted(given, { names, addresses: [] });
  const target = line !== undefined && 'host' in line ? line.host : undefined;
  const wrong: { -readonly [K in keyof FormFields]?: FormProblem } = {};
  if (given !== '' && target === undefined)
    wrong.address = line !== undefined && 'problem' in line ? line.problem : 'address';
  const port = form.port.trim() === '' ? String(target?.port ?? 22) : form.port.trim();
  if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65_535) wrong.port = 'port';
  const same = (host: DraftHost): boolean =>
    host.address !== undefined &&
    host.address !== '' &&
    target !== undefined &&
    canonicalAddress(host.address) === canonicalAddress(target.address) &&
    host.port === Number(port);
  if (taken.some(same)) wrong.address = 'known';
  const name = form.name.trim();
  if (name !== '' && names.some((other) => other?.toLowerCase() === name.toLowerCase()))
    wrong.name = 'nameTaken';
  else if (name !== '' && !/^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/.test(name)) wrong.name = 'name';
  const user = form.user.trim();
  if (user !== '' && !/^[A-Za-z0-9_][A-Za-z0-9_.@\\+-]{0,63}\$?$/.test(user)) wrong.user = 'user';
  const advertise = form.advertise.trim();
  if (advertise !== '' && !isIpAddress(advertise)) wrong.advertise = 'advertise';
  for (const field of ['password', 'sudoPassword'] as const)
    if (!REFERENCE.test(form[field])) wrong[field] = 'reference';
  return {
    wrong,
    name: target?.name ?? freeName('docker', names, 2),
    user: target?.user ?? 'root',
    port: String(target?.port ?? 22),
    advertise: target !== undefined && isIpAddress(target.address) ? target.address : '',
    address: target?.address ?? '',
  };
}

/** null while something is missing or wrong. */
export function hostOfForm(form: FormFields, read: ReadForm): HostFields | null {
  if (read.address === '' || Object.keys(read.wrong).length > 0) return null;
  const { identity, advertise, password, sudoPassword, jump } = form;
  const optional = { identity, advertise, password, sudoPassword };
  return {
    name: form.name.trim() || read.name,
    address: read.address,
    user: form.user.trim() || read.user,
    port: Number(form.port.trim() || read.port),
    ...Object.fromEntries(
      Object.entries(optional).flatMap(([key, value]) => (value.trim() === '' ? [] : [[key, value.trim()]])),
    ),
    ...(jump === '' ? {} : { jump: [jump] }),
  };
}
