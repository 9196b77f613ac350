/** firewalld over D-Bus: the scripts under a real sh, with programs on their path that answer as those of hosts do. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { busPairs, busSetting, busStrings } from '../../../src/main/host/firewall/bus-answer.js';
import { FIREWALL_SCRIPT, parseFirewall } from '../../../src/main/host/firewall/read.js';
import {
  BUS_RULES,
  BUS_STOPPED,
  type BusVerb,
  busScript,
  busShown,
} from '../../../src/shared/shell/firewalld-bus.js';
import { temporaryFolder } from '../../temporary.js';

const RICH = 'rule family="ipv4" source address="198.18.0.3" port port="8301" protocol="tcp" accept';
const QUOTED = `"${RICH.replaceAll('"', '\\"')}"`;

/** A host on which `busctl` answers by what its arguments hold (first match), and `firewall-cmd` tells that it ran. */
function host(answers: readonly (readonly [string, string])[]) {
  const folder = temporaryFolder('bus-');
  const log = join(folder, 'calls');
  const program = (name: string, body: string): void => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
  };
  for (const tool of ['sed', 'awk', 'grep', 'head', 'cat', 'sh'])
    symlinkSync(
      execFileSync('/bin/sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim(),
      join(folder, tool),
    );
  const cases = answers.map(([part, answer], index) => {
    writeFileSync(join(folder, `answer-${index}`), `${answer}\n`);
    const failed = answer.startsWith('Call failed');
    return `*${part.replaceAll(' ', '\\ ')}*) cat "${folder}/answer-${index}" ${failed ? '>&2; exit 1' : ''} ;;`;
  });
  program(
    'busctl',
    `echo "$*" >> "${log}"\ncase "$*" in\n${cases.join('\n')}\n*) echo "Call failed: unknown" >&2; exit 1 ;;\nesac`,
  );
  program(
    'firewall-cmd',
    `echo "firewall-cmd $*" >> "${log}"
case "$*" in
  --state) echo running ;;
  --get-zone-of-interface=eth0) echo public ;;
  *--list-all) printf 'public\\n  ports: 53/udp\\n  rich rules: \\n\\t%s\\n' '${RICH}' ;;
esac`,
  );
  program('firewall-offline-cmd', 'exit 0');
  program('ip', `echo '2: eth0    inet 198.18.0.2/24 brd 198.18.0.255 scope global eth0'`);
  // Nobody: what only root asks is no part of this.
  program('id', 'echo 1000');
  for (const absent of ['ufw', 'systemctl']) program(absent, 'exit 1');
  return {
    run: (script: string, ...args: string[]) => {
      const { status, stdout, stderr } = spawnSync('/bin/sh', ['-s', '--', ...args], {
        input: script,
        encoding: 'utf8',
        env: { PATH: folder },
      });
      const calls = (): string[] => {
        try {
          return readFileSync(log, 'utf8').trim().split('\n');
        } catch {
          return [];
        }
      };
      return { status, stdout, stderr: stderr.trim(), calls: calls() };
    },
  };
}

const RUNNING = ['Get ss', 'v s "RUNNING"'] as const;
const ANSWERS = [
  RUNNING,
  ['getZoneOfInterface', 's "public"'],
  ['getDefaultZone', 's "home"'],
  ['getZoneByName', 'o "/org/fedoraproject/FirewallD1/config/zone/7"'],
  ['.zone getPorts s public', 'aas 1 2 "53" "udp"'],
  ['.zone getRichRules s public', `as 1 ${QUOTED}`],
  ['zone/7 org.fedoraproject.FirewallD1.config.zone getPorts', 'a(ss) 1 "53" "udp"'],
  ['zone/7 org.fedoraproject.FirewallD1.config.zone getRichRules', `as 1 ${QUOTED}`],
] as const;
const but = (...other: (readonly [string, string])[]): (readonly [string, string])[] => [
  ...other,
  ...ANSWERS,
];

describe('the look at a firewalld', () => {
  /** What a host may be like, and by which way its facts come. */
  const ROWS: readonly [string, (readonly [string, string])[], 'bus' | 'programs'][] = [
    ['firewalld 0.4 and newer, any busctl', but(), 'bus'],
    ['no busctl, or none that talks to the bus', [], 'programs'],
    [
      'no permission to ask',
      but(
        ['getDefaultZone', 'Call failed: x'],
        ['.zone get', 'Call failed: Interactive authentication required.'],
      ),
      'programs',
    ],
    [
      'firewalld 0.3: no getPorts of the configuration',
      but(['config.zone getPorts', 'Call failed: Unknown method']),
      'programs',
    ],
    ['a zone whose name is escaped', but(['getZoneOfInterface', 's "b\\303\\274ro"']), 'programs'],
    [
      'a zone that only runs, and is not kept',
      but(['getZoneByName', 'Call failed: INVALID_ZONE: public']),
      'programs',
    ],
  ];

  it.each(ROWS)('%s', (_host, answers, way) => {
    const { status, stdout, calls } = host(answers).run(FIREWALL_SCRIPT, '198.18.0.2');
    expect(status).toBe(0);
    expect(parseFirewall(stdout)).toEqual({
      kind: 'firewalld',
      active: true,
      enabledAtBoot: false,
      zone: 'public',
      ...(way === 'bus' ? { bus: true } : {}),
      runtime: ['53/udp', RICH],
      permanent: ['53/udp', RICH],
    });
    expect(calls.some((call) => call.includes('--list-all'))).toBe(way === 'programs');
    for (const call of calls.filter((entry) => !entry.startsWith('firewall-cmd')))
      expect(call).toMatch(/^--auto-start=no --allow-interactive-authorization=no -- call /);
  });

  it('lists rich rules by their priority, as firewall-cmd does', () => {
    const [late, first] = ['rule priority="5" accept', 'rule priority="-1" drop'];
    const listed = [late, RICH, first].map((rule) => `"${rule.replaceAll('"', '\\"')}"`).join(' ');
    const { stdout } = host(but(['.zone getRichRules s public', `as 3 ${listed}`])).run(
      FIREWALL_SCRIPT,
      '198.18.0.2',
    );
    expect(parseFirewall(stdout).runtime).toEqual(['53/udp', first, RICH, late]);
  });

  it('takes the default zone where the interface is in none', () => {
    const answers = but(
      ['getZoneOfInterface', 's ""'],
      ['.zone getPorts s home', 'aas 0'],
      ['.zone getRichRules s home', 'as 0'],
    );
    const { stdout } = host(answers).run(FIREWALL_SCRIPT, '198.18.0.2');
    expect(parseFirewall(stdout)).toMatchObject({ zone: 'home', runtime: [] });
  });

  it.each([
    ['the bus knows no firewalld', [['NameHasOwner', 'b false']] as const],
    ['it failed to start', but(['Get ss', 'v s "FAILED"'])],
  ])('runs no firewall-cmd where %s', (_why, answers) => {
    const { stdout, calls } = host(answers).run(FIREWALL_SCRIPT, '198.18.0.2');
    expect(parseFirewall(stdout)).toMatchObject({ kind: 'firewalld', active: false });
    expect(calls.filter((call) => call.startsWith('firewall-cmd'))).toEqual([]);
  });
});

describe('a change of a firewalld', () => {
  const rules = [RICH, '8500/tcp'];
  const change = (verb: BusVerb, answers: readonly (readonly [string, string])[], zone = 'public') =>
    host([
      ...answers,
      RUNNING,
      ['getZoneByName', 'o "/org/fedoraproject/FirewallD1/config/zone/7"'],
      ['.zone', 's ""'],
    ]).run(busScript(verb, rules, zone));

  it('is one call a rule, permanent first, for good', () => {
    const { status, calls } = change('add', []);
    expect(status).toBe(0);
    expect(calls.slice(2).map((call) => call.replace(/.* call org\.fedoraproject\.FirewallD1 /, ''))).toEqual(
      [
        `/org/fedoraproject/FirewallD1/config/zone/7 org.fedoraproject.FirewallD1.config.zone addRichRule s ${RICH}`,
        '/org/fedoraproject/FirewallD1/config/zone/7 org.fedoraproject.FirewallD1.config.zone addPort ss 8500 tcp',
        `/org/fedoraproject/FirewallD1 org.fedoraproject.FirewallD1.zone addRichRule ssi public ${RICH} 0`,
        '/org/fedoraproject/FirewallD1 org.fedoraproject.FirewallD1.zone addPort sssi public 8500 tcp 0',
      ],
    );
  });

  it.each<[BusVerb, string, number, string]>([
    ['add', 'Call failed: ALREADY_ENABLED: x', 0, ''],
    ['remove', 'Call failed: NOT_ENABLED: x', 0, ''],
    ['remove', 'Call failed: ALREADY_ENABLED: x', 1, 'ALREADY_ENABLED: x'],
    ['add', 'Call failed: NOT_ENABLED: x', 1, 'NOT_ENABLED: x'],
    ['add', "Call failed: INVALID_RULE: 'ALREADY_ENABLED'", 1, "INVALID_RULE: 'ALREADY_ENABLED'"],
    ['remove', 'Call failed: Access denied', 1, 'Access denied'],
  ])('to %s, answered by "%s": exit code %i', (verb, said, code, words) => {
    expect(change(verb, [[`${verb}RichRule`, said]])).toMatchObject({ status: code, stderr: words });
  });

  it('ends with the first refusal', () => {
    const { status, stderr, calls } = change('remove', [
      ['getZoneByName', 'Call failed: INVALID_ZONE: public'],
    ]);
    expect([status, stderr]).toEqual([1, 'INVALID_ZONE: public']);
    expect(calls.some((call) => call.includes('remove'))).toBe(false);
  });

  it('changes nothing where firewalld does not run, and takes a zone for what it is', () => {
    const stopped = change('add', [
      ['Get ss', 'Call failed: x'],
      ['NameHasOwner', 'b false'],
    ]);
    expect([stopped.status, stopped.calls.length]).toEqual([BUS_STOPPED, 2]);
    const { calls } = change('add', [], '$(id)');
    expect(calls.filter((call) => call.includes('addPort sssi'))[0]).toContain(' $(id) 8500 tcp 0');
  });

  it('is told in one line', () => {
    expect(busShown('remove', [RICH, `${RICH} `, '53/udp'])).toBe(
      '# by busctl, over D-Bus to org.fedoraproject.FirewallD1: config.zone.removeRichRule ×2, config.zone.removePort ×1, then zone.removeRichRule ×2, zone.removePort ×1',
    );
    expect(BUS_RULES).toBeGreaterThan(0);
  });
});

describe('answers of busctl', () => {
  /** As systemd's cescape writes a string. */
  const escaped = (text: string): string =>
    [...Buffer.from(text)]
      .map((byte) => {
        const at = '\x07\b\f\n\r\t\v'.indexOf(String.fromCharCode(byte));
        if (at >= 0) return `\\${'abfnrtv'[at]}`;
        if ([34, 39, 92].includes(byte)) return `\\${String.fromCharCode(byte)}`;
        return byte < 32 || byte > 126 ? `\\${byte.toString(8).padStart(3, '0')}` : String.fromCharCode(byte);
      })
      .join('');

  it('carry any string through', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (texts) => {
        const answer = `as ${texts.length} ${texts.map((text) => `"${escaped(text)}"`).join(' ')}`;
        expect(busStrings(answer)).toEqual(texts);
      }),
    );
  });

  it('hold ports in lists and in structures', () => {
    const ports = [
      ['8500', 'tcp'],
      ['53', 'udp'],
    ];
    expect(busPairs('aas 2 2 "8500" "tcp" 2 "53" "udp"')).toEqual(ports);
    expect(busPairs('a(ss) 2 "8500" "tcp" "53" "udp"')).toEqual(ports);
    expect(busPairs('aas 0')).toEqual([]);
  });

  it('name the settings of a zone', () => {
    const answer =
      'a{sv} 3 "short" s "target" "description" s "\\"target\\" s \\"DROP\\"" "target" s "ACCEPT" "forward" b true';
    expect(busSetting(answer, 'target')).toBe('ACCEPT');
    expect(busSetting(answer, 'absent')).toBeUndefined();
    expect(busSetting('', 'target')).toBeUndefined();
  });
});
