import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type RunningPostgres, startPostgres } from '@nyuzi/embedded-postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { requestPayment } from '../../src/flows/payments/request-payment.ts'
import { migrateDatabase } from '../../src/store/migrate.ts'
import { type Isp, type Line, openIsp } from '../isp.ts'

describe('While PostgreSQL is away', () => {
  let folder: string
  let cluster: RunningPostgres
  let isp: Isp
  let lines: Line[]
  const dataDirectory = () => join(folder, 'cluster', 'pg')

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nyuzi-outage-'))
    // PostgreSQL may run as someone else than we.
    await chmod(folder, 0o755)
    cluster = await startPostgres({ durable: true, dataDirectory: dataDirectory() })
    await migrateDatabase(cluster.url)
    const database = { url: cluster.url, drop: async () => {} }
    isp = await openIsp({ database, spoolDirectory: join(folder, 'spool'), log: 'silent', daraja: { confirmation: 'never' } })
    lines = []
    for (let index = 0; index < 20; index++) lines.push(await isp.subscribe())
  })
  afterAll(async () => {
    await isp.close()
    await cluster.stop('immediate')
    await rm(folder, { recursive: true })
  })

  const startAgain = async () => {
    const port = Number(new URL(cluster.url).port)
    cluster = await startPostgres({ durable: true, dataDirectory: dataDirectory(), port })
  }
  const payAll = (amount: string) =>
    Promise.all(lines.map(({ phone, accountNumber }) => isp.daraja.pay({ phone: phone.slice(1), amount, accountReference: accountNumber })))
  const posted = async () =>
    (await isp.raw`select provider_transaction as receipt from payments where status = 'matched'`)
      .map(({ receipt }) => receipt as string)
      .sort()
  const taken = () => isp.daraja.book.map(({ receipt }) => receipt).sort()

  it.each(['fast', 'immediate'] as const)(
    'callbacks are acknowledged, and posted once each when it is back (stop: %s)',
    async (mode) => {
      await payAll('100')
      await isp.until('payments before the outage', async () => (await posted()).length === taken().length)
      await cluster.stop(mode)
      const startedMs = performance.now()
      await payAll('200')
      expect(performance.now() - startedMs).toBeLessThan(5_000)
      expect(isp.daraja.deliveries.map(({ status }) => status)).toEqual(taken().map(() => 200))
      expect(isp.engine.spool?.waiting()).toBeGreaterThan(0)
      await startAgain()
      await isp.until('all payments to be posted', async () => (await posted()).length === taken().length, 20_000)
      expect(await posted()).toEqual(taken())
      await isp.until('the spool to be empty', async () => (await readdir(join(folder, 'spool'))).length === 0)
      expect((await isp.verify()).doubts).toEqual([])
    },
    60_000,
  )

  it('the report of a prompt is acknowledged unseen; its token is checked when it is back, and a guessed one is dropped', async () => {
    const [line] = lines
    if (!line) throw new Error('a line is missing')
    const { daraja } = isp
    const before = taken().length
    await requestPayment(isp.deps, isp.organisationId, {
      subscriberId: line.subscriberId,
      amount: { amountMinor: 5_000n, currency: 'KES' },
      actor: 'test',
    })
    const prompt = await isp.until('the prompt', () => daraja.prompts.at(-1))
    await isp.until(
      'the intent to be pending',
      async () => (await isp.raw`select from payment_intents where status = 'pending'`).length === 1,
    )
    await cluster.stop('immediate')
    await daraja.answerPrompt(prompt.checkoutRequestId, 'approve')
    expect(daraja.deliveries.at(-1)).toMatchObject({ channel: 'stk', status: 200 })
    const guess = prompt.callbackUrl.replace(/[0-9a-f]{32}$/, 'f'.repeat(32))
    const body = String(daraja.deliveries.at(-1)?.body).replaceAll(/UKE[0-9A-Z]{7}/g, 'UKEFORGED1')
    const forged = await fetch(guess, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
    expect(forged.status).toBe(200)
    await startAgain()
    await isp.until('the payment', async () => (await posted()).length === before + 1, 20_000)
    await isp.until('the spool to be empty', () => isp.engine.spool?.waiting() === 0)
    await isp.settled()
    expect(await posted()).toEqual(taken())
    expect(await isp.raw`select status from payment_intents`).toEqual([{ status: 'succeeded' }])
    expect((await isp.raw`select from callbacks where convert_from(body, 'UTF8') like '%FORGED%'`).length).toBe(0)
    expect((await isp.verify()).doubts).toEqual([])
  }, 60_000)
})
