/** The four ways from bare hosts to a cluster that are compared. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, Stop } from '../../../scripts/lib/run.mjs';
import { output } from './hosts.mjs';

const raftyard = (argv) => output(process.execPath, [join(root, 'bin', 'raftyard.js'), ...argv]);

/** The tutorial's script for the host at this place, with this host's addresses and image. */
export function seedScript(hosts, index, image) {
  const number = String(index + 1).padStart(2, '0');
  const flags = index === 0 ? '-bootstrap-expect 3' : `-retry-join ${hosts[0].address}`;
  return `docker rm -f consul${number}

docker run -d \\
  --restart always \\
  -h node${index + 1} \\
  --net=host \\
  --name consul${number} ${image} \\
  -server -advertise ${hosts[index].address} ${flags}
`;
}

/** The tutorial's steps by hand: for one host after the other, make the script, then run it. */
export function scripts(hosts, image) {
  return async () => {
    for (const [index, host] of hosts.list.entries())
      await hosts.ssh(
        host,
        'mkdir -p /opt/consul && cd /opt/consul && cat > consul-start.sh && chmod +x consul-start.sh && sh /opt/consul/consul-start.sh',
        { input: seedScript(hosts.list, index, image) },
      );
  };
}

const PLAYBOOK = `- hosts: consul
  tasks:
    - name: Working directory
      ansible.builtin.file:
        path: /opt/consul
        state: directory
        mode: "0755"
    - name: Start script
      ansible.builtin.copy:
        src: "{{ inventory_hostname }}.sh"
        dest: /opt/consul/consul-start.sh
        mode: "0755"
    - name: Start Consul
      ansible.builtin.command: sh /opt/consul/consul-start.sh
`;

/** A playbook with the tutorial's steps, pipelining on, all hosts at a time. */
export function ansible(hosts, image, folder) {
  const place = join(folder, 'ansible');
  mkdirSync(place);
  const common = hosts.options().filter((option) => option !== '-q');
  writeFileSync(join(place, 'site.yml'), PLAYBOOK);
  writeFileSync(
    join(place, 'ansible.cfg'),
    `[defaults]\nforks = 10\nretry_files_enabled = False\n[ssh_connection]\npipelining = True\nssh_args = -o ControlMaster=auto -o ControlPersist=60s ${common.join(' ')}\n`,
  );
  const lines = hosts.list.map(
    (host) => `${host.name} ansible_host=127.0.0.1 ansible_port=${host.sshPort} ansible_user=root`,
  );
  writeFileSync(
    join(place, 'hosts.ini'),
    `[consul]\n${lines.join('\n')}\n[consul:vars]\nansible_python_interpreter=/usr/bin/python3\n`,
  );
  for (const [index, host] of hosts.list.entries())
    writeFileSync(join(place, `${host.name}.sh`), seedScript(hosts.list, index, image));
  const env = ansibleIn(place);
  return () => output('ansible-playbook', ['-i', join(place, 'hosts.ini'), join(place, 'site.yml')], { env });
}

/** The environment of Ansible with what it needs, and all that it keeps, in one folder. */
export const ansibleIn = (place) => ({
  ...process.env,
  LC_ALL: 'C.UTF-8',
  ANSIBLE_CONFIG: join(place, 'ansible.cfg'),
  ANSIBLE_HOME: join(place, 'home'),
  ANSIBLE_NOCOLOR: '1',
});

/**
 * The floor: the very containers that Raftyard makes, by `docker run` on all hosts at once; what they mount is there
 * before the clock starts. `shared`: over connections that are open already, else each logs in first.
 */
export async function floor(hosts, document, { shared = true } = {}) {
  const { plan } = JSON.parse(await raftyard(['plan', document, '--json']));
  const runs = new Map();
  const files = [];
  for (const { host, action, commands } of plan.steps) {
    if (action.kind === 'container-run') runs.set(host, commands[0]);
    if (action.kind === 'file' && action.path.includes('/config/')) files.push({ host, ...action });
  }
  if (runs.size !== hosts.list.length) throw new Stop('The plan does not start a container on every host.');
  const byName = new Map(hosts.list.map((host) => [host.name, host]));
  return {
    prepare: () =>
      Promise.all(
        files.map(({ host, path, content }) =>
          hosts.ssh(byName.get(host), `mkdir -p "$(dirname '${path}')" && cat > '${path}'`, {
            input: content,
            shared: true,
          }),
        ),
      ),
    run: () =>
      Promise.all([...runs].map(([host, command]) => hosts.ssh(byName.get(host), command, { shared }))),
  };
}

/** `raftyard apply`; gives the quorum time of its own summary, in milliseconds. */
export function apply(document) {
  return async () => {
    const lines = (await raftyard(['apply', document, '--yes', '--json'])).trim().split('\n');
    const { summary } = JSON.parse(lines.at(-1));
    return Object.values(summary.quorumMs)[0];
  };
}
