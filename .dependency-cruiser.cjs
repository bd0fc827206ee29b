// The import rule: rooms on one floor may import rooms below, never above; processes are strangers to each other.
const floors = [
  ['domain'],
  ['config', 'driver-contract', 'openstack', 'kubernetes', 'secrets', 'database', 'queue'],
  ['logging', 'metrics'],
  ['process'],
  ['conductor', 'health', 'magnum-api', 'node-api'],
];
const inRoom = (names) => `^src/(${names.join('|')})/`;
const forbid = (name, from, to) => ({ name, severity: 'error', from, to });

module.exports = {
  forbidden: [
    forbid('no-cycles', {}, { circular: true }),
    ...floors
      .slice(0, -1)
      .map((names, floor) =>
        forbid(`floor-${floor}-looks-up`, { path: inRoom(names) }, { path: inRoom(floors.slice(floor + 1).flat()) }),
      ),
    forbid('domain-is-pure', { path: '^src/domain/', pathNot: '[.]spec[.]ts$' }, { dependencyTypesNot: ['local', 'type-only'] }),
    forbid(
      'processes-are-strangers',
      { path: '^src/(conductor|health|magnum-api|node-api)/', pathNot: '/main[.]ts$' },
      { path: inRoom(floors.at(-1)), pathNot: '^src/$1/' },
    ),
    forbid('console-uses-http', { path: '^src/console/' }, { path: '^(src|drivers)/', pathNot: '^src/(api-client|console)/' }),
    forbid('cli-uses-http', { path: '^src/cli/' }, { path: '^(src|drivers)/', pathNot: '^src/(api-client|domain|openstack|cli)/' }),
    forbid(
      'cli-of-openstack-only-keystone',
      { path: '^src/cli/' },
      { path: '^src/openstack/', pathNot: '^src/openstack/(keystone/|[^/]+[.]ts$)' },
    ),
    forbid(
      'drivers-keep-to-the-contract',
      { path: '^drivers/' },
      { path: '^src/', pathNot: '^src/(driver-contract|domain|openstack|kubernetes)/' },
    ),
    forbid('drivers-are-plugged-in-by-main', { path: '^src/', pathNot: '/main[.]ts$' }, { path: '^drivers/' }),
    forbid('sim-stays-out', { path: '^(src|drivers)/', pathNot: '^src/sim/' }, { path: '^src/sim/' }),
    forbid('sim-stands-alone', { path: '^src/sim/' }, { path: '^(src|drivers)/', pathNot: '^src/sim/' }),
    forbid('launch-spawns', { path: '^src/launch/' }, { path: '^(src|drivers)/', pathNot: '^src/(launch|config)/' }),
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
  },
};
