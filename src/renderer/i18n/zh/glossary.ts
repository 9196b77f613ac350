export const glossary = {
  explain: '“{{term}}”是什么意思？',
  here: '在这里',
  agent: {
    title: 'Agent',
    text: '集群中每台机器上运行的 Consul 进程。它为身边的服务提供 DNS 和 HTTP 接口并执行健康检查，以 server 或 client 模式工作。',
    here: '图中每个节点就是一个 agent，运行在其主机的一个容器里。',
  },
  server: {
    title: 'Server',
    text: '保存集群状态并参与 Raft 投票的 agent。它们响应请求、与其他数据中心通信，并从中选出一个 leader。每个数据中心通常有三个或五个。',
    here: '画布上的圆角方形。三个 server 可承受失去一个。',
  },
  client: {
    title: 'Client',
    text: '自身不保存状态的 agent：参与 LAN gossip，检查身边的服务，把所有请求转发给 server。占用资源很少，数量不限。',
    here: '画布上的圆形。失去它不影响投票。',
  },
  'lan-gossip': {
    title: 'LAN gossip',
    text: '同一数据中心的所有 agent 用小消息互相传递成员信息（8301 端口，TCP 和 UDP）。失效的 agent 由此被发现，也不必为谁配置 server 列表。',
    here: 'server 之间的细线，并标出往返时间。若 UDP 被阻断，会看到 agent 每半分钟左右故障又恢复。',
  },
  'wan-gossip': {
    title: 'WAN gossip',
    text: '所有数据中心的 server 组成第二个 gossip 池（8302 端口）。请求可经由它到达另一数据中心的任一 server，再转交给那里的 leader。',
    here: '数据中心之间的粗虚线。同一拓扑中的两个数据中心就是这样连接的。',
  },
  raft: {
    title: 'Raft',
    text: 'server 之间达成一致的协议。选出一个 leader，所有写入都经过它；当超过半数的投票者已写入日志时，写入才算成功。',
    here: '皇冠标记 leader。“Raft 日志”和“已应用”表示每个 server 的进度。',
  },
  'bootstrap-expect': {
    title: 'bootstrap-expect',
    text: '首次选举之前必须互相发现的 server 数量，避免新集群的两半各自选出 leader。已有状态之后，这个值不再起作用。',
    here: '即旗帜标记。健壮方式下每个 server 都带同一个数字；经典方式下只有被标记的那个带有。',
  },
  'retry-join': {
    title: 'retry-join',
    text: 'agent 反复尝试加入的地址，直到其中一个让它进入 gossip 池。只要联系上一个成员即可，其余成员通过 gossip 得知。',
    here: '每个节点只列出自己以外的 server，因为加入自己也算成功，会使重试提前结束。',
  },
  advertise: {
    title: '通告地址（advertise）',
    text: 'agent 告知其他成员用来访问自己的 IP 地址。在有多个网络的机器上，它必须是其他成员能够到达的那一个。',
    here: '主机地址是 IP 时直接采用；否则需要您填写。',
  },
  quorum: {
    title: '法定人数（quorum）',
    text: '超过半数的投票者：3 个中的 2 个，5 个中的 3 个。不足时没有 leader，无法写入；stale 模式的读取仍然可用。',
    here: '数据中心的说明会指出在此之前可以失去多少个 server。',
  },
  voter: {
    title: '投票者（voter）',
    text: '在选举和写入多数中计数的 server。新的 server 先以非投票者身份追上进度，稳定约十秒后才成为投票者。',
    here: '实时显示在每张卡片上。Consul 0.5.2 无法提供，因此不作断言。',
  },
  'raft-multiplier': {
    title: 'Raft 倍数（raft_multiplier）',
    text: '成倍延长 server 判断 leader 失效的超时时间。1 最快，适合生产环境；5 是 Consul 面向小型机器的默认值；10 最宽容。',
    here: '写入每个 server 的配置。主机较慢而数值过低时，会引起不必要的选举。',
  },
  datacenter: {
    title: '数据中心',
    text: '同一高速网络中的一组 agent，拥有自己的 server、leader 和状态。数据中心之间通过 WAN gossip 相识，但不会互相复制数据。',
    here: '画布上的一个区域，把节点拖入其中即可。',
  },
  'data-volume': {
    title: '数据卷',
    text: 'server 存放 Raft 日志、快照和节点 ID 的地方。丢失数据卷的 server 会以陌生身份回来，旧身份则作为故障成员留在列表中。',
    here: '每个节点一个 Docker 命名卷，重建容器时保留。',
  },
  dns: {
    title: 'DNS',
    text: '每个 agent 都能应答 DNS：web.service.consul 给出服务 web 的健康实例的地址，node1.node.consul 给出节点的地址。程序无需任何库。',
    here: '默认在每台主机回环地址的 8600 端口应答，没有人询问它。打开后，容器和主机会改为询问它。',
  },
  acl: {
    title: 'ACL',
    text: '规定谁可以做什么。每个请求都带有令牌，令牌对应策略；没有令牌几乎什么都不允许。第一个令牌可以做任何事，在启用 ACL 时只生成一次。',
    here: '该管理令牌保存在你的钥匙串或密钥库中。实时视图和 Consul 界面使用只读令牌，每个 agent 只有自己的令牌。',
  },
  tls: {
    title: 'agent 之间的 TLS',
    text: 'agent 到 server 的请求以及 server 之间的 Raft 都走 TLS。集群自有 CA 签发的证书说明哪台机器是哪个数据中心的 server；没有证书就无法接入，也无法冒充 server。',
    here: 'CA 和证书在本机生成；CA 的私钥从不离开钥匙串或密钥库。应用时会自动换新证书，无需重启。',
  },
  'gossip-encryption': {
    title: 'Gossip 加密',
    text: '每条 gossip 消息都用同一个密钥（AES-256）加密和认证。没有密钥的人既看不到成员列表，也无法加入。所有数据中心的所有 agent 使用同一个密钥。',
    here: '密钥在本机生成，保存在钥匙串或密钥库中；在主机上只有 root 能读取。',
  },
};
