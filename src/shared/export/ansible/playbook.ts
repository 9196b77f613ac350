/**
 * The playbook: the same for every topology, since all that differs is in the inventory. Modules of `ansible.builtin`
 * only, as ansible-core has them from 2.14 on; a second run changes nothing.
 *
 * Containers are started by consul-start.sh, which makes what the app makes. Answers of hosts are only looked at
 * inside one expression and never kept as text: what is kept as a variable would be read as a template again.
 */
import { REGISTRY_PASSWORD } from '../../desired/image.js';
import { CLUSTER_LABEL, CONFIG_LABEL } from '../../desired/labels.js';
import { freshTemplateOf, GOSSIP_KEY, placeOf } from '../../desired/secrets.js';
import type { DesiredNode } from '../../desired/types.js';
import { yamlText } from '../yaml.js';
import { DISABLE_FIREWALL, OPEN_FIREWALL } from './firewall.js';
import { look, probe, type Task } from './tasks.js';

const API = 'http://127.0.0.1:8500';

/** Asks the host's own agent; by the host, since the API is on its loopback. */
function ask(name: string, path: string, register: string, more: Task): Task {
  return {
    name,
    'ansible.builtin.uri': { url: `${API}${path}`, use_proxy: false, timeout: 5 },
    register,
    check_mode: false,
    ...more,
  };
}

const waiting = (until: string, seconds: number): Task => ({
  until,
  retries: seconds,
  delay: 1,
  when: 'not ansible_check_mode',
});

const LEADER = '/v1/status/leader';

/** One word of ours for what is on the host; never a text of the host's. */
const STATE = [
  '{%- set found = (raftyard_found.stdout | from_json | first) if raftyard_found.rc == 0 else {} -%}',
  '{%- set labels = (found.Config.Labels or {}) if found else {} -%}',
  '{%- if not found -%}absent',
  `{%- elif labels.get('${CLUSTER_LABEL}') != raftyard_cluster -%}foreign`,
  `{%- elif labels.get('${CONFIG_LABEL}') != raftyard_configuration -%}outdated`,
  '{%- elif not found.State.Running -%}stopped',
  '{%- else -%}good{%- endif -%}',
].join('');

const CHECK: readonly Task[] = [
  look('Docker answers', ['docker', 'version'], 'raftyard_docker', [0]),
  look(
    'Look for a container of that name',
    ['docker', 'container', 'inspect', '{{ raftyard_container }}'],
    'raftyard_found',
    [0, 1],
  ),
  { name: 'Compare it', 'ansible.builtin.set_fact': { raftyard_state: STATE } },
  {
    name: 'Leave containers alone that are not of this cluster',
    'ansible.builtin.fail': {
      msg: 'A container named {{ raftyard_container }} is there already and is not of this cluster. Rename or remove it, or give -e raftyard_replace=true to remove it now.',
    },
    when: ["raftyard_state == 'foreign'", 'not (raftyard_replace | default(false) | bool)'],
  },
];

const FILES: readonly Task[] = [
  {
    name: 'Directories',
    'ansible.builtin.file': { path: '{{ item }}', state: 'directory', mode: '0755' },
    loop: '{{ raftyard_directories }}',
  },
  {
    name: 'Start script and configuration',
    'ansible.builtin.copy': { src: '{{ item.src }}', dest: '{{ item.dest }}', mode: '{{ item.mode }}' },
    loop: '{{ raftyard_files }}',
    loop_control: { label: '{{ item.dest }}' },
    register: 'raftyard_copied',
  },
];

/** Services are read anew without a restart. */
const RELOAD: readonly Task[] = [
  {
    name: 'Let the agent read its services again',
    'ansible.builtin.command': { argv: ['docker', 'exec', '{{ raftyard_container }}', 'consul', 'reload'] },
    when: [
      "raftyard_state == 'good'",
      'raftyard_services is defined',
      "raftyard_copied.results | selectattr('changed') | selectattr('item.dest', 'equalto', raftyard_services) | list | length > 0",
    ],
  },
];

const KEY = "lookup('ansible.builtin.env', 'CONSUL_GOSSIP_KEY')";

const TLS = "lookup('ansible.builtin.env', 'CONSUL_TLS_DIR')";

/** File in a host's folder below `files/`: the secret file with a place for the key. */
export const SECRET_TEMPLATE = 'secret.json.j2';

/** What {@link SECRET_TEMPLATE} of a node holds; undefined where it has no secrets. */
export function secretTemplate({ secret }: DesiredNode): string | undefined {
  return secret === undefined
    ? undefined
    : freshTemplateOf(secret).replace(placeOf(GOSSIP_KEY), () => `{{ ${KEY} }}`);
}

/** The key is written, never shown; a host that has it already needs none. */
const SECRETS: readonly Task[] = [
  {
    name: 'Keys and certificates',
    when: 'raftyard_secret_file is defined',
    block: [
      {
        name: 'Whether the host has the key',
        'ansible.builtin.stat': { path: '{{ raftyard_secret_file }}', get_checksum: false },
        register: 'raftyard_secret_found',
      },
      {
        name: 'It has to be given the first time',
        'ansible.builtin.fail': {
          msg: 'Gossip of this cluster is encrypted, and {{ inventory_hostname }} has no key yet. Set CONSUL_GOSSIP_KEY to the key of the cluster, one that `consul keygen` made.',
        },
        when: ['raftyard_secret_keyed', 'not raftyard_secret_found.stat.exists', `${KEY} | length == 0`],
      },
      {
        name: 'Whether the host has its certificates',
        'ansible.builtin.stat': { path: '{{ raftyard_secret_directory }}/{{ item }}', get_checksum: false },
        loop: '{{ raftyard_secret_certificates }}',
        register: 'raftyard_certificates_found',
      },
      {
        name: 'They have to be given the first time',
        'ansible.builtin.fail': {
          msg: 'The agents of this cluster talk TLS, and {{ inventory_hostname }} has no certificates yet. Set CONSUL_TLS_DIR to the folder that `raftyard secrets certificates` wrote.',
        },
        when: [
          "raftyard_certificates_found.results | rejectattr('stat.exists') | list | length > 0",
          `${TLS} | length == 0`,
        ],
      },
      {
        name: 'Directory that only root may enter',
        'ansible.builtin.file': { path: '{{ raftyard_secret_root }}', state: 'directory', mode: '0700' },
      },
      {
        name: 'Directory that the container mounts',
        'ansible.builtin.file': { path: '{{ raftyard_secret_directory }}', state: 'directory', mode: '0755' },
      },
      {
        name: 'Certificates',
        'ansible.builtin.copy': {
          src: `{{ ${TLS} }}/{{ inventory_hostname }}/{{ item }}`,
          dest: '{{ raftyard_secret_directory }}/{{ item }}',
          mode: '{{ raftyard_secret_mode }}',
        },
        loop: '{{ raftyard_secret_certificates }}',
        no_log: true,
        when: `${TLS} | length > 0`,
      },
      {
        name: 'What the agent is told of them',
        // A template, since a text that looks like JSON would be read and written anew in another form.
        'ansible.builtin.template': {
          src: `files/{{ inventory_hostname }}/${SECRET_TEMPLATE}`,
          dest: '{{ raftyard_secret_file }}',
          mode: '{{ raftyard_secret_mode }}',
        },
        no_log: true,
        // One with tokens holds more than is known here.
        when: [
          `not raftyard_secret_keyed or ${KEY} | length > 0`,
          'not (raftyard_secret_tokens and raftyard_secret_found.stat.exists)',
        ],
      },
    ],
  },
];

/** By the script, which knows where it comes from, and whether what is there is the pinned one. */
const IMAGE: readonly Task[] = [
  {
    name: 'Pull the image where it is missing',
    'ansible.builtin.command': { argv: ['/bin/sh', '{{ raftyard_script }}', '--pull'] },
    environment: { [REGISTRY_PASSWORD]: `{{ lookup('ansible.builtin.env', '${REGISTRY_PASSWORD}') }}` },
    register: 'raftyard_pulled',
    changed_when: "'Pulling ' in raftyard_pulled.stdout",
  },
];

const START = {
  'ansible.builtin.command': {
    argv: "{{ ['/bin/sh', raftyard_script] + (['--replace'] if raftyard_state == 'foreign' else []) }}",
  },
};

/** An agent that is joined before its API answers fails its first attempt, and tries again 30 seconds later. */
const RUN: readonly Task[] = [
  {
    name: 'Start stopped containers',
    'ansible.builtin.command': { argv: ['docker', 'start', '{{ raftyard_container }}'] },
    when: "raftyard_state == 'stopped'",
  },
  {
    name: 'Start the servers that the others join',
    ...START,
    when: ["raftyard_state in ['absent', 'foreign']", 'raftyard_starts_first'],
  },
  ask('Wait until they answer', LEADER, 'raftyard_first', {
    until: 'raftyard_first.status == 200',
    retries: 60,
    delay: 1,
    when: ["raftyard_state != 'good'", 'raftyard_starts_first', 'not ansible_check_mode'],
  }),
  {
    name: 'Start all others, at the same time',
    ...START,
    when: ["raftyard_state in ['absent', 'foreign']", 'not raftyard_starts_first'],
  },
];

const REPLACE: readonly Task[] = [
  {
    name: 'Container that is not as it should be',
    when: "raftyard_state == 'outdated'",
    block: [
      ask('Whether the cluster has a leader', LEADER, 'raftyard_before', { failed_when: false }),
      { name: 'Make it anew', ...START },
      ask('Wait until it sees a leader again', LEADER, 'raftyard_after', {
        ...waiting("raftyard_after.json | default('') | length > 0", 120),
        when: ['not ansible_check_mode', "raftyard_before.json | default('') | length > 0"],
      }),
    ],
  },
];

/** What an agent says that does not get there. In one expression, since it is a text of the host's. */
const LAST_WORDS: readonly Task[] = [
  probe('Its last words', ['docker', 'logs', '--tail', '15', '{{ raftyard_container }}'], 'raftyard_words'),
  {
    name: 'No quorum',
    'ansible.builtin.fail': {
      msg: "{{ raftyard_node }} is not in a quorum of {{ raftyard_servers_expected }} servers. Its last words: {{ (raftyard_words.stdout_lines + raftyard_words.stderr_lines) | join(' / ') }}",
    },
  },
];

const ARRIVE: readonly Task[] = [
  ask('Every agent sees a leader', LEADER, 'raftyard_leader', {
    ...waiting("raftyard_leader.json | default('') | length > 0", 120),
  }),
  ask('All servers are Raft peers', '/v1/status/peers', 'raftyard_peers', {
    ...waiting('raftyard_peers.json | default([]) | length == raftyard_servers_expected', 120),
  }),
  {
    name: 'Leader',
    'ansible.builtin.debug': {
      msg: '{{ raftyard_node }} sees the leader of {{ raftyard_datacenter }} at {{ raftyard_leader.json }}, {{ raftyard_peers.json | length }} servers',
    },
    when: 'not ansible_check_mode',
  },
];

const QUORUM: readonly Task[] = [{ name: 'Quorum', block: ARRIVE, rescue: LAST_WORDS }];

/** On wish only: the engine of every host is restarted for it. */
const NAMES: readonly Task[] = [
  {
    name: 'Names',
    when: ['raftyard_dns_script is defined', 'raftyard_dns | default(false) | bool'],
    block: [
      {
        name: 'Script',
        'ansible.builtin.copy': {
          src: '{{ raftyard_dns_source }}',
          dest: '{{ raftyard_dns_script }}',
          mode: '0755',
        },
      },
      {
        name: 'Let containers ask Consul',
        'ansible.builtin.command': { argv: ['/bin/sh', '{{ raftyard_dns_script }}'] },
        register: 'raftyard_dns_done',
        changed_when: "'changed: ' in raftyard_dns_done.stdout",
      },
      ask('Every agent sees a leader again', LEADER, 'raftyard_dns_leader', {
        ...waiting("raftyard_dns_leader.json | default('') | length > 0", 120),
      }),
    ],
  },
];

const PLAYS = [
  { name: 'Check', hosts: 'raftyard', gather_facts: false, any_errors_fatal: true, tasks: CHECK },
  {
    name: 'Prepare and start',
    hosts: 'raftyard',
    gather_facts: false,
    tasks: [...FILES, ...SECRETS, OPEN_FIREWALL, DISABLE_FIREWALL, ...IMAGE, ...RUN, ...RELOAD],
  },
  {
    name: 'Replace what is outdated, one host at a time',
    hosts: 'raftyard',
    gather_facts: false,
    serial: 1,
    max_fail_percentage: 0,
    tasks: REPLACE,
  },
  { name: 'Wait for the quorum', hosts: 'raftyard', gather_facts: false, tasks: QUORUM },
  {
    name: 'Names, one host at a time',
    hosts: 'raftyard',
    gather_facts: false,
    serial: 1,
    max_fail_percentage: 0,
    tasks: NAMES,
  },
];

/** playbook.yaml */
export function playbook(): string {
  return yamlText(PLAYS, {
    comment: 'Raises the Consul cluster of inventory.yaml. Can be run again. Written by Raftyard.',
    bare: true,
  });
}
