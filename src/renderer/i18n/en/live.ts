export const live = {
  cancel: 'Cancel',
  connecting: 'Connecting …',
  connectingText: 'Asking the agents through SSH.',
  notWatching: {
    title: 'Not watching',
    text: 'Raftyard watches the cluster through SSH once you say so, or once it was checked or applied.',
    go: 'Watch the cluster',
  },
  stale: 'No server has answered since {{time}}. What you see is as old as that.',
  operation: { start: 'Start {{node}}', stop: 'Stop {{node}}', restart: 'Restart {{node}}' },
  verb: { start: 'Start', stop: 'Stop', restart: 'Restart' },
  done: { start: '{{node}} was started.', stop: '{{node}} was stopped.', restart: '{{node}} was restarted.' },
  cost: {
    none: 'Its services and checks are away while it is down. The servers are not affected.',
    safe: '{{alive}} of {{voters}} voters stay. Writes go on, also if one more fails.',
    'at-risk': '{{alive}} of {{voters}} voters stay: losing one more stops writes.',
    stopped: '{{alive}} of {{voters}} voters stay: there is no quorum, and writes stop until it is back.',
  },
};
