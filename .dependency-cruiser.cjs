/** The import table of the design: one direction, shared is pure, I/O at the edges. */
const only = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from },
  to: { path: '^(src|node_modules)/', pathNot: allowed },
});
const npm = (...names) => names.map((n) => `^node_modules/${n}/`);
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'resolves',
      comment: 'an import that the check cannot see is an import that it cannot judge',
      severity: 'error',
      from: { path: '^src/' },
      to: { couldNotResolve: true },
    },
    {
      name: 'shared-is-pure',
      comment: 'no Node and no main process in the domain',
      severity: 'error',
      from: { path: '^src/shared/' },
      to: { path: '^src/(main|preload|renderer)/' },
    },
    {
      name: 'shared-has-no-node',
      severity: 'error',
      from: { path: '^src/shared/' },
      to: { dependencyTypes: ['core'] },
    },
    only('digest', '^src/shared/digest', ['^src/shared/errors', ...npm('@noble/hashes')]),
    only('errors-alone', '^src/shared/errors', []),
    only('topology', '^src/shared/topology/', [
      '^src/shared/topology/',
      '^src/shared/errors',
      ...npm('zod', 'yaml'),
    ]),
    only('consul', '^src/shared/consul/', [
      '^src/shared/(consul|topology)/',
      '^src/shared/errors',
      ...npm('zod'),
    ]),
    only('shell', '^src/shared/shell/', ['^src/shared/shell/', '^src/shared/errors']),
    only('desired', '^src/shared/desired/', [
      '^src/shared/(desired|consul|topology|shell|digest)',
      '^src/shared/errors',
    ]),
    only('plan', '^src/shared/plan/', [
      '^src/shared/(plan|desired|consul|topology|shell|digest)',
      '^src/shared/errors',
      ...npm('zod'),
    ]),
    only('export', '^src/shared/export/', [
      '^src/shared/(export|desired|consul|topology|shell|digest)',
      '^src/shared/errors',
      ...npm('yaml'),
    ]),
    only('host', '^src/main/host/', ['^src/main/(host|store)/', '^src/shared/', '^node_modules/']),
    only('consul-client', '^src/main/consul/', [
      '^src/main/(consul|host)/',
      '^src/shared/',
      '^node_modules/',
    ]),
    only('store', '^src/main/store/', ['^src/main/store/', '^src/shared/', '^node_modules/']),
    only('range', '^src/main/range/', ['^src/main/(range|host|store)/', '^src/shared/', '^node_modules/']),
    only('cluster', '^src/main/cluster/', [
      '^src/main/(cluster|host|consul|store)/',
      '^src/shared/',
      '^node_modules/',
    ]),
    only('run', '^src/shared/run/', ['^src/shared/(run|plan|live)/', '^src/shared/errors']),
    only('live', '^src/shared/live/', ['^src/shared/live/']),
    only('ipc-contract', '^src/shared/ipc/', ['^src/shared/', ...npm('zod')]),
    only('preload', '^src/preload/', ['^src/preload/', '^src/shared/ipc/', ...npm('electron')]),
    only('ipc', '^src/main/ipc/', [
      '^src/main/(ipc|cluster|range|store|host/(index|types))',
      '^src/shared/',
      '^node_modules/',
    ]),
    only('renderer', '^src/renderer/', [
      '^src/renderer/',
      '^src/shared/',
      '^node_modules/(?!ssh2|dockerode|electron)',
    ]),
    {
      name: 'renderer-features-apart',
      comment: 'features meet in stores, ui and app, not in each other',
      severity: 'error',
      from: { path: '^src/renderer/(stores|ui|lib|i18n)/' },
      to: { path: '^src/renderer/(features|app)/' },
    },
    {
      name: 'no-electron-outside-app',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(main/app|main/ipc|preload)/' },
      to: { path: '^(node_modules/)?electron(/|$)' },
    },
    {
      name: 'use-cases-know-no-ssh',
      comment: 'GUI and command line reach hosts only through the host interfaces',
      severity: 'error',
      from: { path: '^src/main/(cli|ipc|app)/' },
      to: { path: '^node_modules/(ssh2|dockerode)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.tsx', '.js', '.json', '.d.ts'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'default'],
    },
  },
};
