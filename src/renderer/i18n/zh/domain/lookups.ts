/** Look-ups and maintenance. */
import type { Sentences } from './types.js';

export const lookups: Sentences = [
  // Why an instance is not in an answer
  ['it has no tag, and {} is asked for', '它没有标签，而查询的标签是 {0}'],
  ['it has other tags than {}: {}', '它没有标签 {0}，其标签为：{1}'],
  [
    'its node is not alive in the gossip pool (serfHealth is critical)',
    '其节点在 gossip 池中不是 alive（serfHealth 严重）',
  ],
  [
    'its node is not alive in the gossip pool (serfHealth is critical): {}',
    '其节点在 gossip 池中不是 alive（serfHealth 严重）：{0}',
  ],
  ['its node is in maintenance', '其节点处于维护状态'],
  ['its node is in maintenance: {}', '其节点处于维护状态：{0}'],
  ['it is in maintenance', '它处于维护状态'],
  ['it is in maintenance: {}', '它处于维护状态：{0}'],
  ['the check {} of its node is critical', '其节点的检查 {0} 状态为严重'],
  ['the check {} of its node is critical: {}', '其节点的检查 {0} 状态为严重：{1}'],
  ['its check {} is critical', '其检查 {0} 状态为严重'],
  ['its check {} is critical: {}', '其检查 {0} 状态为严重：{1}'],
  ['its check {} warns, which {} leaves out', '其检查 {0} 为警告，{1} 会将其排除'],
  ['its check {} warns, which {} leaves out: {}', '其检查 {0} 为警告，{1} 会将其排除：{2}'],
  [
    'the answer is cut to {} records (a_record_limit), another time it is another one that is left out',
    '应答最多 {0} 条记录（a_record_limit），下次被省去的可能是另一个',
  ],
  [
    'DNS asks with the token that its agent has for it (acl.tokens.dns from Consul 1.17 on, else the default one, else the anonymous one), and that may not read it',
    'DNS 查询使用其 agent 为此配置的令牌（Consul 1.17 起为 acl.tokens.dns，否则为默认令牌，再否则为匿名令牌），而该令牌无权读取',
  ],
  ['DNS could not be asked', '无法查询 DNS'],
  [
    'by its checks it should be there: it changed at this moment, or the server that answered has not heard of it yet',
    '按其检查它应在应答中：它刚刚变化，或应答的 server 尚未得知',
  ],
  // Notes
  ['no instance of {} is registered in {}', '{1} 中没有注册 {0} 的实例'],
  ['no node {} is registered in {}', '{1} 中没有注册节点 {0}'],
  [
    'a node’s own name is answered whatever its health: {} need not be alive',
    '节点自身的名称无论健康与否都会得到应答：{0} 不一定是 alive',
  ],
  [
    'a prepared query chooses by its own rules, and may go on to other datacenters',
    '预定义查询按自己的规则选择，可能转到其他数据中心',
  ],
  [
    'who asks by UDP without EDNS gets at most {} of these {} records (udp_answer_limit), chosen anew each time',
    '不带 EDNS 的 UDP 查询最多得到这 {1} 条记录中的 {0} 条（udp_answer_limit），每次重新选取',
  ],
  [
    'DNS names at most {} addresses in an answer (a_record_limit)',
    'DNS 的每个应答最多给出 {0} 个地址（a_record_limit）',
  ],
  // Names
  ['there is no name to look up', '没有要查询的名称'],
  ['a name has at most 253 characters', '名称最多 253 个字符'],
  ['this is no name that DNS could be asked for', '这不是可以向 DNS 查询的名称'],
  ['this name says neither service nor node nor query', '此名称未说明是 service、node 还是 query'],
  ['only services, nodes and prepared queries can be looked up', '只能查询服务、节点和预定义查询'],
  [
    'Write a service (web, web.service.consul, v1.web.service.east.consul, _web._tcp.service.consul) or a node (node2.node.consul).',
    '请输入服务（web、web.service.consul、v1.web.service.east.consul、_web._tcp.service.consul）或节点（node2.node.consul）。',
  ],
  ['there is no prepared query {}', '没有预定义查询 {0}'],
  ['DNS at {} port {} does not answer', '{0} 端口 {1} 的 DNS 没有应答'],
  [
    'See whether the agent’s DNS is on (ports.dns) and listens there (client_addr, addresses.dns).',
    '请查看 agent 的 DNS 是否启用（ports.dns）并在该处监听（client_addr、addresses.dns）。',
  ],
  // Maintenance
  ['{} has several instances of {}: {}', '{0} 有多个 {1} 的实例：{2}'],
  ['{} has registered no service {}', '{0} 没有注册服务 {1}'],
  ['It has registered none.', '它没有注册任何服务。'],
  ['Name one of these by its id: {}.', '请用 ID 指明其中之一：{0}。'],
  ['the ACLs of {} are on, and its tokens are not at hand', '{0} 已启用 ACL，但没有可用的令牌'],
  [
    'Unlock the vault with the cluster’s keys (--vault), or restore its recovery kit.',
    '请解锁存有集群密钥的保险库（--vault），或恢复其恢复包。',
  ],
];
