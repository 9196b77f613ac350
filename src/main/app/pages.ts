/** The few pages outside of the app that it opens, by name: the window never gives an address. */
export const PAGES = {
  guide: 'https://raftyard.example/guide',
  issues: 'https://raftyard.example/issues',
  releases: 'https://raftyard.example/releases',
  'consul-docs': 'https://developer.hashicorp.com/consul/docs',
} as const;
