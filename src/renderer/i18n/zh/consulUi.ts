export const consulUi = {
  toolbar: 'Consul 界面',
  back: '后退',
  forward: '前进',
  reload: '重新加载',
  home: '回到起始页',
  server: '提供页面的 server',
  auto: '任一 server',
  autoNode: '任一 server · {{node}}',
  browser: '在系统浏览器中打开（通过仅本机可用的本地隧道）',
  changes: {
    readOnly: '只读',
    allowed: '允许更改至 {{time}}',
    allowHint: '允许此页面在十五分钟内更改键值、服务和节点',
    stopHint: '立即恢复只读',
  },
  connecting: '正在通过 SSH 连接集群…',
  retry: '重试',
  none: {
    title: '没有可用的 server',
    text: '拓扑有效且包含 server 后，这里会显示 Consul 自带的界面。',
    go: '前往拓扑',
  },
};
