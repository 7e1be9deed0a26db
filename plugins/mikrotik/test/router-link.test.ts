import { afterEach, describe, expect, it } from 'vitest'
import { CertificateRefused, ConnectFailed, LoginRefused } from '../src/client/errors.ts'
import { openConnection } from '../src/client/open-connection.ts'
import { RouterLink } from '../src/client/router-link.ts'
import { type RouterSimulator, type SimulatorOptions, startRouterSimulator } from '../src/simulator/index.ts'
import { openOptions, pauseMs, print } from './scripted-router.ts'

const cleanUp: (() => unknown)[] = []
afterEach(async () => {
  for (const step of cleanUp.splice(0).reverse()) await step()
})

async function start(options: SimulatorOptions = {}): Promise<RouterSimulator> {
  const router = await startRouterSimulator(options)
  cleanUp.push(() => router.stop())
  return router
}

function linkTo(router: RouterSimulator, overrides: Partial<Parameters<typeof openOptions>[1]> = {}) {
  let nowMs = 0
  let attempts = 0
  const link = new RouterLink({
    open: () => {
      attempts++
      return openConnection(openOptions(router.port, overrides))
    },
    pauseMs: { first: 1_000, max: 8_000 },
    random: () => 1,
    nowMs: () => nowMs,
  })
  cleanUp.push(() => link.stop())
  const advanceMs = (ms: number) => {
    nowMs += ms
  }
  return { link, attempts: () => attempts, advanceMs }
}

describe('the one connection to a router', () => {
  it('is shared by all that need it at once', async () => {
    const router = await start()
    const { link } = linkTo(router)
    const connections = await Promise.all(Array.from({ length: 20 }, () => link.connection()))
    expect(new Set(connections).size).toBe(1)
    expect(router.book.counts.connections).toBe(1)
  })

  it('is opened anew when it has gone', async () => {
    const router = await start()
    const { link } = linkTo(router)
    await (await link.connection()).run(print)
    await router.unplug()
    await router.plug()
    await pauseMs(20)
    expect((await (await link.connection()).run(print)).rows).toHaveLength(1)
    expect(router.book.counts.logins).toBe(2)
  })

  it('is tried again after growing pauses only', async () => {
    const router = await start()
    await router.unplug()
    const { link, attempts, advanceMs } = linkTo(router)
    for (const pause of [1_000, 2_000, 4_000, 8_000, 8_000]) {
      const before = attempts()
      await expect(link.connection()).rejects.toThrow(ConnectFailed)
      expect(attempts()).toBe(before + 1)
      advanceMs(pause - 1)
      await expect(link.connection()).rejects.toThrow(/next attempt/)
      expect(attempts()).toBe(before + 1)
      advanceMs(1)
    }
    await router.plug()
    expect((await (await link.connection()).run(print)).rows).toHaveLength(1)
  })

  it('backs off from a router that lets in and hangs up', async () => {
    const router = await start()
    const { link, attempts } = linkTo(router)
    await link.connection()
    await router.unplug()
    await router.plug()
    await pauseMs(20)
    await expect(link.connection()).rejects.toThrow(/next attempt/)
    expect(attempts()).toBe(1)
  })

  it('is not tried again after a refused login', async () => {
    const router = await start({ password: 'another-password' })
    const { link, attempts, advanceMs } = linkTo(router)
    for (let count = 0; count < 3; count++) {
      await expect(link.connection()).rejects.toThrow(LoginRefused)
      advanceMs(1_000_000)
    }
    expect(attempts()).toBe(1)
    expect(router.book.counts.loginsRefused).toBe(1)
  })

  it('is closed by stop, and stays closed', async () => {
    const router = await start()
    const { link } = linkTo(router)
    await link.connection()
    await link.stop()
    await expect(link.connection()).rejects.toThrow(ConnectFailed)
    await pauseMs(20)
    expect(router.book.connections()).toBe(0)
  })
})

describe('TLS', () => {
  it('is taken with the pinned certificate, however its fingerprint is written', async () => {
    const router = await start({ tls: true })
    const fingerprint = (router.fingerprint ?? '').toUpperCase().replaceAll(/(..)(?=.)/g, '$1:')
    const { link } = linkTo(router, { transport: { mode: 'pinned', fingerprint } })
    expect((await (await link.connection()).run(print)).rows).toHaveLength(1)
  })

  it('is taken with a certificate of a known authority', async () => {
    const router = await start({ tls: true })
    const { link } = linkTo(router, { transport: { mode: 'verified', ca: router.certificate ?? '' } })
    expect((await (await link.connection()).run(print)).rows).toHaveLength(1)
  })

  it('shows no password to a router with another certificate', async () => {
    const router = await start({ tls: true })
    const wrong = [{ mode: 'pinned', fingerprint: '00'.repeat(32) }, { mode: 'verified' }] as const
    for (const transport of wrong) {
      const { link, attempts } = linkTo(router, { transport })
      await expect(link.connection()).rejects.toThrow(CertificateRefused)
      await expect(link.connection()).rejects.toThrow(CertificateRefused)
      expect(attempts()).toBe(1)
    }
    expect(router.book.counts).toMatchObject({ logins: 0, loginsRefused: 0 })
  })

  it('ends in time when the other side speaks none', async () => {
    const router = await start()
    const { link } = linkTo(router, { transport: { mode: 'pinned', fingerprint: '00'.repeat(32) }, connectTimeoutMs: 300 })
    await expect(link.connection()).rejects.toThrow(ConnectFailed)
  })
})

describe('login of a real version', () => {
  it.each([
    ['6.42.12', true],
    ['6.44', true],
    ['6.44', false],
    ['6.49.10', true],
    ['7.18.2', true],
    ['7.18.2', false],
  ])('works with %s, old way allowed: %s', async (version, allowOldLogin) => {
    const router = await start({ version })
    const credentials = { username: router.username, password: router.password, allowOldLogin }
    const { link } = linkTo(router, { credentials })
    expect((await (await link.connection()).run(print)).rows).toHaveLength(1)
    expect(router.book.counts.logins).toBe(1)
  })
})
