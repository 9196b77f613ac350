export const live = {
  cancel: '取消',
  connecting: '正在连接…',
  connectingText: '正在通过 SSH 查询各 agent。',
  notWatching: {
    title: '未在监视',
    text: '在您要求后，或检查、应用之后，Raftyard 会通过 SSH 监视集群。',
    go: '监视集群',
  },
  stale: '自 {{time}} 起没有 server 响应，您看到的是当时的状态。',
  operation: { start: '启动 {{node}}', stop: '停止 {{node}}', restart: '重启 {{node}}' },
  verb: { start: '启动', stop: '停止', restart: '重启' },
  done: { start: '{{node}} 已启动。', stop: '{{node}} 已停止。', restart: '{{node}} 已重启。' },
  cost: {
    none: '停机期间其服务和健康检查不可用，server 不受影响。',
    safe: '仍有 {{alive}}/{{voters}} 个投票者，即使再失去一个也可继续写入。',
    'at-risk': '仍有 {{alive}}/{{voters}} 个投票者：再失去一个就无法写入。',
    stopped: '仅剩 {{alive}}/{{voters}} 个投票者：没有法定人数，恢复之前无法写入。',
  },
};
