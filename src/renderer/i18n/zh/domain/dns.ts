/** DNS for containers and hosts. */
import type { Sentences } from './types.js';

export const dns: Sentences = [
  // Preflight and issues
  [
    'Consul answers DNS on {}:{}; other names are asked of {}',
    'Consul 在 {0}:{1} 应答 DNS；其他名称转给 {2}',
  ],
  [
    "Consul's DNS has to listen on port {}, and {} has {}:{}/{}",
    'Consul 的 DNS 需要监听端口 {0}，而 {1} 已占用 {2}:{3}/{4}',
  ],
  [
    'Give dnsmasq `bind-interfaces` and `except-interface={}` and restart it, or stop it.',
    '请为 dnsmasq 设置 `bind-interfaces` 和 `except-interface={0}` 并重启它，或停止它。',
  ],
  [
    'List the addresses of unbound with `interface:`, without that of {}, and restart it, or stop it.',
    '请用 `interface:` 列出 unbound 监听的地址（不含 {0} 的地址）并重启它，或停止它。',
  ],
  [
    'Set `listen-on` of named to addresses without that of {}, and restart it, or stop it.',
    '请将 named 的 `listen-on` 设为不含 {0} 地址的列表并重启它，或停止它。',
  ],
  [
    'Take DNSStubListenerExtra for this address out of resolved.conf, and restart systemd-resolved.',
    '请从 resolved.conf 中去掉针对该地址的 DNSStubListenerExtra，并重启 systemd-resolved。',
  ],
  [
    'Let {} leave that address alone, or turn dns off in the document.',
    '请让 {0} 不再占用该地址，或在文档中关闭 dns。',
  ],
  [
    'Docker comes from snap here: it is configured and restarted by snap, not by daemon.json in /etc',
    '这里的 Docker 来自 snap：由 snap 配置和重启，而不是 /etc 中的 daemon.json',
  ],
  ['without systemd the engine cannot be restarted in a known way', '没有 systemd，无法以已知的方式重启引擎'],
  [
    'Use the distribution’s or Docker’s own package, or turn dns.containers off.',
    '请使用发行版或 Docker 官方的软件包，或关闭 dns.containers。',
  ],
  [
    'the engine has no default bridge with an IPv4 address, on which containers could ask Consul',
    '引擎没有带 IPv4 地址的默认网桥，容器无法通过它询问 Consul',
  ],
  [
    'Take `"bridge": "none"` out of daemon.json, or turn dns.containers off.',
    '请从 daemon.json 中去掉 `"bridge": "none"`，或关闭 dns.containers。',
  ],
  ['{} cannot be changed: {}', '无法更改 {0}：{1}'],
  ['it is not valid JSON', '不是有效的 JSON'],
  ['it is not valid JSON (line {})', '不是有效的 JSON（第 {0} 行）'],
  ['it holds no JSON object', '内容不是 JSON 对象'],
  ['it is larger than 256 KiB', '文件超过 256 KiB'],
  ['it is not in UTF-8', '文件不是 UTF-8 编码'],
  ['it cannot be read', '无法读取'],
  [
    'DOCKER_OPTS in it holds quotes or other signs of a shell',
    '其中的 DOCKER_OPTS 含有引号或其他 shell 符号',
  ],
  ['dns or dns-search in it is no list of texts', '其中的 dns 或 dns-search 不是文本列表'],
  [
    'Correct the file by hand, then plan again; nothing was changed.',
    '请手工修正该文件，然后重新计划；没有任何改动。',
  ],
  [
    'the engine is started with --dns or --dns-search by its service, and refuses to start with the same in daemon.json',
    '引擎的服务已带 --dns 或 --dns-search 启动，若 daemon.json 中再有同样的设置，引擎会拒绝启动',
  ],
  [
    'Move these options from the service to daemon.json and restart the engine, then plan again.',
    '请将这些选项从服务移到 daemon.json 并重启引擎，然后重新计划。',
  ],
  [
    'systemd-resolved does not run here, and nothing else is told by domain whom to ask',
    '这里没有运行 systemd-resolved，没有其他程序能按域名决定向谁询问',
  ],
  ['Install and start systemd-resolved, {}', '请安装并启动 systemd-resolved，{0}'],
  ['or turn dns.hosts off.', '或关闭 dns.hosts。'],
  [
    'programs on this host do not ask systemd-resolved: /etc/resolv.conf names other servers',
    '本机程序不使用 systemd-resolved：/etc/resolv.conf 指向其他服务器',
  ],
  [
    'Link /etc/resolv.conf to /run/systemd/resolve/stub-resolv.conf, {}',
    '请将 /etc/resolv.conf 链接到 /run/systemd/resolve/stub-resolv.conf，{0}',
  ],
  [
    'systemd-resolved asks {} for every name, and would ask them for .consul too',
    'systemd-resolved 对所有名称都询问 {0}，也会向它们询问 .consul',
  ],
  [
    'Set these servers on the link (netplan, NetworkManager, systemd-networkd) and not in resolved.conf, {}',
    '请在网络连接上（netplan、NetworkManager、systemd-networkd）而不是 resolved.conf 中设置这些服务器，{0}',
  ],
  [
    'systemd {} asks DNS servers on port 53 only, and Consul answers on port {}',
    'systemd {0} 只询问 53 端口的 DNS 服务器，而 Consul 在端口 {1} 应答',
  ],
  [
    'Turn dns.containers on, with which Consul answers on port 53, {}',
    '请打开 dns.containers（此时 Consul 在 53 端口应答），{0}',
  ],
  ['how this host resolves names was not looked at', '尚未检查本机如何解析名称'],
  ['Check the hosts again.', '请重新检查主机。'],
  [
    '{} runs in an adopted container, which stays as it is and cannot be told where to answer DNS',
    '{0} 运行在接管的容器中，容器保持原样，无法指定它在何处应答 DNS',
  ],
  [
    'Turn dns off, or remove the container and let Raftyard make its own.',
    '请关闭 dns，或删除该容器，由 Raftyard 自行创建。',
  ],
  [
    'this host names no DNS server that others could ask for all other names: only loopback, or none',
    '本机没有可供他人询问其他名称的 DNS 服务器：只有回环地址，或根本没有',
  ],
  ['Name the servers in dns.upstream.', '请在 dns.upstream 中写明服务器。'],
  [
    'The Docker Engine is restarted; live-restore keeps all containers running.',
    'Docker 引擎会重启；live-restore 使所有容器保持运行。',
  ],
  ['The Docker Engine is restarted, and with it {}.', 'Docker 引擎会重启，以下容器随之重启：{0}。'],
  [
    'The Docker Engine is restarted, and with it {}; {} would stay stopped by the restart policy and is started again.',
    'Docker 引擎会重启，以下容器随之重启：{0}；{1} 按其重启策略不会自动启动，会由本程序重新启动。',
  ],
  [
    'This host asks {} now, and its containers and Consul still ask {} for other names',
    '本机现在询问 {0}，而它的容器和 Consul 仍向 {1} 询问其他名称',
  ],
  [
    'Containers get their resolver when they are started: those that run on ask Consul from their next start.',
    '容器在启动时获得解析器：继续运行的容器从下次启动起才会询问 Consul。',
  ],
  // Steps
  ['port 53 is closed to containers', '53 端口对容器关闭'],
  ['no resolvers of its own: containers get those of the host', '没有自己的解析器：容器使用主机的解析器'],
  ['dns {}; search {}', 'dns {0}；search {1}'],
  ['destroy puts back what was there', '销毁时恢复原有内容'],
  ['as before Raftyard; what others wrote meanwhile stays', '恢复到 Raftyard 之前；他人期间写入的内容保留'],
  ['systemd-resolved asks Consul for .consul', 'systemd-resolved 向 Consul 询问 .consul'],
  ['{} is gone', '{0} 已删除'],
  ['systemd-resolved asks others for every name', 'systemd-resolved 对所有名称都询问其他服务器'],
  ['nobody asks it yet', '还没有人询问它'],
  ['{}:{} answers for {}', '{0}:{1} 能应答 {2}'],
  // While applying
  [
    'the engine did not come back with the changed {}, and was started with the former one: {}',
    '引擎在 {0} 更改后未能启动，已用原来的文件启动：{1}',
  ],
  [
    'the engine did not come back with the changed {}, nor with the former one, which is in its place: {}',
    '引擎在 {0} 更改后未能启动，换回原来的文件后也未能启动：{1}',
  ],
  ['{} was changed by someone since the plan was made', '制定计划之后，{0} 被他人更改'],
  ['Plan again.', '请重新计划。'],
  ['the engine would refuse the changed {}: {}', '引擎会拒绝更改后的 {0}：{1}'],
  [
    'systemd-resolved does not find consul.service.consul, and was set back',
    'systemd-resolved 找不到 consul.service.consul，已恢复原状',
  ],
  [
    'See `resolvectl status` and `resolvectl query consul.service.consul`.',
    '请查看 `resolvectl status` 和 `resolvectl query consul.service.consul`。',
  ],
  ["Consul's DNS on {}:{} does not answer for {}: {}", 'Consul 在 {0}:{1} 的 DNS 未能应答 {2}：{3}'],
  [
    'Look at the log of the agent: it says whether it could listen there. The engine was left as it is.',
    '请查看 agent 的日志：其中会说明能否在该地址监听。引擎未作改动。',
  ],
];
