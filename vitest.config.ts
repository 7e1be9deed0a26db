import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'

// Workspaces are taken from `src`, so that no test depends on a build.
const conditions = ['@nyuzi/source', ...defaultServerConditions]

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@nyuzi/source'] } },
  // The environment in which Vitest loads a globalSetup.
  environments: { __vitest__: { resolve: { conditions, externalConditions: ['@nyuzi/source'] } } },
  test: {
    pool: 'forks',
    disableConsoleIntercept: true,
    hookTimeout: 60_000,
    coverage: { provider: 'v8', include: ['packages/*/src/**', 'plugins/*/src/**', 'apps/server/src/**'] },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['{packages,plugins,apps}/*/{src,test}/**/*.test.ts', 'bench/**/*.test.ts', 'test/**/*.test.ts'],
          exclude: ['**/*.pg.test.ts', '**/node_modules/**', '**/dist/**', '**/templates/**'],
        },
      },
      {
        extends: true,
        test: {
          name: 'pg',
          include: ['{packages,plugins,apps}/*/{src,test}/**/*.pg.test.ts', 'bench/**/*.pg.test.ts', 'test/**/*.pg.test.ts'],
          exclude: ['**/node_modules/**', '**/dist/**', '**/templates/**'],
          globalSetup: ['./packages/embedded-postgres/src/testing.ts'],
          testTimeout: 30_000,
        },
      },
    ],
  },
})
