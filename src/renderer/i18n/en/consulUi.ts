export const consulUi = {
  toolbar: 'Consul UI',
  back: 'Back',
  forward: 'Forward',
  reload: 'Reload',
  home: 'To the start page',
  server: 'Server that answers',
  auto: 'Any server',
  autoNode: 'Any server · {{node}}',
  browser: 'Open in the system browser, through a local tunnel that only this computer can use',
  changes: {
    readOnly: 'Read-only',
    allowed: 'Changes allowed until {{time}}',
    allowHint: 'Let this page change keys, services and nodes for fifteen minutes',
    stopHint: 'Make it read-only again now',
  },
  connecting: 'Connecting to the cluster through SSH …',
  retry: 'Try again',
  none: {
    title: 'No server to ask',
    text: 'Consul’s own UI is shown here once the topology is valid and has a server.',
    go: 'To the topology',
  },
};
