import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ExportedFile, exportScripts } from '../../../src/shared/export/index.js';
import { readTopology } from '../../../src/shared/topology/index.js';
import type { Topology } from '../../../src/shared/topology/types.js';
import { temporaryFolder } from '../../temporary.js';
import { modernTopology, seedTopology, topologyArbitrary } from '../desired/arbitrary.js';
import { runs } from '../generated.js';
import { arbitraryTopology } from '../topology/arbitrary.js';

const at = (files: readonly ExportedFile[], path: string): string => {
  const file = files.find((entry) => entry.path === path);
  if (file === undefined) throw new Error(`no ${path} among ${files.map((entry) => entry.path).join(', ')}`);
  return file.content;
};

/** The words of the script's `docker run`, without the labels that may be added. */
function runWords(script: string): string[] {
  const command = /^docker run (?:.*\\\n)*.*$/m.exec(script)?.[0] ?? '';
  const words = command.replaceAll('\\\n', ' ').split(/\s+/);
  return words.filter((word, index) => word !== '--label' && words[index - 1] !== '--label');
}

/** Runs a checker over scripts, in one process. */
function check(command: string, args: readonly string[], scripts: readonly string[]): void {
  const directory = temporaryFolder('raftyard-export-');
  try {
    const files = scripts.map((content, index) => {
      const file = join(directory, `${index}.sh`);
      writeFileSync(file, content);
      return file;
    });
    const { status, stdout, error } = spawnSync(command, [...args, ...files], { encoding: 'utf8' });
    expect({ status, stdout: stdout ?? '', error }).toEqual({ status: 0, stdout: '', error: undefined });
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** A document that comes with the project. */
function example(name: string): Topology {
  const text = readFileSync(new URL(`../../../assets/examples/${name}.raftyard`, import.meta.url), 'utf8');
  const { topology, findings } = readTopology(text);
  if (topology === undefined) throw new Error(JSON.stringify(findings));
  return topology;
}

const anyTopology = fc.oneof(topologyArbitrary, arbitraryTopology());

describe('exportScripts', () => {
  it('is the tutorial, command for command', () => {
    const files = exportScripts(example('docker-consul-cluster'), { style: 'classic' });
    expect(files.map(({ path, mode }) => `${path} ${mode.toString(8)}`)).toEqual([
      'README.md 644',
      'docker01/consul-start.sh 755',
      'docker01/README.md 644',
      'docker02/consul-start.sh 755',
      'docker02/README.md 644',
      'docker03/consul-start.sh 755',
      'docker03/README.md 644',
    ]);
    const expected: Record<string, string> = {
      docker01:
        'docker run -d --restart always -h node1 --net=host --name consul01 progrium/consul -server -advertise 193.168.0.95 -bootstrap-expect 3',
      docker02:
        'docker run -d --restart always -h node2 --net=host --name consul02 progrium/consul -server -advertise 193.168.0.96 -retry-join 193.168.0.95',
      docker03:
        'docker run -d --restart always -h node3 --net=host --name consul03 progrium/consul -server -advertise 193.168.0.97 -retry-join 193.168.0.95',
    };
    for (const [host, command] of Object.entries(expected)) {
      expect(runWords(at(files, `${host}/consul-start.sh`)).join(' ')).toBe(command);
      const readme = at(files, `${host}/README.md`);
      for (const line of [
        'mkdir -p /opt/consul',
        'chmod +x /opt/consul/consul-start.sh',
        '/opt/consul/consul-start.sh',
        'systemctl stop firewalld.service',
        'systemctl disable firewalld.service',
        'firewall-cmd --state',
      ]) {
        expect(readme.split('\n')).toContain(line);
      }
    }
  });

  it('takes another style than the document’s', () => {
    const robust = at(exportScripts(seedTopology(), { style: 'robust' }), 'docker02/consul-start.sh');
    expect(runWords(robust).join(' ')).toContain(
      '-bootstrap-expect 3 -retry-join 193.168.0.95 -retry-join 193.168.0.97 -retry-interval 1s',
    );
    const classic = exportScripts(modernTopology(), { style: 'classic' });
    expect(runWords(at(classic, 'docker02/consul-start.sh')).join(' ')).toBe(
      'docker run -d --restart always -h node2 --net=host -v raftyard-1c6ea0ff-node2:/consul/data --name consul02 hashicorp/consul:1.22 agent -server -advertise 193.168.0.96 -retry-join 193.168.0.95 -ui',
    );
  });

  it('starts the flagged server first, clients last', () => {
    const topology = seedTopology();
    const nodes = (topology.datacenters[0]?.nodes ?? []).map((node) => ({
      ...node,
      bootstrap: node.name === 'node3',
      role: node.name === 'node1' ? ('client' as const) : ('server' as const),
    }));
    const changed = { ...topology, datacenters: [{ name: 'dc1', nodes }] };
    const readme = at(exportScripts(changed), 'README.md');
    expect(
      [...readme.matchAll(/^\| (\d) \| \[(docker0\d)\]/gm)].map(([, n, host]) => `${n} ${host}`),
    ).toEqual(['1 docker03', '2 docker02', '3 docker01']);
  });

  it('gives the firewall commands of the mode', () => {
    const open = at(exportScripts(modernTopology()), 'docker01/README.md');
    for (const source of ['193.168.0.96', '193.168.0.97']) {
      for (const port of ['port port="8300" protocol="tcp"', 'port port="8301" protocol="udp"']) {
        expect(open).toContain(`rule family="ipv4" source address="${source}" ${port} accept`);
      }
      expect(open).toContain(`ufw allow proto udp from ${source} to any port 8301 comment raftyard-1c6ea0ff`);
      expect(open).toContain(
        `iptables -w -I INPUT -s ${source}/32 -p udp -m udp --dport 8301 -m comment --comment raftyard-1c6ea0ff -j ACCEPT`,
      );
    }
    expect(open).not.toContain('8500/tcp');
    expect(open).not.toContain('systemctl stop');
    const leave = at(exportScripts(modernTopology({ firewall: 'leave' })), 'docker01/README.md');
    expect(leave).not.toMatch(/firewall-cmd|systemctl|ufw allow|iptables/);
    expect(leave).toContain('| 8301/udp | LAN gossip | `193.168.0.96`, `193.168.0.97` |');
  });

  it('stays below its own folder', () => {
    const topology = seedTopology();
    for (const name of ['..', '../x', 'a/b', '/etc', '', '.hidden', 'a\\b', 'a\nb']) {
      const hosts = topology.hosts.map((host, index) => (index === 0 ? { ...host, name } : host));
      const nodes = (topology.datacenters[0]?.nodes ?? []).map((node, index) =>
        index === 0 ? { ...node, host: name } : node,
      );
      expect(() => exportScripts({ ...topology, hosts, datacenters: [{ name: 'dc1', nodes }] })).toThrow(
        'name of a folder',
      );
    }
  });

  it('writes scripts that shellcheck and sh accept, for generated topologies', () => {
    const scripts = fc
      .sample(anyTopology, runs(0.2))
      .flatMap((topology) => exportScripts(topology).filter((file) => file.path.endsWith('.sh')))
      .map((file) => file.content)
      .slice(0, runs(0.5));
    scripts.push(at(exportScripts(seedTopology()), 'docker01/consul-start.sh'));
    const modern = at(exportScripts(example('three-servers')), 'docker01/consul-start.sh');
    expect(modern).not.toContain('shellcheck disable');
    scripts.push(modern);
    for (const script of scripts) execFileSync('/bin/sh', ['-n'], { input: script });
    check('shellcheck', ['--shell=sh', '--severity=style'], scripts);
  });

  it('exports any topology', () => {
    fc.assert(
      fc.property(anyTopology, fc.constantFrom('robust' as const, 'classic' as const), (topology, style) => {
        const files = exportScripts(topology, { style });
        const nodes = topology.datacenters.flatMap((datacenter) => datacenter.nodes);
        // Its script and its README, and what lets others ask it for names.
        expect(files).toHaveLength(1 + (topology.dns === undefined ? 2 : 3) * nodes.length);
        expect(new Set(files.map((file) => file.path)).size).toBe(files.length);
        for (const file of files) {
          expect(file.content.endsWith('\n')).toBe(true);
          expect(file.content).not.toMatch(/undefined|\[object|NaN/);
        }
      }),
    );
  });
});
