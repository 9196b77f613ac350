import { desiredNodes } from '../../../src/shared/desired/index.js';
import { sha256Hex } from '../../../src/shared/digest.js';
import type { ContainerFacts, Facts, ReachableFacts } from '../../../src/shared/plan/facts.js';
import type { Plan } from '../../../src/shared/plan/types.js';
import { newTopology } from '../../../src/shared/topology/index.js';
import type { Topology } from '../../../src/shared/topology/types.js';

export function threeServers(change: Partial<Topology> = {}): Topology {
  const hosts = [1, 2, 3].map((n) => ({ name: `docker0${n}`, address: `192.0.2.${n}` }));
  const made = newTopology({ name: 'shop', hosts, image: 'hashicorp/consul:1.20.1' });
  return { ...made, id: '11111111-2222-4333-8444-555555555555', ...change };
}

/** A bare host: Docker and firewalld run, nothing of ours is there. */
export function bareFacts(topology: Topology): Record<string, ReachableFacts> {
  const entries = topology.hosts.map((host): [string, ReachableFacts] => [
    host.name,
    {
      host: host.name,
      reachable: true,
      latencyMs: 1,
      os: { id: 'debian', pretty: 'Debian', kernel: '6.1', architecture: 'amd64' },
      clockOffsetMs: 0,
      user: 'root',
      root: 'root',
      systemd: true,
      selinux: 'disabled',
      docker: {
        kind: 'engine',
        version: '26.1.0',
        apiVersion: '1.45',
        storageDriver: 'overlay2',
        usernsRemap: false,
        enabledAtBoot: true,
        publishing: [],
      },
      image: { reference: topology.image, present: false },
      containers: [],
      addresses: [{ interface: 'eth0', address: host.advertise, private: false }],
      sourceTowards: Object.fromEntries(
        topology.hosts.filter((other) => other !== host).map((other) => [other.name, host.advertise]),
      ),
      listeners: [],
      firewall: {
        kind: 'firewalld',
        active: true,
        enabledAtBoot: true,
        zone: 'public',
        runtime: [],
        permanent: [],
      },
      diskFreeBytes: 20e9,
      workdir: { exists: false, files: [] },
    },
  ]);
  return Object.fromEntries(entries);
}

/** The same hosts after the plan's steps went through, as preflight would find them. */
export function appliedFacts(topology: Topology, before: Record<string, ReachableFacts>, plan: Plan): Facts {
  const result: Record<string, ReachableFacts> = {};
  for (const node of desiredNodes(topology)) {
    const old = before[node.host];
    if (old === undefined) continue;
    const steps = plan.steps.filter((step) => step.host === node.host);
    const record = steps.findLast((step) => step.action.kind === 'record')?.action;
    const rules = steps.flatMap((step) => (step.action.kind === 'firewall-open' ? step.action.rules : []));
    const container: ContainerFacts = {
      id: `id-${node.node}`,
      name: node.container.name,
      image: node.container.image,
      imageId: 'sha256:1',
      running: true,
      restarting: false,
      labels: node.container.labels,
      hostname: node.container.hostname,
      command: node.container.command,
      env: [...node.container.env, 'PATH=/bin'],
      networkMode: 'host',
      restart: 'always',
      mounts: node.container.mounts,
    };
    const first = topology.hosts[0];
    result[node.host] = {
      ...old,
      image: { reference: topology.image, present: true },
      containers: [container],
      ...(node.volume === undefined ? {} : { volume: node.volume }),
      firewall: { ...old.firewall, runtime: rules, permanent: rules },
      workdir: {
        exists: true,
        files: node.files.map((file) => ({
          path: file.path,
          mode: file.mode,
          sha256: sha256Hex(file.content),
        })),
        ...(record?.kind === 'record'
          ? { state: { ...record.state, since: 'then', updated: 'then', lastPlan: plan.id } }
          : {}),
      },
      agent: {
        version: '1.20.1',
        nodeName: node.node,
        datacenter: node.datacenter,
        server: node.role === 'server',
        leader: `${first?.advertise ?? ''}:8300`,
        peers: topology.hosts.map((host) => `${host.advertise}:8300`),
      },
    };
  }
  return result;
}
