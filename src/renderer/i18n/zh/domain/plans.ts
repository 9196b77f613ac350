/** Checks of hosts, and plans. */
import type { Sentences } from './types.js';

export const plans: Sentences = [
  // Preflight
  ['{} ({}) as {}, {} ms', '{0}（{1}），用户 {2}，{3} ms'],
  [
    '{}, SELinux enforcing: mounts are relabelled for containers (:Z)',
    '{0}，SELinux 强制模式：挂载会为容器重新打标签（:Z）',
  ],
  ['{}, SELinux {}', '{0}，SELinux {1}'],
  ['no systemd', '没有 systemd'],
  ['enforcing', '强制模式'],
  ['permissive', '宽容模式'],
  ['disabled', '未启用'],
  ["Its clock is {} behind this computer's", '主机时钟比本机慢 {0}'],
  ["Its clock is {} ahead of this computer's", '主机时钟比本机快 {0}'],
  [
    'Turn on time synchronisation (chrony, systemd-timesyncd).',
    '请开启时间同步（chrony、systemd-timesyncd）。',
  ],
  ["Clock within {} of this computer's", '时钟与本机相差不超过 {0}'],
  ['{} can neither act as root nor use sudo', '{0} 既不是 root，也不能使用 sudo'],
  [
    'Give the user sudo, or log in as root: the working directory and the firewall need it.',
    '请给该用户 sudo 权限，或以 root 登录：工作目录和防火墙需要它。',
  ],
  [
    '{} may use Docker, and can neither act as root nor use sudo',
    '{0} 可以使用 Docker，但既不是 root，也不能使用 sudo',
  ],
  [
    'That is enough to look, to watch and to start and stop nodes. Steps that are marked as root need more: give the user sudo, or log in as root.',
    '这足以检查、查看状态以及启动和停止节点。标有 root 的步骤需要更多权限：请给该用户 sudo 权限，或以 root 登录。',
  ],
  ['logged in as root', '以 root 登录'],
  ['sudo without password', '免密码 sudo'],
  ['sudo with password', '需要密码的 sudo'],
  ['Docker cannot be used', '无法使用 Docker'],
  ['See `docker info` on the host.', '请在主机上查看 `docker info`。'],
  ["`docker` is podman's shim here", '这里的 `docker` 是 podman 的替身'],
  [
    "`docker` is podman's shim here ({}), and no Docker Engine answers",
    '这里的 `docker` 是 podman 的替身（{0}），没有 Docker Engine 响应',
  ],
  [
    'Install Docker Engine (packages docker.io or docker-ce) in place of podman-docker.',
    '请安装 Docker Engine（docker.io 或 docker-ce 软件包）以取代 podman-docker。',
  ],
  ['Install Docker Engine, or choose another host.', '请安装 Docker Engine，或选择其他主机。'],
  [
    'Docker runs rootless here: the host network of its containers is not the host’s own',
    '这里的 Docker 以 rootless 方式运行：容器的 host 网络并不是主机自己的网络',
  ],
  ['Use a system-wide Docker Engine.', '请使用系统级的 Docker Engine。'],
  ['{}, from snap: it sees only parts of the file system', '{0}，来自 snap：只能看到部分文件系统'],
  [
    'Prefer the distribution’s or Docker’s own package; a working directory outside /home may not be visible.',
    '建议使用发行版或 Docker 官方的软件包；/home 之外的工作目录可能不可见。',
  ],
  [
    'Docker maps users (userns-remap): a container on the host network cannot start unless it opts out',
    'Docker 启用了用户映射（userns-remap）：使用 host 网络的容器无法启动',
  ],
  [
    'Turn userns-remap off in /etc/docker/daemon.json, or choose another host.',
    '请在 /etc/docker/daemon.json 中关闭 userns-remap，或选择其他主机。',
  ],
  ['Docker does not start at boot', 'Docker 不会随系统启动'],
  ['Cannot tell whether Docker starts at boot', '无法判断 Docker 是否随系统启动'],
  ['Docker starts at boot', 'Docker 随系统启动'],
  ['{} is there (Consul {})', '{0} 已就绪（Consul {1}）'],
  ['{} is there', '{0} 已就绪'],
  [
    'Docker {} can no longer pull {} (image manifest schema 1)',
    'Docker {0} 已无法拉取 {1}（镜像清单为 schema 1）',
  ],
  [
    'Use a current image such as hashicorp/consul, or load a saved image with --image-archive.',
    '请使用较新的镜像，例如 hashicorp/consul，或载入已保存的镜像文件（--image-archive）。',
  ],
  ['{} is not there, and this host cannot pull it: {}', '{0} 不在主机上，且主机无法拉取：{1}'],
  ['the registry refused', '镜像仓库拒绝了请求'],
  [
    'Check the name and the host’s way to the registry, or load a saved image with --image-archive.',
    '请检查镜像名称和主机到镜像仓库的网络，或载入已保存的镜像文件（--image-archive）。',
  ],
  ['{} is not there and will be pulled', '{0} 不在主机上，将会拉取'],
  ['{} is not there and will be pulled from {}', '{0} 不在主机上，将会从 {1} 拉取'],
  ['{} is there and is the pinned image{}', '{0} 已就绪，且就是固定的镜像{1}'],
  [
    '{} is there, and is not shown to be the pinned image; it will be had anew',
    '{0} 已在主机上，但无法证明是固定的镜像，将重新获取',
  ],
  ['the image is pinned, and {}', '镜像已固定摘要，而{0}'],
  ['{} cannot be read here as an archive of `docker save`', '{0} 无法作为 `docker save` 的文件读取'],
  ['{} holds no image of that name', '{0} 中没有该名称的镜像'],
  [
    'nothing shows that {} holds it: neither the archive itself, nor the Docker of this computer',
    '无法证明 {0} 中就是该镜像：文件本身和本机的 Docker 都不能证明',
  ],
  [
    'Make the archive with `raftyard fetch-image` and use it on the same computer, let the hosts pull, or take the digest out of the document.',
    '请在同一台电脑上用 `raftyard fetch-image` 生成文件，或让主机自行拉取，或从文档中去掉摘要。',
  ],
  ['{} is taken by {}', '{0} 已被 {1} 占用'],
  ['{} are taken by {}', '{0} 已被 {1} 占用'],
  ['another program', '其他程序'],
  [
    'Stop it, adopt it if it is a Consul container, or choose another host.',
    '请停止它；若是 Consul 容器也可接管它；或选择其他主机。',
  ],
  ["Consul's ports are free", 'Consul 的端口空闲'],
  ["Consul's ports are our container's", 'Consul 的端口由本集群的容器使用'],
  [
    '{}: the engine could not ask the registry for {}, and the pull may fail: {}',
    '{0}：引擎无法向镜像仓库查询 {1}，拉取可能失败：{2}',
  ],
  [
    'Pull it once on this computer and send it through SSH, or load a saved image with --image-archive.',
    '请在本机拉取一次并经 SSH 传送，或用 --image-archive 加载保存的镜像。',
  ],
  ['No firewall on the host', '主机上没有防火墙'],
  ['{} is installed and not running', '{0} 已安装但未运行'],
  ['{} runs and is left alone', '{0} 正在运行，不作改动'],
  [
    'Open 8300/tcp, 8301/tcp and 8301/udp between the hosts yourself.',
    '请自行在主机之间开放 8300/tcp、8301/tcp 和 8301/udp。',
  ],
  ['{} runs: only the needed ports are opened', '{0} 正在运行：只开放所需的端口'],
  ['{} runs (zone {}): only the needed ports are opened', '{0} 正在运行（区域 {1}）：只开放所需的端口'],
  ['{} runs: it will be stopped and disabled', '{0} 正在运行：将被停止并禁用'],
  ['{} runs (zone {}): it will be stopped and disabled', '{0} 正在运行（区域 {1}）：将被停止并禁用'],
  [
    "Stopping {} flushes Docker's rules, which {} need; they are put back",
    '停止 {0} 会清除 {1} 所需的 Docker 规则；之后会恢复',
  ],
  [
    "{} rules filter incoming traffic; stopping them would take Docker's rules along, so they stay",
    '{0} 规则过滤传入流量；停止它们会连同 Docker 的规则一起清除，因此保持不变',
  ],
  [
    'Choose the firewall mode `open`, or open the ports yourself.',
    '请选择防火墙模式 `open`，或自行开放端口。',
  ],
  [
    '{} rules filter incoming traffic, and nothing loads them at boot: only the needed ports are opened, until the next start',
    '{0} 规则过滤传入流量，但开机时没有任何服务加载它们：只开放所需端口，到下次启动为止',
  ],
  [
    'The packages iptables-persistent (Debian) or iptables-services (Red Hat) keep rules over a restart.',
    '软件包 iptables-persistent（Debian）或 iptables-services（Red Hat）可以让规则在重启后保留。',
  ],
  [
    'Enable nftables.service, which loads /etc/nftables.conf or /etc/sysconfig/nftables.conf.',
    '请启用 nftables.service，它会加载 /etc/nftables.conf 或 /etc/sysconfig/nftables.conf。',
  ],
  [
    '{} rules filter incoming traffic ({}): only the needed ports are opened',
    '{0} 规则过滤传入流量（{1}）：只开放所需端口',
  ],
  [
    'Nothing loads rules at boot here: after a restart of the host, apply again.',
    '这台主机开机时不会加载规则：主机重启后请再次执行 apply。',
  ],
  [
    'The advertise address {} is on none of its interfaces (NAT?)',
    '通告地址 {0} 不在主机的任何网络接口上（NAT？）',
  ],
  [
    'Set `advertise` to an address that the other hosts reach: {}.',
    '请将 `advertise` 设为其他主机能到达的地址：{0}。',
  ],
  ['Several private addresses ({}); {} is advertised', '有多个内网地址（{0}）；通告的是 {1}'],
  ['Set `advertise` if the cluster should use another one.', '若集群应使用其他地址，请设置 `advertise`。'],
  ['Advertises {}', '通告 {0}'],
  [
    'Reaches {} from {}, not from {}: firewall rules let both in',
    '到 {0} 时使用 {1} 而不是 {2}：防火墙规则对两者都放行',
  ],
  ['Only {} GiB free where Docker keeps its data', 'Docker 数据所在分区仅剩 {0} GiB'],
  ['Free some space: Raft logs and snapshots grow.', '请腾出空间：Raft 日志和快照会增长。'],
  ['{} GiB free', '可用 {0} GiB'],
  ['{} is not a directory', '{0} 不是目录'],
  ['Move it away, or choose another working directory.', '请将其移走，或选择其他工作目录。'],
  [
    'Move it away, or choose another working directory in the topology.',
    '请将其移走，或在拓扑中选择其他工作目录。',
  ],
  ['{} belongs to the Raftyard cluster {}', '{0} 属于 Raftyard 集群 {1}'],
  ['{} on this host belongs to the Raftyard cluster {}', '这台主机上的 {0} 属于 Raftyard 集群 {1}'],
  ['Use another working directory, or destroy that cluster first.', '请使用其他工作目录，或先销毁那个集群。'],
  ["{} is this cluster's since {}", '{0} 自 {1} 起属于本集群'],
  ['Not made by Raftyard: {}', '不是由 Raftyard 创建：{0}'],
  ['{} will be made', '将创建 {0}'],
  ['{} exists', '{0} 已存在'],
  ['{} is ours and running', '{0} 属于本集群，正在运行'],
  ['{} is ours and stopped', '{0} 属于本集群，已停止'],
  ['{} is ours and restarting again and again', '{0} 属于本集群，正在反复重启'],
  [
    'A container named {} ({}, {}) is there already, and this cluster did not make it',
    '已有名为 {0} 的容器（{1}，{2}），不是由本集群创建',
  ],
  [
    'A container named {} ({}) is there already, and Raftyard did not make it',
    '已有名为 {0} 的容器（{1}），不是由 Raftyard 创建',
  ],
  [
    'Adopt it (--adopt), give the node another container name, or remove it yourself.',
    '请接管它（--adopt）、给节点换一个容器名，或自行删除它。',
  ],
  ['Another Consul container: {} ({}, {})', '另一个 Consul 容器：{0}（{1}，{2}）'],
  ['A volume named {} does not belong to this cluster', '名为 {0} 的数据卷不属于本集群'],
  [
    'A volume named {} is there already, and does not belong to this cluster',
    '已有名为 {0} 的数据卷，不属于本集群',
  ],
  ['Rename or remove it yourself.', '请自行改名或删除。'],
  ['The data volume {} is there: its data is kept', '数据卷 {0} 已存在：其中的数据会保留'],
  // Plan
  [
    'While this runs, {} on each host that changes keeps others from changing it; it is removed at the end.',
    '执行期间，每台有变更的主机上都有 {0}，防止他人同时修改；结束后会删除。',
  ],
  ['Probably the container {}: stop it or adopt it.', '很可能是容器 {0}：请停止或接管它。'],
  ['Stop {}, or choose another host.', '请停止 {0}，或选择其他主机。'],
  ['Port {}/{} is taken by {}', '端口 {0}/{1} 已被 {2} 占用'],
  ['{} is there already, and Raftyard did not make it', '{0} 已存在，不是由 Raftyard 创建'],
  [
    '{} was edited by hand since Raftyard wrote it; the edit would be lost',
    'Raftyard 写入 {0} 之后有人手工修改过；修改会丢失',
  ],
  ['{} was edited by hand since Raftyard wrote it; it stays', 'Raftyard 写入 {0} 之后有人手工修改过；会保留'],
  ['{} → {} is refused: {}', '拒绝 {0} → {1}：{2}'],
  [
    'Go through the versions in between, or raise a new cluster and move the data (export and import).',
    '请逐个经过中间版本，或搭建新集群并迁移数据（导出再导入）。',
  ],
  [
    'the data of {} lies elsewhere and in another form than {} expects',
    '{0} 的数据位置和格式都与 {1} 所需的不同',
  ],
  [
    'Port {} is open to everyone who can reach the hosts; without ACLs they control the cluster.',
    '任何能到达主机的人都能访问 {0} 端口；没有 ACL 时他们能控制集群。',
  ],
  [
    'Port {} is open to everyone who can reach the hosts; what they may do, their tokens say.',
    '任何能到达主机的人都能访问 {0} 端口；能做什么由他们的令牌决定。',
  ],
  [
    'Port {} is open to everyone who can reach the hosts; without TLS tokens cross the network readable.',
    '任何能到达主机的人都能访问 {0} 端口；没有 TLS 时令牌在网络上可被读取。',
  ],
  [
    'The firewall of every host is stopped and disabled; no port is protected afterwards.',
    '每台主机的防火墙都会停止并禁用；之后没有任何端口受保护。',
  ],
  [
    'The Raft state lies on an anonymous volume and is lost when a container is re-created.',
    'Raft 状态放在匿名卷上，重新创建容器时会丢失。',
  ],
  [
    "what the agent of {} says cannot be read: Consul's answer to {} has an unexpected form: {}",
    '无法读取 {0} 的 agent 的回答：Consul 对 {1} 的回答格式不符：{2}',
  ],
  [
    "what the agent of {} says cannot be read: Consul's answer to {} is not JSON",
    '无法读取 {0} 的 agent 的回答：Consul 对 {1} 的回答不是 JSON',
  ],
  ['what the agent of {} says cannot be read: {}', '无法读取 {0} 的 agent 的回答：{1}'],
  [
    '{} was not restarted since its file was written: the round that was cut short is gone through again',
    '{0} 自其文件写入后没有重启：被中断的那一轮将重新进行',
  ],
  ['{} cannot be reached: {}; nothing is done there', '无法到达 {0}：{1}；那里不会有任何改动'],
  ['{} cannot be reached: {}; what is there stays', '无法到达 {0}：{1}；那里的东西会保留'],
  ['Run destroy again when the host is back.', '主机恢复后请再次执行销毁。'],
  ['no facts', '没有信息'],
  [
    'no server of {} answers: whether it has a leader is not known',
    '{0} 没有 server 响应：是否有 leader 不得而知',
  ],
  ['{} and {} do not reach each other over WAN gossip', '{0} 与 {1} 之间的 WAN gossip 已中断'],
  [
    'A re-creation that was cut short left it; its successor is there.',
    '中断的重建留下了它；替代它的容器已经存在。',
  ],
  [
    '{} belongs to this cluster but to no node of the document; destroy removes it',
    '{0} 属于本集群，但不属于文档中的任何节点；销毁时会删除',
  ],
  [
    '{}: the bootstrap flags differ from the document; they take effect when the container is next re-created, and do not matter until then',
    '{0}：引导参数与文档不同；下次重新创建容器时生效，在那之前没有影响',
  ],
  [
    '{} is re-created on an anonymous volume: its Raft state is lost and it comes back under a new node ID',
    '{0} 使用匿名卷重新创建：Raft 状态会丢失，并以新的节点 ID 回来',
  ],
  ['unknown to Raftyard', 'Raftyard 尚不知道'],
  [
    'recorded as part of this cluster; container and volume stay as they are',
    '记录为本集群的一部分；容器和数据卷保持原样',
  ],
  ['destroy leaves an adopted container alone', '销毁时不会动被接管的容器'],
  ['no container', '没有容器'],
  ['{} running {}', '{0} 运行 {1}'],
  ['destroy removes it', '销毁时会删除'],
  ['stopped', '已停止'],
  ['running', '运行中'],
  ['{} ({})', '{0}（{1}）'],
  [
    'One agent at a time: servers first, the leader last, then clients. A server is stopped only while the others hold quorum without it, healthy and caught up, and the next waits until it is back.',
    '逐个处理：先 server（leader 最后），再 client。只有其余 server 在没有它时仍满足法定人数、健康且日志已追上，才会停止一个 server；等它恢复后才处理下一个。',
  ],
  ['asked of Consul itself', '由 Consul 自己回答'],
  [
    '{} server agrees on one leader, all voters, all members alive',
    '{0} 个 server 认可同一个 leader，全部是投票者，所有成员存活',
  ],
  [
    '{} servers agree on one leader, all voters, all members alive',
    '{0} 个 server 认可同一个 leader，全部是投票者，所有成员存活',
  ],
  [
    '{} has one server: while {} is away, nothing can be written there',
    '{0} 只有一个 server：{1} 停止期间，该数据中心无法写入',
  ],
  [
    '{} has two servers: while {} is away, nothing can be written there',
    '{0} 只有两个 server：{1} 停止期间，该数据中心无法写入',
  ],
  ['each agent alone', '各 agent 彼此独立'],
  ['one LAN gossip pool: {}', '同一个 LAN gossip 池：{0}'],
  [
    '-retry-join does the same a little later; this saves its first interval.',
    '-retry-join 稍后也会这样做；这里省去它的第一个间隔。',
  ],
  ['each datacenter alone', '各数据中心彼此独立'],
  ['one WAN gossip pool: {}', '同一个 WAN gossip 池：{0}'],
  [
    '-retry-join-wan does the same a little later; this saves its first interval.',
    '-retry-join-wan 稍后也会这样做；这里省去它的第一个间隔。',
  ],
  ['the datacenters do not see each other: {}', '数据中心之间互相看不到：{0}'],
  ['{} not alive in the WAN pool', '{0} 在 WAN 池中不是存活状态'],
  [
    'Open 8302/tcp and 8302/udp, and 8300/tcp, between the servers of the datacenters.',
    '请在各数据中心的 server 之间开放 8302/tcp、8302/udp 和 8300/tcp。',
  ],
  ['untested', '未测试'],
  ['8300/tcp, 8301/tcp and 8301/udp answer', '8300/tcp、8301/tcp 和 8301/udp 都有响应'],
  ['absent', '不存在'],
  ['The data volume {} stays', '数据卷 {0} 会保留'],
  ['holds the Raft state, the KV store and the catalog', '存有 Raft 状态、KV 和目录'],
  ['gone for good', '永久删除'],
  ['as before Raftyard', '恢复到使用 Raftyard 之前'],
  [
    '{} was changed by someone since Raftyard stopped it; it is left as it is',
    'Raftyard 停止 {0} 之后有人改动过它；保持现状',
  ],
  ['stopped and disabled by Raftyard', '由 Raftyard 停止并禁用'],
  ['running, starts at boot, as before', '运行中，随系统启动，与之前相同'],
  ['running, does not start at boot, as before', '运行中，不随系统启动，与之前相同'],
  ['stopped, starts at boot, as before', '已停止，随系统启动，与之前相同'],
  ['stopped, does not start at boot, as before', '已停止，不随系统启动，与之前相同'],
  ["starting firewalld can flush Docker's chains", '启动 firewalld 可能清除 Docker 的规则链'],
  [
    "starting or stopping firewalld can flush Docker's chains",
    '启动或停止 firewalld 可能清除 Docker 的规则链',
  ],
  ['no container publishes ports here', '这里没有容器发布端口'],
  ['published ports work again for {}', '{0} 发布的端口恢复可用'],
  ['a directory of ours', '我们的目录'],
  ['a file of ours', '我们的文件'],
  ['absent, where nothing else is in it', '为空时删除'],
  ['nothing recorded', '尚无记录'],
  ['recorded earlier', '先前已有记录'],
  ['{} says what was there before and what Raftyard makes', '{0} 记录之前的状态和 Raftyard 创建的内容'],
  ['{} stopped by an earlier apply', '{0} 被先前的应用停止'],
  ['{} running and started at boot', '{0} 运行中，随系统启动'],
  ['the ports are closed', '端口未开放'],
  ['destroy removes exactly these rules', '销毁时只删除这些规则'],
  ['{} is running', '{0} 正在运行'],
  ['{} starts at boot', '{0} 随系统启动'],
  [
    '{} stopped; every port of this host is reachable from its networks',
    '{0} 停止；主机的每个端口都可从其网络访问',
  ],
  [
    'No port of this host is protected afterwards; opening only the needed ports is safer.',
    '之后这台主机的任何端口都不受保护；只开放所需端口更安全。',
  ],
  ['destroy starts {} again', '销毁时会重新启动 {0}'],
  [
    'Where they are gone, the Docker engine is restarted; its containers come back by their restart policy.',
    '若规则链丢失，会重启 Docker 引擎；容器按各自的重启策略恢复。',
  ],
  [
    'Where they are gone, the Docker engine is restarted, and with it {}.',
    '若规则链丢失，会重启 Docker 引擎，{0} 也会随之重启。',
  ],
  ['destroy removes it when it is empty', '销毁时若为空则删除'],
  ['edited by hand since', '之后被手工修改过'],
  ['an earlier version', '较早的版本'],
  ['{}, mode {}', '{0}，权限 {1}'],
  ['the image is not on the host', '镜像不在主机上'],
  [
    '{} is another image, or nothing shows that it is the pinned one',
    '{0} 是另一个镜像，或无法证明它就是固定的镜像',
  ],
  ['{} is {}', '{0} 为 {1}'],
  [
    'Layers that the host has already are left out where its engine allows it.',
    '若引擎支持，主机已有的层不会再传送。',
  ],
  [
    'As {} at {}: the password goes along with this one request, and is kept nowhere on the host.',
    '以 {0} 的身份登录 {1}：密码只随本次请求发送，不会留在主机上。',
  ],
  [
    '-{} is not sent: Consul {} does not know it and would not start with it',
    '不会传入 -{0}：Consul {1} 不认识该选项，会因此无法启动',
  ],
  [
    '{} is not sent: Consul {} takes no other value than {} and would not start with it',
    '不会传入 {0}：Consul {1} 只接受 {2}，否则无法启动',
  ],
  [
    '{} would not start: with secure.tls, Consul 1.14 and later refuse -grpc-port={} without -grpc-tls-port',
    '{0} 将无法启动：启用 secure.tls 时，Consul 1.14 及以后的版本不接受没有 -grpc-tls-port 的 -grpc-port={1}',
  ],
  [
    'which Consul {} is cannot be known on {}, and how TLS is configured depends on it',
    '在 {1} 上无法得知 {0} 是哪个版本的 Consul，而 TLS 的配置方式取决于版本',
  ],
  [
    '{}: which Consul {} is, nobody says: neither its tag nor an agent nor the image; it is configured as a current one',
    '{0}：无从得知 {1} 是哪个版本的 Consul，标签、agent 和镜像都没有说明；按当前版本配置',
  ],
  [
    'Name a version in the tag (beside a digest too, as in hashicorp/consul:2.0.3@sha256:…), or have the image on the hosts before: it is asked then.',
    '请在标签中写明版本（带摘要时也写，例如 hashicorp/consul:2.0.3@sha256:…），或先让主机上有该镜像：届时会从镜像得知。',
  ],
  ['Consul {} has a known fault: {}', 'Consul {0} 有已知缺陷：{1}'],
  [
    'its agents take their own services out of the catalog once servers are at 1.11 or later',
    '服务器升到 1.11 或更高版本后，它的 agent 会把自己的服务移出目录',
  ],
  ['Consul’s own list of versions names it as one to pass over', 'Consul 官方的版本说明将其列为应跳过的版本'],
  [
    'a server does not read the data of an older version that holds mesh proxies',
    '若旧版本的数据中有网格代理，服务器将无法读取',
  ],
  [
    'with auto-encrypt it wants TLS of Envoy proxies that have none',
    '启用 auto-encrypt 时，它会要求没有 TLS 的 Envoy 代理使用 TLS',
  ],
  [
    'Nomad does not find out its version, and places nothing there',
    'Nomad 无法识别其版本，不会在那里部署任何任务',
  ],
  [
    'consul connect envoy asks for TLS where gRPC has none',
    'consul connect envoy 会在没有 TLS 的 gRPC 上要求 TLS',
  ],
  ['services of the mesh lose their certificates after 72 hours', '网格中的服务会在 72 小时后失去证书'],
  [
    'after a snapshot is restored, Envoy proxies are given wrong addresses',
    '恢复快照后，Envoy 代理会得到错误的地址',
  ],
  ['terminating gateways fail', '终止网关（terminating gateway）会失败'],
  ['DNS gives wrong answers for SRV records and tags', 'DNS 对 SRV 记录和标签给出错误的结果'],
  [
    'HTTP answers are cut after 30 seconds, blocking queries too',
    'HTTP 应答会在 30 秒后被切断，阻塞查询也不例外',
  ],
  [
    'an open report of connections that end in i/o deadline errors (consul #23923)',
    '有一个尚未解决的报告：连接以 i/o deadline 错误告终（consul #23923）',
  ],
  [
    'Consul has no way back: {} may not read the Raft data that {} wrote',
    'Consul 没有回退之路：{0} 可能读不了 {1} 写下的 Raft 数据',
  ],
  [
    'Consul {} keeps its Raft data in a form that later versions refuse; export the data and rebuild',
    'Consul {0} 的 Raft 数据格式不被后续版本接受；请导出数据并重建',
  ],
  ['no upgrade path from Consul {} to {} is known here', '此处不知道从 Consul {0} 到 {1} 的升级路径'],
  [
    'Consul Enterprise goes to 2.0 from {} on; go through {}',
    'Consul Enterprise 从 {0} 起才能升到 2.0；请先经过 {1}',
  ],
  [
    'Consul describes no way from {} to {}; export the data and rebuild, or go to 0.8.5 first',
    'Consul 没有说明从 {0} 到 {1} 的路径；请导出数据并重建，或先升到 0.8.5',
  ],
  [
    'Consul supports at most two releases at once; go through the releases in between, two at a time',
    'Consul 一次最多跨两个版本；请逐步经过中间的版本，每次两个',
  ],
  [
    'Consul supports at most two releases at once; go through {}',
    'Consul 一次最多跨两个版本；请依次经过 {0}',
  ],
  ['docs/consul-versions.md lists the patches to avoid.', '应避开的补丁版本见 docs/consul-versions.md。'],
  [
    '{} names no full version: what it stands for changes with Consul’s releases, so that hosts which pull it on different days run different Consuls, and a pull later is an upgrade that no plan showed',
    '{0} 没有写明完整版本：它所指的镜像会随 Consul 的发布而变化，不同日期拉取的主机会运行不同的 Consul，之后的一次拉取就是计划中从未显示的升级',
  ],
  [
    'Name a full version in the tag, as in hashicorp/consul:{}, or hold every host to what it stands for now: raftyard pin, or the button below the image.',
    '请在标签中写明完整版本，例如 hashicorp/consul:{0}，或让所有主机固定使用它当前所指的镜像：raftyard pin，或镜像下方的按钮。',
  ],
  ['Consul {} is out of support: faults of it are mended no more', 'Consul {0} 已停止支持：缺陷不再修复'],
  [
    'Consul {} is known to Raftyard from documentation only: nobody has run it here',
    'Raftyard 对 Consul {0} 的了解仅来自文档：此处没有人运行过它',
  ],
  [
    '{}: nobody can say whether the new Consul reads the data, since the version of {} is not known',
    '{0}：无法判断新的 Consul 能否读取数据，因为不知道 {1} 的版本',
  ],
  [
    'Add -grpc-tls-port=8503 to its agent options, or take -grpc-port out.',
    '请在它的 agent 选项中加入 -grpc-tls-port=8503，或去掉 -grpc-port。',
  ],
  [
    'The servers’ {} are open with the API, unless the hosts’ own firewalls keep them shut: DNS, and from Consul 1.14 on gRPC',
    '除非主机自己的防火墙拦住，服务器的 {0} 会与 API 一起开放：DNS，以及 Consul 1.14 起的 gRPC',
  ],
  ['image {} is not shown to be {}', '无法证明镜像 {0} 就是 {1}'],
  ['destroy removes it, unless the data is kept', '除非保留数据，否则销毁时会删除'],
  // Autopilot
  [
    '{} has {} servers, and autopilot’s MinQuorum is {}: that is how many it keeps when servers are away for long',
    '{0} 有 {1} 台服务器，而 autopilot 的 MinQuorum 是 {2}：服务器长时间离线时，它只保留这么多',
  ],
  [
    'raftyard min-quorum makes it the number of servers, and lets it follow from then on.',
    'raftyard min-quorum 会把它设为服务器数量，此后一直跟随。',
  ],
  ['Let autopilot keep {} servers in {}', '让 autopilot 在 {1} 保留 {0} 台服务器'],
  ['MinQuorum {} until now', '目前 MinQuorum 为 {0}'],
  ['MinQuorum 0, Consul’s own', 'MinQuorum 0，Consul 的默认值'],
  [
    'MinQuorum {}: a server that is away for long stays a member; the rest of autopilot’s configuration stays as it is',
    'MinQuorum {0}：长时间离线的服务器仍是成员；autopilot 的其余配置保持不变',
  ],
  ['autopilot’s configuration is changed by others at the same time', 'autopilot 的配置同时被别人修改'],
  ['Look who else changes it, and apply again.', '请查看还有谁在修改它，然后再次应用。'],
  // A server that was off for too long
  [
    '{} was off for {}, and other servers were not, or are not known to have been: Consul refuses to start it after {} hours (server_rejoin_age_max), since its data are older than theirs',
    '{0} 已离线 {1}，而其他服务器没有离线，或无法得知：其数据比它们旧，离线超过 {2} 小时后 Consul 拒绝启动它（server_rejoin_age_max）',
  ],
  [
    'Let it join with fresh data: docker rm -f -v {} on its host, and apply again. Only where no other server has newer data: set serverRejoinAgeMax in the document to more than that.',
    '请让它以全新的数据加入：在其主机上执行 docker rm -f -v {0}，然后再次应用。只有在没有其他服务器拥有更新数据时，才在文档中把 serverRejoinAgeMax 设为更大的值。',
  ],
  [
    '{} was off for {}, and Consul refuses to start a server that was off for more than {} hours (server_rejoin_age_max): {}. They are started all the same, with the data that they have: confirm that no other server of this cluster runs anywhere, or was replaced meanwhile',
    '{0} 已离线 {1}，而 Consul 拒绝启动离线超过 {2} 小时的服务器（server_rejoin_age_max）：{3}。它们仍会以现有数据启动：请确认此集群没有其他服务器在别处运行，期间也没有被替换',
  ],
  ['{} hours', '{0} 小时'],
  ['{} days', '{0} 天'],
  ['Let {} start after {}', '允许 {0} 在离线 {1} 后启动'],
  ['Consul refuses: off for more than {} hours', 'Consul 拒绝启动：离线超过 {0} 小时'],
  [
    'server_metadata.json is gone from its data; Consul writes it anew when it starts',
    '其数据中的 server_metadata.json 被删除；Consul 启动时会重新写入',
  ],
  [
    'Nothing else of the data is touched. It is safe where all servers were off at the same time.',
    '不触碰其他数据。在所有服务器同时离线的情况下这是安全的。',
  ],
  ['{} has no data on a volume or in a directory', '{0} 没有位于卷或目录中的数据'],
  ['{} cannot be removed: {}', '无法删除 {0}：{1}'],
  [
    '{} refuses to start: it was off for more than server_rejoin_age_max ({})',
    '{0} 拒绝启动：离线超过 server_rejoin_age_max（{1}）',
  ],
  [
    'Plan again: the plan says how long it was off, and what is to be done.',
    '请重新生成计划：计划会说明它离线了多久，以及该怎么办。',
  ],
  [
    'serverRejoinAgeMax is not sent: Consul {} does not know it and would not start with it',
    '未发送 serverRejoinAgeMax：Consul {0} 不认识它，带上它就无法启动',
  ],
  [
    'serverRejoinAgeMax is not sent: which Consul the image has is not known, and one before 1.15.3 would not start with it',
    '未发送 serverRejoinAgeMax：不知道镜像中是哪个 Consul，而 1.15.3 之前的版本带上它就无法启动',
  ],
];
