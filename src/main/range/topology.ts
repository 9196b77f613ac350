import { Document } from 'yaml';
import { RaftyardError } from '../../shared/errors.js';
import type { ApiExposure, BootstrapStyle, DataMode, FirewallMode } from '../../shared/topology/types.js';
import { identityPath, passwordPath, readState } from './state.js';

export interface RangeTopologyOptions {
  /** Default: the first of the range's images. */
  readonly image?: string;
  readonly bootstrap?: BootstrapStyle;
  readonly api?: ApiExposure;
  readonly firewall?: FirewallMode;
  /** Login user, default root. `pw` logs in and uses sudo with the range's password. */
  readonly user?: 'root' | 'op' | 'nodocker' | 'pw';
  readonly data?: DataMode;
  /** Default three, or fewer where the range has fewer hosts. */
  readonly servers?: number;
  /** On the hosts after the servers; default none. */
  readonly clients?: number;
  /** Default: the range's own, the same as long as its hosts live. */
  readonly id?: string;
}

/**
 * A ready topology document for the hosts of a range: node1 on docker01 as consul01, and so on.
 * @throws RaftyardError usage when the range is not there or has too few hosts
 */
export function rangeTopology(name = 'default', options: RangeTopologyOptions = {}): string {
  const state = readState(name);
  if (state === null || state.hosts.length === 0) {
    throw new RaftyardError('usage', `There is no practice range named ${name}.`, {
      hint: 'Run: raftyard range up',
    });
  }
  const servers = options.servers ?? Math.min(3, state.hosts.length);
  const count = servers + (options.clients ?? 0);
  if (servers < 1 || count > state.hosts.length) {
    throw new RaftyardError('usage', `The range has ${state.hosts.length} hosts, not ${count}.`, {
      hint: `Run: raftyard range up --hosts ${count}`,
    });
  }
  const unready = state.hosts.find((host, index) => index < count && host.hostKey === '');
  if (unready !== undefined) {
    throw new RaftyardError('usage', `${unready.name} of the practice range was never up.`, {
      hint: 'Run: raftyard range up',
      retryable: true,
    });
  }
  const image = options.image ?? state.images[0];
  if (image === undefined) {
    throw new RaftyardError('usage', `The hosts of the range ${name} have no Consul yet.`, {
      hint: 'Run: raftyard range up',
    });
  }
  const hosts = state.hosts.slice(0, count);
  const number = (index: number) => String(index + 1).padStart(2, '0');
  const user = options.user ?? 'root';
  const password = `file:${passwordPath(name)}`;
  const login =
    user === 'pw'
      ? { agent: false, password, sudoPassword: password }
      : { identity: identityPath(name), agent: false };
  const document = new Document({
    raftyard: 1,
    id: options.id ?? state.clusterId,
    name: name === 'default' ? 'practice' : `practice-${name}`,
    image,
    bootstrap: options.bootstrap ?? 'robust',
    api: options.api ?? 'loopback',
    firewall: options.firewall ?? 'open',
    data: options.data ?? 'volume',
    workdir: '/opt/consul',
    raftMultiplier: 1,
    datacenters: [
      {
        name: 'dc1',
        nodes: hosts.map((host, index) => ({
          name: `node${index + 1}`,
          host: host.name,
          role: index < servers ? 'server' : 'client',
          bootstrap: index === 0,
          container: `consul${number(index)}`,
        })),
      },
    ],
    hosts: hosts.map((host) => ({
      name: host.name,
      address: '127.0.0.1',
      advertise: host.address,
      ssh: { user, port: host.sshPort, ...login, hostKeys: [host.hostKey] },
    })),
  });
  document.commentBefore = ` The practice range '${name}' on this computer: throw-away hosts, made by 'raftyard range up'.`;
  return document.toString({ lineWidth: 0 });
}
