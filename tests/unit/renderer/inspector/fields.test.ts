import { describe, expect, it } from 'vitest';
import {
  asList,
  asText,
  commandLines,
  findingsFor,
  isFreeName,
  linesToList,
  listToLines,
  multiplierKind,
  nearestField,
  otherFindings,
  toleranceOf,
  writtenAt,
} from '../../../../src/renderer/features/topology/inspector/fields.js';
import type { Finding } from '../../../../src/shared/topology/index.js';

const finding = (...path: (string | number)[]): Finding => ({
  code: 'empty',
  severity: 'error',
  message: 'must not be empty',
  path,
});

describe('findings of a field', () => {
  const all = [
    finding('hosts', 0, 'address'),
    finding('hosts', 0, 'ssh', 'jump', 1),
    finding('hosts', 0, 'adress'),
    finding('hosts', 1, 'address'),
    finding('hosts'),
  ];

  it('takes those of the field itself and of what is in it, not its neighbours', () => {
    expect(findingsFor(all, ['hosts', 0, 'address'])).toEqual([all[0]]);
    expect(findingsFor(all, ['hosts', 0, 'ssh', 'jump'])).toEqual([all[1]]);
    expect(findingsFor(all, ['hosts', 1, 'name'])).toEqual([]);
  });

  it('does not take 1 for the beginning of 10, nor a list above for the entry', () => {
    expect(findingsFor([finding('hosts', 10, 'address')], ['hosts', 1])).toEqual([]);
    expect(findingsFor([finding('hosts')], ['hosts', 0])).toEqual([]);
  });

  it('leaves over what no field shows', () => {
    const fields = [
      ['hosts', 0, 'address'],
      ['hosts', 0, 'ssh', 'jump'],
    ];
    expect(otherFindings(all, ['hosts', 0], fields)).toEqual([all[2]]);
  });
});

describe('the field to put the cursor into', () => {
  const keys = ['hosts.0.name', 'hosts.0.address', 'hosts.0.ssh.jump', 'hosts.0.ssh.user'];

  it('is the one of that path, or the one around it, or the first in it', () => {
    expect(nearestField(keys, 'hosts.0.address')).toBe('hosts.0.address');
    expect(nearestField(keys, 'hosts.0.ssh.jump.2')).toBe('hosts.0.ssh.jump');
    expect(nearestField(keys, 'hosts.0.ssh')).toBe('hosts.0.ssh.jump');
    expect(nearestField(keys, 'hosts.1.address')).toBeUndefined();
    expect(nearestField(keys, 'hosts.0.addresses')).toBeUndefined();
  });
});

describe('written values', () => {
  it('are found by path, without walking into prototypes', () => {
    const value = { hosts: [{ ssh: { port: 2222 } }] };
    expect(writtenAt(value, ['hosts', 0, 'ssh', 'port'])).toBe(2222);
    expect(writtenAt(value, ['hosts', 1, 'ssh', 'port'])).toBeUndefined();
    expect(writtenAt(value, ['hosts', 'length', 'toString'])).toBeUndefined();
    expect(writtenAt(value, ['constructor'])).toBeUndefined();
  });

  it('are shown also where they are not of the type that they should be', () => {
    expect(asText(42)).toBe('42');
    expect(asText(true)).toBe('true');
    expect(asText({ a: 1 })).toBe('');
    expect(asList(['-a', 7, null])).toEqual(['-a', '7']);
    expect(asList('-a')).toEqual([]);
  });
});

describe('lines and lists', () => {
  it('gives one entry a line, whatever blanks are around', () => {
    expect(linesToList('  -log-level=debug \r\n\n-syslog\n')).toEqual(['-log-level=debug', '-syslog']);
    expect(linesToList('  \n')).toEqual([]);
  });

  it('comes back as it was', () => {
    const list = ['-a', '-b value'];
    expect(linesToList(listToLines(list))).toEqual(list);
  });
});

describe('a command', () => {
  it('has one option with its value on each line', () => {
    expect(
      commandLines(['agent', '-server', '-ui', '-advertise', '192.0.2.1', '-bootstrap-expect', '3', '-x=y']),
    ).toEqual(['agent', '-server', '-ui', '-advertise 192.0.2.1', '-bootstrap-expect 3', '-x=y']);
  });
});

describe('what a number of servers survives', () => {
  it('is less than half of them', () => {
    expect([0, 1, 2, 3, 4, 5, 7].map((n) => toleranceOf(n).count)).toEqual([0, 0, 0, 1, 1, 2, 3]);
    expect([0, 1, 2, 3].map((n) => toleranceOf(n).kind)).toEqual(['none', 'one', 'two', 'more']);
    expect(toleranceOf(4)).toEqual({ kind: 'more', count: 1, next: 2 });
  });
});

describe('the Raft multiplier', () => {
  it('has a sentence for each kind, and none of its own in the classic style', () => {
    expect([1, 2, 3, 4, 5, 10].map((n) => multiplierKind(n, 'robust'))).toEqual([
      'fast',
      'fast',
      'usual',
      'usual',
      'slow',
      'slow',
    ]);
    expect(multiplierKind(1, 'classic')).toBe('classic');
  });
});

describe('a name to give', () => {
  it('is not empty, and no other has it in whatever case', () => {
    expect(isFreeName('docker10', ['docker1', undefined])).toBe(true);
    expect(isFreeName('Docker1', ['docker1'])).toBe(false);
    expect(isFreeName('', [])).toBe(false);
  });
});
