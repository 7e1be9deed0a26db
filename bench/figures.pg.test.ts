import { createTestDatabase } from '@nyuzi/embedded-postgres/testing'
import { describe, expect, it } from 'vitest'
import { measureBillingRun } from './billing-run.ts'
import { measureBillingScale } from './billing-scale.ts'
import { measureCallbackIngest } from './callback-ingest.ts'
import type { Figure } from './kit/figure.ts'
import { measurePostPayment } from './post-payment.ts'
import { measureRestore } from './restore.ts'

// Too small to say anything about speed: these only keep the figures from rotting.
async function measureSmall(measure: (databaseUrl: string) => Promise<readonly Figure[]>): Promise<string[]> {
  const database = await createTestDatabase()
  try {
    return (await measure(database.url)).map(({ name }) => name)
  } finally {
    await database.drop()
  }
}

describe('The figures', () => {
  it('measure the run of a day, whose rows are those of one statement', async () => {
    const names = await measureSmall((url) => measureBillingRun(url, { rounds: 1, subscriptions: 20, rowByRow: 10 }))
    expect(names).toEqual([
      'billing-run-one-connection',
      'billing-run-two-connections',
      'billing-run-row-by-row',
      'billing-run-memory',
      'billing-run-repeat',
    ])
  })

  it('measure what a subscriber costs by size, and a day by what falls due', async () => {
    const names = await measureSmall((url) => measureBillingScale(url, { costs: [20, 40], few: 20, many: 60, due: 5, days: 2 }))
    expect(names).toEqual(['billing-scale-cost', 'billing-scale-due'])
  })

  it('measure callbacks through the route beside single inserts', async () => {
    const names = await measureSmall((url) => measureCallbackIngest(url, { rounds: 1, calls: 96, connections: 8 }))
    expect(names).toEqual(['callback-ingest-rate', 'callback-ingest-p99'])
  })

  it('measure payments to the books, which are in order afterwards', async () => {
    const names = await measureSmall((url) => measurePostPayment(url, { rounds: 1, batched: 40, called: 16, written: 32 }))
    expect(names).toEqual(['post-payment-batched', 'post-one-account', 'post-callers-to-hand', 'post-callers-to-orm'])
  })

  it('measure the way from a report to the router, past a backlog and beside a silent router', async () => {
    const sizes = { idle: 2, rounds: 1, backlog: 120, payers: 2, routers: 2, backlogEach: 4, payersAmong: 2 }
    const names = await measureSmall((url) => measureRestore(url, sizes))
    expect(names).toEqual(['restore-idle-p99', 'restore-behind-backlog-p99', 'restore-beside-silent-latency', 'restore-beside-silent-pace'])
  })
})
