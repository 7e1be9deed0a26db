// The import rule of the house: data walks through the rooms in one direction.
// test/house/import-rule.test.ts proves that each of these can fail.
const test = String.raw`(\.test\.ts$|\.contract\.ts$|/test/)`
const core = '^packages/core/src/'
const documents = '^packages/documents/src/'
const sdk = '^packages/sdk/src/'
/** The SDK's side that the server uses; see sdk-host-libraries. */
const sdkHost = String.raw`^packages/sdk/src/(host-http|sending-watch)\.ts$`
const server = '^apps/server/src/'
const simulator = '^plugins/[^/]+/src/simulator/'
const packages = ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown', 'npm-bundled', 'unknown', 'undetermined']
/** Whatever comes from node_modules or from Node itself. */
const outside = [...packages, 'core']
const library = (...names) => `node_modules/(${names.join('|')})/`
const node = (...names) => `^(node:)?(${names.join('|')})$`

/** A room may import what is listed and nothing else of this repository. */
const room = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: [test] },
  to: { path: '^(packages|plugins|apps|bench|scripts|test)/', pathNot: allowed },
})
/** A room may use the listed libraries and nothing else from outside; other workspaces are the matter of `room`. */
const libraries = (name, from, allowed, comment, { fromNot = [], refused = outside } = {}) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from, pathNot: [test, ...fromNot] },
  to: { dependencyTypes: refused, pathNot: ['^(packages|plugins|apps)/', ...allowed] },
})

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    room('core-rooms', core, [core], 'Core imports core.'),
    libraries(
      'core-libraries',
      core,
      [library('temporal-polyfill', 'temporal-spec', 'temporal-utils')],
      'Core is pure: temporal-polyfill is its only dependency.',
    ),
    {
      name: 'second-calculator-alone',
      comment:
        'Two calculators that share code err alike: the second one knows money and nothing else of core (docs/adr/0041-second-calculator.md).',
      severity: 'error',
      from: { path: `${core}recompute/`, pathNot: [test] },
      to: { path: '^packages/', pathNot: [`${core}recompute/`, `${core}money/(money|currency)\\.ts$`] },
    },
    {
      name: 'second-calculator-apart',
      comment: 'What the first calculator computes never comes from the second.',
      severity: 'error',
      from: { path: core, pathNot: [test, `${core}recompute/`, `${core}index\\.ts$`] },
      to: { path: `${core}recompute/` },
    },

    room('documents-rooms', documents, [documents, core], 'Documents know core: money, dates and taxes.'),
    libraries(
      'documents-words-and-places',
      `${documents}(sheet|layout|words)/`,
      [],
      'Words and their places on a page are found without a library; ink comes last (docs/adr/0045-documents.md).',
    ),
    libraries(
      'documents-libraries',
      documents,
      [library('fontkit', 'harfbuzzjs', 'pdfkit', 'pngjs', 'qrcode'), node('crypto', 'fs', 'module')],
      'Letters, ink, pictures and codes, and nothing that tells the time.',
    ),

    room('sdk-rooms', sdk, [sdk, core], 'The SDK imports core.'),
    libraries('sdk-libraries', sdk, [library('zod')], 'The SDK needs zod and nothing else.', {
      fromNot: ['^packages/sdk/src/testing/', sdkHost],
    }),
    libraries(
      'sdk-host-libraries',
      sdkHost,
      [library('zod'), node('async_hooks', 'diagnostics_channel')],
      'What the host hands to plugins may watch a connection of its own, and no more (docs/adr/0017-sdk-built-ins.md).',
    ),
    {
      name: 'sdk-host-room',
      comment: 'Plugins run without the rooms of the host: only its own entry and the suites import them.',
      severity: 'error',
      from: { path: sdk, pathNot: [test, '^packages/sdk/src/(host-entry\\.ts$|testing/)', sdkHost] },
      to: { path: sdkHost },
    },
    libraries(
      'sdk-testing-libraries',
      '^packages/sdk/src/testing/',
      [
        library('zod', 'vitest', 'fast-check', 'nock'),
        node('assert', 'assert/strict', 'buffer', 'crypto', 'events', 'http', 'net', 'timers/promises', 'url', 'util'),
      ],
      'The conformance suites run in a test runner and need little more.',
    ),

    room(
      'plugin-rooms',
      '^plugins/([^/]+)/',
      [sdk, '^plugins/$1/'],
      'A plugin knows the SDK and its provider: no core, no server, no other plugin.',
    ),
    {
      name: 'plugin-host-libraries',
      comment: "The host's libraries are not a plugin's business.",
      severity: 'error',
      from: { path: '^plugins/', pathNot: [test] },
      to: { path: library('drizzle-orm', 'hono', '@hono/[^/]+', 'pg-boss', 'postgres', 'pg', 'tsyringe', 'pino') },
    },

    room(
      'flows-rooms',
      `${server}flows/`,
      [`${server}flows/`, core, sdk, documents],
      'A flow knows core, the types of the SDK and of documents, and ports.ts.',
    ),
    libraries(
      'flows-libraries',
      `${server}flows/`,
      [library('temporal-polyfill', 'zod')],
      'A flow reaches the world only through ports.ts.',
    ),
    {
      name: 'flows-no-flows',
      comment:
        'Flows do not call flows; they leave rows that the next one takes. What several share inside one transaction is a step; the daily cycle alone puts flows in order, and a preview lives through its days.',
      severity: 'error',
      from: {
        path: `${server}flows/([^/]+)/`,
        pathNot: [test, `${server}flows/(billing/(run-daily-cycle|live-day)|previews/live-through)\\.ts$`],
      },
      to: { path: `${server}flows/[^/]+/`, pathNot: [`${server}flows/$1/`, `${server}flows/steps/`, `${server}flows/[^/]+/ports\\.ts$`] },
    },

    room(
      'store-rooms',
      `${server}store/`,
      [`${server}store/`, `${server}flows/ports\\.ts$`, `${server}flows/[^/]+/ports\\.ts$`, core, sdk],
      'The store knows core and ports.ts.',
    ),
    libraries(
      'store-libraries',
      `${server}store/`,
      [library('drizzle-orm', 'postgres', 'temporal-polyfill', 'zod')],
      'The store has one library: drizzle over postgres.',
      { refused: packages },
    ),
    room('jobs-rooms', `${server}jobs/`, [`${server}jobs/`, `${server}flows/`, core, sdk], 'Jobs know core, flows and ports.ts.'),
    libraries('jobs-libraries', `${server}jobs/`, [library('pg-boss', 'temporal-polyfill', 'zod')], 'Jobs have one library: pg-boss.', {
      refused: packages,
    }),
    room(
      'http-rooms',
      `${server}http/`,
      [`${server}http/`, `${server}flows/`, `${server}telemetry/`, core, sdk],
      'HTTP knows core, flows and ports.ts.',
    ),
    libraries(
      'http-libraries',
      `${server}http/`,
      [library('hono', '@hono/[^/]+', 'zod', 'swagger-ui-dist', 'temporal-polyfill')],
      'HTTP has one library: hono with its parts.',
      { refused: packages },
    ),
    room(
      'telemetry-rooms',
      `${server}telemetry/`,
      [`${server}telemetry/`, `${server}flows/ports\\.ts$`, core, sdk],
      'Telemetry knows core and ports.ts.',
    ),
    {
      name: 'composition-from-entry',
      comment: 'Composition is imported by the process entries only.',
      severity: 'error',
      from: { pathNot: [`${server}(main|operations|index)\\.ts$`, `${server}composition/`, test, '^bench/'] },
      to: { path: `${server}composition/` },
    },
    {
      name: 'tsyringe-in-composition',
      comment: 'The container lives in composition.',
      severity: 'error',
      from: { pathNot: [`${server}(main|operations|index)\\.ts$`, `${server}composition/`, test] },
      to: { path: library('tsyringe', 'reflect-metadata') },
    },
    {
      name: 'server-no-plugin',
      comment: 'Plugins arrive through nyuzi.config.ts, never through an import of the server.',
      severity: 'error',
      from: { path: server, pathNot: [test] },
      to: { path: '^(plugins|apps/(?!server/)|packages/cli)/' },
    },

    room(
      'cli-rooms',
      '^packages/cli/',
      ['^packages/cli/', sdk, `${server}operations\\.ts$`],
      "The command speaks the SDK and goes through the server's one door (docs/adr/0018-operations-door.md).",
    ),
    room('embedded-postgres-rooms', '^packages/embedded-postgres/', ['^packages/embedded-postgres/'], 'The launcher stands alone.'),
    {
      name: 'simulator-from-demo-and-tests',
      comment: 'A simulator is a stand-in: the demo, the bench and tests use it, production code never.',
      severity: 'error',
      from: { pathNot: [simulator, '^apps/demo/', '^(bench|proof)/', test] },
      to: { path: simulator },
    },
    {
      name: 'nobody-imports-tests',
      comment: 'Tests are imported by tests.',
      severity: 'error',
      from: { path: '^(packages|plugins|apps)/', pathNot: [test] },
      to: { path: test, pathNot: ['node_modules'] },
    },
    {
      name: 'no-own-index',
      comment: 'Nobody inside a package imports its own index.',
      severity: 'error',
      from: { path: '^((?:packages|plugins|apps)/[^/]+)/src/', pathNot: [test] },
      to: { path: '^$1/src/index\\.ts$' },
    },
    // Value cycles are refused by Biome (noImportCycles): this tool cannot tell `import type` apart without TypeScript's own parser.
    { name: 'resolvable', comment: 'Every import leads somewhere.', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Only ours: most libraries live in a dist folder too, and an excluded library is one that no rule sees.
    exclude: { path: '^(packages|plugins|apps|bench)/.+/(dist|templates|fixtures)/' },
    tsPreCompilationDeps: true,
    moduleSystems: ['es6', 'cjs'],
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@nyuzi/source', 'import', 'node', 'default'],
      extensions: ['.ts', '.tsx', '.mts', '.js', '.mjs', '.json'],
    },
  },
}
