/** The window, exports and other sentences. */
import type { Sentences } from './types.js';

export const rest: Sentences = [
  // The window
  ['the topology is not valid', '拓扑无效'],
  ['The problems panel says where.', '问题面板会指出位置。'],
  ['{} is not named .raftyard, .yaml or .yml', '{0} 的扩展名不是 .raftyard、.yaml 或 .yml'],
  ['no host is given', '没有给出主机'],
  ['task {} is running already', '任务 {0} 已在运行'],
  ['{} is there already, and is no directory', '{0} 已存在，且不是目录'],
  ['Choose another --out.', '请选择其他位置。'],
  ['{} is there already', '{0} 已存在'],
  [
    'Choose another --out, or give --force to write over files of the same names.',
    '请选择其他位置，或用 --force 覆盖同名文件。',
  ],
  ['{}: Include goes too deep; it is left out', '{0}：Include 嵌套过深，已略去'],
  ['{} is too large; it is left out', '{0} 过大，已略去'],
  [
    '{} sends more at once before the login than can be taken (35000 bytes)',
    '{0} 在登录之前一次发送的数据过多（上限为 35000 字节）',
  ],
  [
    'Its greeting is too long: shorten the file that Banner names in sshd_config to less than 32 KB.',
    '其欢迎信息过长：请将 sshd_config 中 Banner 所指的文件缩短到 32 KB 以下。',
  ],
  [
    'Match {} is left out: Raftyard runs nothing to decide it',
    'Match {0} 已略去：Raftyard 不会为此运行任何程序',
  ],
  [
    '~/.ssh/config has a ProxyCommand for {}, which Raftyard does not run; name jump hosts instead.',
    '~/.ssh/config 为 {0} 设置了 ProxyCommand，Raftyard 不会运行它；请改用跳板机。',
  ],
  ['{} is left out: Raftyard does not follow it', '{0} 已略去：Raftyard 不支持它'],
  ['ProxyCommand is left out; ProxyJump is followed', 'ProxyCommand 已略去；会遵循 ProxyJump'],
  ['Rename it if it is a topology.', '若它是拓扑文件，请改名。'],
  ['{} is too large to be a topology', '{0} 太大，不可能是拓扑文件'],
  ['{} is no UTF-8 text', '{0} 不是 UTF-8 文本'],
  ['Save it as UTF-8.', '请另存为 UTF-8 编码。'],
  // Consul that practice hosts are given
  ['{} is cut short.', '{0} 不完整。'],
  ['{} is a program for {}, and the practice hosts are {}.', '{0} 是 {1} 的程序，而练习主机是 {2}。'],
  ['{} is no program, but an object file.', '{0} 不是程序，而是目标文件。'],
  ['{} cannot be read: {}', '{0} 无法读取：{1}'],
  ['{} is a zip file.', '{0} 是 zip 文件。'],
  ['Unzip it, and give the program consul that is in it.', '请先解压，再提供其中的 consul 程序。'],
  [
    '{} is neither a program for Linux nor a whole archive of docker save.',
    '{0} 既不是 Linux 程序，也不是完整的 docker save 归档。',
  ],
  [
    'Give the program consul for Linux, or an archive that docker save wrote.',
    '请提供 Linux 的 consul 程序，或 docker save 写出的归档。',
  ],
  ['{} has an image without a name or layers.', '{0} 中有镜像没有名称或层。'],
  [
    'Save it by its name, as in: docker save --output consul.tar hashicorp/consul:1.21.4',
    '请按名称保存，例如：docker save --output consul.tar hashicorp/consul:1.21.4',
  ],
  ['{} in {} is for {}, and the practice hosts are {}.', '{1} 中的 {0} 面向 {2}，而练习主机是 {3}。'],
  ['Pull it for linux/{} and save it again.', '请为 linux/{0} 拉取后重新保存。'],
  [
    '{} is not Consul, or does not run on the practice hosts: {}',
    '{0} 不是 Consul，或无法在练习主机上运行：{1}',
  ],
  ['`consul version` has to say which one it is.', '`consul version` 须说明其版本。'],
  ['{} is damaged: {}', '{0} 已损坏：{1}'],
  ['Save it again with docker save.', '请用 docker save 重新保存。'],
  // Desired state and exports
  ['node {} is on the host {}, which is not listed', '节点 {0} 位于主机 {1}，但主机列表中没有它'],
  ['Docker cannot mount {}: it holds a colon', 'Docker 无法挂载 {0}：其中含有冒号'],
  ['{} is no image reference', '{0} 不是镜像引用'],
  ['{} and {} are both on the host {}', '{0} 和 {1} 都在主机 {2} 上'],
  ['{} is reached through {}, which is not listed', '{0} 经由 {1} 到达，但主机列表中没有它'],
  ['{} is no way to a host', '{0} 不是到达主机的路径'],
  ['Ansible cannot be given the path {}', 'Ansible 无法使用路径 {0}'],
  ['Choose a working directory without a dollar sign.', '请选择不含美元符号的工作目录。'],
  ['{} cannot be the name of a folder', '{0} 不能作为文件夹名称'],
  [
    'Name hosts with letters, digits, dots, dashes and underscores.',
    '主机名称请使用字母、数字、点、短横和下划线。',
  ],
  ['{} has no start script', '{0} 没有启动脚本'],
  ['{} is not below {}', '{0} 不在 {1} 之下'],
];
