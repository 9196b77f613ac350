/** The document's `pull`: where hosts get the image, and as whom. */
import { parseImage, type Rule, SECRET_VALUE } from './fields.js';
import { fields, text } from './loose.js';
import type { Report } from './report.js';
import { show } from './text.js';
import type { PullOptions } from './types.js';

/** A registry, and a path in it where it has one: `registry.example:5000`, `registry.example/hub`. */
export const registryMirror: Rule = (value) => {
  const [head = '', ...path] = value.split('/');
  const isHost = head.includes('.') || head.includes(':') || head === 'localhost';
  // With a name behind it, it must make a reference that Docker takes.
  if (isHost && path.every((part) => part !== '') && parseImage(`${value}/consul`) !== undefined)
    return undefined;
  // Not shown: it may hold a password.
  if (value.includes('@'))
    return {
      code: SECRET_VALUE,
      message: 'a registry is written without a user; give user and password beside it',
    };
  const scheme = /^[a-z]+:\/\//i.test(value);
  return {
    code: 'bad-mirror',
    message: scheme
      ? `${show(value)} is written without https://: as in registry.example:5000`
      : `${show(value)} is no registry such as registry.example:5000 or registry.example/hub`,
  };
};

/** As registries take it: anything in one line. */
export const registryUser: Rule = (value) =>
  /^[^\s:]+$/.test(value)
    ? undefined
    : { code: 'bad-registry-user', message: `${show(value)} is no user name of a registry` };

interface WrittenPull {
  readonly mirror?: string | undefined;
  readonly user?: string | undefined;
  readonly password?: string | undefined;
}

/** Absent where nothing is said. */
export function pullFrom(written: WrittenPull | undefined): { readonly pull?: PullOptions } {
  const { mirror, user, password } = written ?? {};
  if (mirror === undefined && user === undefined) return {};
  return {
    pull: {
      ...(mirror === undefined ? {} : { mirror }),
      ...(user === undefined ? {} : { user }),
      ...(user === undefined || password === undefined ? {} : { password }),
    },
  };
}

/** What needs both fields. */
export function checkPull(value: unknown, report: Report): void {
  const pull = fields(fields(value)['pull']);
  const user = text(pull['user']);
  const password = text(pull['password']);
  if (user !== undefined && password === undefined)
    report.add(
      'pull-password',
      ['pull', 'user'],
      'a registry wants a password beside the user: add password: prompt, env:NAME or file:PATH',
    );
  if (user === undefined && password !== undefined)
    report.add('pull-user', ['pull', 'password'], 'a password is of no use without the user: add user');
}
