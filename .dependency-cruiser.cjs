/** The one-way imports of ARCHITECTURE.md. `doctor` at the end makes an empty cruise a failure. */
const rooms =
  'access|cli|core|demo|destinations|emails|gateway|ingest|loaders|platform|storage|stream|subgraphs'
const only = (from, allowed, extra = {}) => ({
  name: `${from}-imports`,
  severity: 'error',
  comment: `${from}/ may import only: ${allowed.join(', ') || 'itself'}`,
  from: { path: `^${from}/`, pathNot: '\\.test\\.ts$|/contract(\\.ts|/)', ...extra },
  to: { path: `^(${rooms})/`, pathNot: [`^${from}/`, ...allowed.map((room) => `^${room}`)] },
})

/** A driver is imported below its adapter alone. */
const driver = (name, path) => ({
  name: `${name.replace(/\W/g, '-')}-only-in-adapter`,
  severity: 'error',
  from: { pathNot: path },
  to: { path: `^node_modules/${name}/` },
})

module.exports = {
  forbidden: [
    only('core', []),
    only('platform', ['core/']),
    only('storage', ['core/', 'platform/']),
    only('stream', ['core/', 'platform/']),
    only('access', ['core/', 'platform/', 'storage/ports\\.ts']),
    only('loaders', ['core/', 'platform/', 'storage/ports\\.ts', 'stream/ports\\.ts']),
    only('ingest', ['core/', 'platform/', 'storage/ports\\.ts', 'stream/ports\\.ts']),
    only('subgraphs', ['core/', 'platform/', 'loaders/', 'storage/ports\\.ts', 'stream/ports\\.ts']),
    only('gateway', ['core/', 'platform/', 'stream/ports\\.ts']),
    only('emails', ['core/', 'platform/']),
    only('destinations', ['core/', 'platform/', 'storage/ports\\.ts', 'stream/ports\\.ts']),
    only('demo', ['core/', 'platform/', 'ingest/accept\\.ts', 'ingest/catalogue\\.ts', 'storage/ports\\.ts']),
    {
      name: 'subgraphs-do-not-import-each-other',
      severity: 'error',
      from: { path: '^subgraphs/([^/]+)/' },
      to: { path: '^subgraphs/[^/]+/', pathNot: '^subgraphs/$1/' },
    },
    {
      name: 'only-cli-wires',
      severity: 'error',
      comment: 'adapters are named in cli/ and in their own folder alone',
      from: { path: `^(${rooms})/`, pathNot: '^(cli|storage|stream)/|\\.test\\.ts$' },
      to: { path: '^storage/(embedded|mongodb|open-storage)|^stream/(memory|redis|open-stream)' },
    },
    {
      name: 'core-is-pure',
      severity: 'error',
      comment: 'core uses no packages but node:crypto and the checked list of pure ones',
      from: { path: '^core/', pathNot: '\\.test\\.ts$' },
      to: {
        dependencyTypes: ['core', 'npm'],
        pathNot: '^(node:)?crypto$|^node_modules/(libphonenumber-js|re2js)/',
      },
    },
    {
      name: 'dataloader-only-in-loaders',
      severity: 'error',
      from: { pathNot: '^(loaders|gateway/batching)/' },
      to: { path: '^node_modules/dataloader/' },
    },
    driver('@photostructure/sqlite', '^storage/embedded/'),
    driver('ioredis', '^stream/redis/|^tests/'),
    driver('kafkajs', '^(platform|ingest/sources|destinations)/kafka/|^tests/'),
    driver('mongodb', '^storage/mongodb/|^tests/support/servers/'),
    driver('@apollo/subgraph', '^subgraphs/create-subgraph\\.ts$'),
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      from: { orphan: true, path: `^(${rooms})/`, pathNot: '\\.d\\.ts$|\\.test\\.ts$' },
      to: {},
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|node_modules/\\.|monogram-data|bench/peers)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
}
