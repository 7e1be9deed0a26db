import { defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'

const conditions = ['@nyuzi/source', ...defaultServerConditions]

// The sandbox is asked only when someone asks for it: `npm run test:live`.
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['@nyuzi/source'] } },
  test: { include: ['**/live.contract.ts'], pool: 'forks' },
})
