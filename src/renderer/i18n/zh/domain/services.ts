/** Services in plans and runs. */
import type { Sentences } from './types.js';

export const services: Sentences = [
  ['the former services are registered', '注册的是原来的服务'],
  ['those of the document are; nothing is restarted', '注册文档中的服务；无需重启'],
  ['no longer there: {}', '已不存在：{0}'],
  ['registered: {}', '已注册：{0}'],
  [
    'names the services of this node, and holds the agent’s token to register them with',
    '写明本节点的服务，并含有用于注册它们的 agent 令牌',
  ],
  [
    '{} runs in an adopted container, which stays as it is: its services are not registered',
    '{0} 运行在接管的容器中，该容器保持原样：它的服务不会被注册',
  ],
  [
    'Remove the container and let Raftyard make its own, or take the services out of the document.',
    '请移除该容器，让 Raftyard 建立自己的容器；或从文档中去掉这些服务。',
  ],
  [
    'The Docker socket is mounted into {} for a docker check: whoever controls Consul there is root on the host.',
    '为 docker 检查，Docker 套接字会挂载到 {0} 中：控制那里 Consul 的人就是主机上的 root。',
  ],
  [
    'SELinux keeps containers from the Docker socket: the docker checks of {} will stay critical',
    'SELinux 不允许容器访问 Docker 套接字：{0} 的 docker 检查会一直是 critical',
  ],
  ['Use an http, tcp or ttl check on this host.', '在这台主机上请使用 http、tcp 或 ttl 检查。'],
  ['there is no Docker socket at {}', '{0} 处没有 Docker 套接字'],
  [
    'Docker checks need it there; use an http, tcp or ttl check on this host.',
    'docker 检查需要它在那里；在这台主机上请使用 http、tcp 或 ttl 检查。',
  ],
  ['services of {}: {}', '{0} 的服务：{1}'],
  [
    'Look at the agent’s log. A service that somebody else registered under the same id over the HTTP API is in the way until it is deregistered.',
    '请查看 agent 的日志。若有人通过 HTTP API 以相同的 id 注册了服务，需先将其注销。',
  ],
];
