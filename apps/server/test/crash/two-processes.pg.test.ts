import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compareBooks, converged } from './books.ts'
import { startLoad } from './load.ts'
import type { ServerProcess } from './server-process.ts'
import { openSupervisedIsp, type SupervisedIsp } from './supervised-isp.ts'

describe('Two server processes on one database', () => {
  let isp: SupervisedIsp
  let servers: ServerProcess[]
  beforeAll(async () => {
    isp = await openSupervisedIsp({ servers: 2, lines: 6 })
    servers = [isp.startServer(0), isp.startServer(1)]
    await Promise.all(servers.map(({ ready }) => ready))
  })
  afterAll(() => isp.close())

  it('make one payment, one entry and one message of the same call that both get twenty times at once', async () => {
    const [line] = isp.lines
    isp.daraja.faults.loseCallbacks(1)
    const paid = await isp.daraja.pay({ phone: line?.phone.slice(1) ?? '', amount: '1500', accountReference: line?.accountNumber ?? '' })
    const receipt = paid.outcome === 'paid' ? paid.entry.receipt : ''
    const letter = isp.daraja.deliveries.find((delivery) => delivery.receipt === receipt)
    const address = new URL(letter?.url ?? '').pathname
    const headers = { 'content-type': 'application/json;charset=UTF-8' }
    const calls = isp.urls.flatMap((url) =>
      Array.from({ length: 20 }, () => fetch(url + address, { method: 'POST', headers, body: letter?.body ?? '' })),
    )
    const answers = await Promise.all((await Promise.all(calls)).map(async (answer) => `${answer.status} ${await answer.text()}`))
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toMatch(/^200 /)
    await isp.until('the receipt', () => isp.gateway.messages.some(({ text }) => text.includes(receipt)))
    await converged(isp)
    expect(await isp.raw`select repeats from callbacks`).toEqual([{ repeats: 39 }])
    const [payment, ...others] = await isp.raw`select id, status from payments where provider_transaction = ${receipt}`
    expect(others).toEqual([])
    expect(await isp.raw`select from journal_entries where source_id = ${payment?.['id']}`).toHaveLength(1)
    expect(await isp.raw`select from messages where source_id = ${payment?.['id']}`).toHaveLength(1)
    expect(isp.gateway.messages.filter(({ text }) => text.includes(receipt))).toHaveLength(1)
    expect(isp.boxes[0]?.book.secret(line?.username ?? '')?.profile).toBe('nyuzi-home-10')
  }, 60_000)

  it('lose nothing when one is told to stop under load: it ends by itself with code 0, and the other goes on', async () => {
    const load = startLoad(isp, 7, [5, 25])
    await isp.until('a hundred payments', () => isp.daraja.book.length > 100)
    const [first, second] = servers
    expect(await second?.terminate(), second?.said()).toBe(0)
    servers = [first as ServerProcess, isp.startServer(1)]
    await servers[1]?.ready
    await isp.until('more payments', () => isp.daraja.book.length > 200)
    // This one is the one the provider calls: what it has taken it answers, and what it cannot take any more it refuses.
    expect(await first?.terminate(), first?.said()).toBe(0)
    await load.stop()
    await converged(isp)
    // In its last second it refused connections, and gave no other answer than a durable yes.
    expect(isp.daraja.deliveries.filter(({ status, lost }) => !lost && status !== undefined && status !== 200)).toEqual([])
    const figures = await compareBooks(isp)
    expect(figures.acknowledged).toBeGreaterThan(150)
  }, 90_000)

  it('keep what they acknowledged while PostgreSQL was away, even when they are killed before it is back', async () => {
    servers[0] = isp.startServer(0)
    await servers[0].ready
    const before = isp.daraja.book.length
    await isp.stopDatabase()
    await Promise.all(
      isp.lines.map(({ phone, accountNumber }) => isp.daraja.pay({ phone: phone.slice(1), amount: '20', accountReference: accountNumber })),
    )
    const receipts = isp.daraja.book.slice(before).map(({ receipt }) => receipt)
    const answered = isp.daraja.deliveries.filter(({ receipt }) => receipts.includes(receipt ?? ''))
    expect(answered.map(({ status }) => status)).toEqual(receipts.map(() => 200))
    await Promise.all(servers.map((server) => server.kill()))
    await isp.startDatabase()
    servers = [isp.startServer(0)]
    await servers[0]?.ready
    await isp.until('what lay on disk to be posted', async () => {
      const rows = await isp.raw`select from payments where provider_transaction = any(${receipts})`
      return rows.length === receipts.length
    })
    await converged(isp)
    await compareBooks(isp)
  }, 90_000)
})
