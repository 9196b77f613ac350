/** Hosts without firewalld: iptables and nftables as their owners wrote them, and ufw; each from Debian's own package. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Topology } from '../../src/shared/topology/types.js';
import { install } from './packages.js';
import { afterEarlierSteps } from './steps.js';
import {
  applyTo,
  bareHosts,
  CONSUL,
  changesLeft,
  destroyAll,
  keepVoters,
  planFor,
  RESTART_DOCKER,
  rangeDocument,
  reboot,
  rootScript,
  statusOf,
  until,
} from './support.js';

const RULES_V4 = '/etc/iptables/rules.v4';
const NFTABLES = '/etc/nftables.conf';

/** As people keep it: what is let in by name, the rest refused. */
const IPTABLES_RULES = `*filter
:INPUT DROP [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT
-A INPUT -p tcp -m tcp --dport 9999 -m comment --comment mine -j ACCEPT
-A INPUT -j REJECT --reject-with icmp-port-unreachable
COMMIT
`;
const NFT_RULES = `#!/usr/sbin/nft -f
flush ruleset
table inet filter {
	chain input {
		type filter hook input priority filter; policy drop;
		iif "lo" accept
		ct state established,related accept
		tcp dport 22 accept # mine
	}
	chain forward {
		type filter hook forward priority filter;
	}
}
`;

let topology: Topology;
const host = (index: number): string => topology.hosts[index]?.name ?? '';
const at = (index: number, text: string): Promise<string> => rootScript(topology, host(index), text);

/** Asked of a host by the next one. */
const reach = (index: number, port: number): Promise<string> =>
  at(
    (index + 1) % 3,
    `timeout 2 bash -c 'exec 3<>/dev/tcp/${topology.hosts[index]?.advertise}/${port}' 2>/dev/null && echo open || echo closed`,
  );
const reached = (port: number): Promise<string[]> =>
  Promise.all([0, 1, 2].map((index) => reach(index, port)));

/** Somebody else's container with a published port, asked from another host. */
const hello = async (index: number): Promise<string> => {
  let answer = '';
  await until(`an answer of ${host(index)}`, 20_000, async () => {
    const target = topology.hosts[index]?.advertise;
    answer = await at((index + 1) % 3, `curl -s --max-time 3 http://${target}:8088/ || true`);
    return answer !== '';
  });
  return answer;
};

const file = (path: string, content: string): string => `cat > ${path} <<'EOF'\n${content}EOF\n`;
/** In an encoding of long ago, behind a link as those have it whose rules lie in a repository (not in a home, which Debian’s nftables.service cannot read). */
const ODD = `printf '# T\\374r\\n' >> ${NFTABLES}; mv ${NFTABLES} /srv/rules.nft; ln -s /srv/rules.nft ${NFTABLES}`;
const NO_ODD = `grep -c $(printf 'T\\374r') ${NFTABLES}; readlink ${NFTABLES}; sed -i '/^# T.r$/d' /srv/rules.nft`;

beforeAll(async () => {
  topology = await rangeDocument();
  await bareHosts(topology);
  await Promise.all([0, 1, 2].map((index) => at(index, 'systemctl disable --now firewalld 2>/dev/null')));
  await Promise.all([
    install(topology, host(0), 'netfilter-persistent', 'iptables-persistent'),
    install(topology, host(1), 'nftables'),
    install(topology, host(2), 'ufw', 'ucf'),
  ]);
  await Promise.all([
    at(0, `${file(RULES_V4, IPTABLES_RULES)} systemctl restart netfilter-persistent; ${RESTART_DOCKER}`),
    at(
      1,
      `${file(NFTABLES, NFT_RULES)} ${ODD}; systemctl enable --now nftables 2>/dev/null && { ${RESTART_DOCKER}; }`,
    ),
    at(2, `ufw allow 22/tcp >/dev/null; ufw --force enable >/dev/null; ${RESTART_DOCKER}`),
  ]);
  await Promise.all(
    [0, 1, 2].map((index) =>
      at(
        index,
        `docker run -d --stop-signal SIGKILL --name web --restart always -p 8088:8080 --entrypoint sh ${CONSUL} -c 'while :; do printf "HTTP/1.0 200 OK\\r\\n\\r\\nhello" | nc -l -p 8080; done'`,
      ),
    ),
  );
});
afterAll(async () => {
  await Promise.all([
    at(
      0,
      `iptables -P INPUT ACCEPT; iptables -F INPUT; dpkg --purge iptables-persistent netfilter-persistent >/dev/null 2>&1; rm -rf /etc/iptables`,
    ),
    at(
      1,
      `nft delete table inet filter; dpkg --purge nftables >/dev/null 2>&1; rm -f ${NFTABLES} /srv/rules.nft`,
    ),
    at(2, 'ufw --force disable >/dev/null; dpkg --purge ufw ucf >/dev/null 2>&1; rm -rf /etc/ufw'),
  ]);
  await bareHosts(topology);
  await Promise.all([0, 1, 2].map((index) => at(index, RESTART_DOCKER)));
});

describe('a cluster on hosts with iptables, nftables and ufw', () => {
  beforeEach(afterEarlierSteps);
  it('comes up with only its own ports open, and somebody else’s container is reached all the time', async () => {
    expect(await reached(8301)).toEqual(['closed', 'closed', 'closed']);
    for (const index of [0, 1, 2]) expect(await hello(index)).toBe('hello');
    const { plan, summary } = await applyTo(topology);
    const opening = plan.steps.filter(({ action }) => action.kind === 'firewall-open');
    expect(opening.map(({ title }) => title.split(' ').at(-1))).toEqual(['iptables', 'nftables', 'ufw']);
    expect(opening[0]?.commands.join('\n')).toContain(`# added to ${RULES_V4}:\n#   -A INPUT -s `);
    expect(opening[1]?.commands.join('\n')).toContain(
      `# added to ${NFTABLES}:\n#   insert rule inet filter input`,
    );
    expect(summary.failed).toEqual([]);
    expect((await statusOf(topology)).problems).toEqual([]);
    expect(await reached(8301)).toEqual(['open', 'open', 'open']);
    expect(await reached(8500)).toEqual(['closed', 'closed', 'closed']);
    for (const index of [0, 1, 2]) expect(await hello(index)).toBe('hello');
    expect(await changesLeft(topology)).toBe(0);
  });

  it('is whole again when hosts restart: the distribution loads the rules', async () => {
    await keepVoters(topology, host(0));
    await Promise.all([0, 1].map((index) => reboot(host(index))));
    await until('both in the cluster', 90_000, async () => (await statusOf(topology)).healthy);
    for (const index of [0, 1]) {
      expect(await reach(index, 8301)).toBe('open');
      expect(await hello(index)).toBe('hello');
    }
    expect(await changesLeft(topology)).toBe(0);
  });

  it('puts back a rule that somebody took away, once', async () => {
    const count = `iptables -S INPUT | grep -c raftyard- || true`;
    const before = await at(0, count);
    await at(
      0,
      `iptables -D INPUT "$(iptables -S INPUT | grep -n raftyard- | head -n 1 | cut -d: -f1 | awk '{print $1 - 1}')"`,
    );
    expect(Number(await at(0, count))).toBe(Number(before) - 1);
    const { plan } = await applyTo(topology);
    expect(
      plan.steps.filter(({ action }) => action.kind === 'firewall-open').map((step) => step.host),
    ).toEqual([host(0)]);
    expect(await at(0, count)).toBe(before);
    expect(await at(0, `grep -c raftyard- ${RULES_V4}`)).toBe(before);
  });

  it('goes with exactly its rules: what others wrote meanwhile stays', async () => {
    const added = '-A INPUT -p tcp -m tcp --dport 7777 -m comment --comment added -j ACCEPT';
    await at(0, `iptables -I ${added.slice(3)}; sed -i 's/^COMMIT$/${added}\\nCOMMIT/' ${RULES_V4}`);
    await at(1, `nft insert rule inet filter input tcp dport 7777 accept; echo '# added' >> ${NFTABLES}`);
    expect((await destroyAll(topology)).failed).toEqual([]);
    expect(await reached(8301)).toEqual(['closed', 'closed', 'closed']);
    for (const index of [0, 1, 2]) expect(await hello(index)).toBe('hello');
    expect(`${await at(0, `cat ${RULES_V4}`)}\n`).toBe(IPTABLES_RULES.replace('COMMIT', `${added}\nCOMMIT`));
    expect(await at(0, `stat -c %a ${RULES_V4}; iptables -S INPUT | grep -c 'raftyard-' || true`)).toMatch(
      /^6[04][04]\n0$/,
    );
    expect(await at(0, 'iptables -S INPUT')).toContain(added);
    expect(await at(1, `LC_ALL=C; export LC_ALL; ${NO_ODD}`)).toBe('1\n/srv/rules.nft');
    expect(`${await at(1, `cat ${NFTABLES}`)}\n`).toBe(`${NFT_RULES}# added\n`);
    const chain = await at(1, 'nft list chain inet filter input');
    expect(chain).toContain('tcp dport 7777 accept');
    expect(chain).not.toContain('raftyard-');
    expect(await at(2, 'ufw show added')).not.toContain('raftyard');
    expect(await at(2, 'ufw show added')).toContain('22/tcp');
  });

  it('says what does not outlive a restart, and stops no filter whose end would take Docker’s rules along', async () => {
    await at(0, 'systemctl disable netfilter-persistent 2>/dev/null');
    const plan = await planFor(topology);
    const step = plan.steps.find(({ action, host: on }) => action.kind === 'firewall-open' && on === host(0));
    expect(step?.note).toContain('after a restart of the host, apply again');
    const disabling = await planFor({ ...topology, firewall: 'disable' });
    expect(
      disabling.steps.filter(({ action }) => action.kind === 'firewall-disable').map((entry) => entry.host),
    ).toEqual([host(2)]);
    await at(0, 'systemctl enable netfilter-persistent 2>/dev/null');
  });
});
