/** The firewall of a host: opened, turned off, or left alone, as the topology says. */
import { probe, type Task } from './tasks.js';

const UFW_STATUS = probe('Whether ufw is active', ['ufw', 'status'], 'raftyard_ufw_state', {
  environment: { LC_ALL: 'C' },
});
const UFW_ACTIVE = "'Status: active' in raftyard_ufw_state.stdout | default('')";

const dockerChain = (name: string, register: string): Task =>
  probe(name, ['iptables', '-t', 'nat', '-n', '-L', 'DOCKER'], register);

/** firewalld is never reloaded: that flushes the rules that Docker made. */
export const OPEN_FIREWALL: Task = {
  name: 'Open the ports',
  when: "raftyard_firewall == 'open'",
  block: [
    probe('Whether firewalld runs', ['firewall-cmd', '--state'], 'raftyard_firewalld_state'),
    {
      name: 'Rules of firewalld, now and after its next start',
      'ansible.builtin.command': { argv: '{{ item }}' },
      register: 'raftyard_firewalld_listed',
      changed_when: false,
      check_mode: false,
      loop: [
        ['firewall-cmd', '--list-rich-rules'],
        ['firewall-cmd', '--permanent', '--list-rich-rules'],
        ['firewall-cmd', '--list-ports'],
        ['firewall-cmd', '--permanent', '--list-ports'],
      ],
      when: 'raftyard_firewalld_state.rc == 0',
    },
    {
      name: 'Open them in firewalld',
      'ansible.builtin.command': { cmd: '{{ item }}' },
      loop: '{{ raftyard_firewalld_commands }}',
      when: [
        'raftyard_firewalld_state.rc == 0',
        // A rich rule is a line, ports are words of a line.
        '(raftyard_firewalld_rules | difference(raftyard_firewalld_now) + raftyard_firewalld_rules | difference(raftyard_firewalld_later)) | length > 0',
      ],
      vars: {
        raftyard_firewalld_now: listed(0, 2),
        raftyard_firewalld_later: listed(1, 3),
      },
    },
    UFW_STATUS,
    {
      name: 'Open them in ufw',
      'ansible.builtin.command': { cmd: '{{ item }}' },
      register: 'raftyard_ufw_opened',
      environment: { LC_ALL: 'C' },
      changed_when: "'added' in raftyard_ufw_opened.stdout or 'updated' in raftyard_ufw_opened.stdout",
      loop: '{{ raftyard_ufw_commands }}',
      when: UFW_ACTIVE,
    },
  ],
};

/** Lists of two answers as one: rich rules by line, ports by word. */
function listed(rich: number, ports: number): string {
  const out = (index: number): string => `raftyard_firewalld_listed.results[${index}].stdout`;
  return `{{ ${out(rich)}.splitlines() | map('trim') | list + ${out(ports)}.split() }}`;
}

export const DISABLE_FIREWALL: Task = {
  name: 'Turn the firewall off',
  when: "raftyard_firewall == 'disable'",
  block: [
    // Stopping firewalld flushes them (moby #28476), and only a start of Docker makes them again.
    dockerChain('Whether Docker has rules of its own', 'raftyard_chains_before'),
    { name: 'Services', 'ansible.builtin.service_facts': {} },
    {
      name: 'Stop firewalld',
      'ansible.builtin.systemd': { name: 'firewalld.service', state: 'stopped', enabled: false },
      register: 'raftyard_firewalld_stopped',
      when: "ansible_facts.services['firewalld.service'] is defined and ansible_facts.services['firewalld.service'].status not in ['not-found', 'masked']",
    },
    UFW_STATUS,
    {
      name: 'Stop ufw',
      'ansible.builtin.command': { cmd: '{{ item }}' },
      loop: '{{ raftyard_ufw_commands }}',
      when: UFW_ACTIVE,
    },
    dockerChain('Whether they are still there', 'raftyard_chains_after'),
    {
      name: 'Let Docker make its rules again',
      'ansible.builtin.systemd': { name: 'docker.service', state: 'restarted' },
      when: [
        'raftyard_firewalld_stopped is changed',
        'raftyard_chains_before.rc == 0',
        'raftyard_chains_after.rc != 0',
      ],
    },
  ],
};
