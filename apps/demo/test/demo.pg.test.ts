import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type OrganisationId, readId } from '@nyuzi/core'
import { mikrotik } from '@nyuzi/plugin-mikrotik'
import { mpesa } from '@nyuzi/plugin-mpesa'
import { sms } from '@nyuzi/plugin-sms'
import { type Browser, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type RunningServer, startServer } from '../../server/src/composition/server.ts'
import { readSettings } from '../../server/src/composition/settings.ts'
import { verifyLedger } from '../../server/src/flows/ledger/verify-ledger.ts'
import { createLog } from '../../server/src/telemetry/log.ts'
import { type AccessSaid, createApi, type SubscriberSaid } from '../src/api.ts'
import { createDemo } from '../src/open-demo.ts'
import { type Person, people } from '../src/people.ts'
import { findChromium } from './find-chromium.ts'

// One of each kind and a short history: the whole demo lives through four months, which is long for a test.
const few = [
  'Amina Wanjiru Kamau',
  'David Kiprotich Cheruiyot',
  'Esther Achieng Ouma',
  'Faith Wambui Gitau',
  'George Mutua Musyoka',
  'Halima Abdi Noor',
  'Ibrahim Yusuf Farah',
  'Jackline Nduta Karanja',
  'Joyce Nyambura Kariuki',
  'Kevin Omondi Okoth',
  'Musa Lokwang Ekai',
  'Quinter Adhiambo Onyango',
  'Xavier Muthomi Kirimi',
]
const shorter = (person: Person): Person => ({ ...person, months: person.habit === 'pays_ahead' ? 1 : Math.min(person.months, 1) })
const said: string[] = []
const demo = createDemo({ people: people.filter(({ name }) => few.includes(name)).map(shorter), say: (words) => said.push(words) })
const config = { plugins: [mpesa, mikrotik, sms], demo }

let directory: string
let server: RunningServer
const start = () =>
  startServer(config, readSettings({ PORT: '0', NYUZI_DATA: directory, NYUZI_LOG: 'error' }, config), createLog({ level: 'error' }))
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'nyuzi-demo-'))
  server = await start()
}, 120_000)
afterAll(async () => {
  await server?.stop()
  await rm(directory, { recursive: true, force: true })
})

const api = () => createApi(server.url, server.demo?.apiKey ?? '')
const list = async <T>(path: string): Promise<readonly T[]> => (await api().get<{ items: readonly T[] }>(path)).items
const find = async (name: string): Promise<SubscriberSaid> => {
  const [found] = await list<SubscriberSaid>(`/v1/subscribers?q=${encodeURIComponent(name)}`)
  if (!found) throw new Error(`the demo has no ${name}`)
  return found
}
const lineOf = async (name: string): Promise<AccessSaid> => {
  const { name: whole } = await find(name)
  const found = (await list<AccessSaid & { subscriberName: string }>('/v1/access?limit=200')).find(
    ({ subscriberName }) => subscriberName === whole,
  )
  if (!found) throw new Error(`${name} has no line`)
  return found
}
const act = async (name: string, form: Record<string, string> = {}): Promise<string> => {
  const action = server.demo?.actions.find((one) => one.name === name)
  if (!action) throw new Error(`the demo has no action ${name}`)
  return await action.run(form)
}
const routerNamed = async (name: string): Promise<string> =>
  (await list<{ id: string; name: string }>('/v1/installations')).find((one) => one.name === name)?.id ?? ''
async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const untilMs = Date.now() + 20_000
  while (!(await holds())) {
    if (Date.now() > untilMs) throw new Error(`waited in vain until ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

test('every state a line and a payment can be in is there, and the books are sound', async () => {
  expect(said.at(-1)).toMatch(/^13 subscribers, \d+ payments, \d+ text messages in/)
  const wanted = async (name: string) => {
    const { state, reason } = (await lineOf(name)).wanted
    return `${state}/${reason}`
  }
  expect(await wanted('Amina')).toBe('suspended/overdue')
  expect(await wanted('Esther')).toBe('suspended/overdue')
  expect(await wanted('Faith')).toBe('active/paid')
  expect(await wanted('Halima')).toBe('active/in_grace')
  expect(await wanted('Jackline')).toBe('closed/cancelled')
  expect(await wanted('Kevin')).toBe('active/paid')
  expect(await wanted('Musa')).toBe('suspended/held')
  expect((await lineOf('Quinter')).drift).toMatchObject({ count: 1, last: 'disabled' })
  expect((await find('David')).owed.text).toBe('KES 4,750')
  expect(Number((await find('Ibrahim')).credit.amountMinor)).toBeGreaterThan(0)
  expect((await find('George')).owed.text).toBe('KES 2,500')
  const suspense = await list<{ suspenseReason: string; candidates: readonly { name: string }[] }>('/v1/suspense')
  expect(suspense.some(({ candidates }) => candidates[0]?.name === 'Esther Achieng Ouma')).toBe(true)
  expect(suspense.some(({ candidates }) => candidates.length === 0)).toBe(true)
  const organisationId = readId('organisation', server.demo?.organisationId ?? '') as OrganisationId
  expect(await verifyLedger(server.engine.deps, organisationId)).toMatchObject({ doubts: [] })
})

test('the hints hold a line that works as it stands', async () => {
  const line = server.demo?.hints.find((hint) => hint.includes('curl')) ?? ''
  expect(line).toContain(`authorization: Bearer ${server.demo?.apiKey}`)
  expect(line).toMatch(/"subscriber":"sub_[0-9a-f]{32}"/)
})

const executablePath = findChromium()
test.skipIf(executablePath === undefined)(
  `a payer is prompted and the line comes on while one watches${executablePath === undefined ? ' (skipped: no Chromium on the PATH)' : ''}`,
  async () => {
    const browser: Browser = await chromium.launch({
      executablePath: executablePath ?? '',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
    try {
      const page: Page = await browser.newPage()
      const asked: string[] = []
      const complaints: string[] = []
      page.on('request', (request) => asked.push(request.url()))
      page.on('console', (message) => complaints.push(message.text()))
      page.on('pageerror', (error) => complaints.push(error.message))
      await page.goto(`${server.url}/`)
      const row = page.locator('.rows .row', { hasText: 'Amina' })
      await expect.poll(() => row.innerText()).toContain('Off, overdue')
      const form = page.locator('form[action="/cockpit/actions/pay-by-prompt"]')
      const { id } = await find('Amina')
      await form.locator('[name=subscriber]').selectOption(id)
      await form.locator('button').click()
      await expect.poll(() => page.locator('#said').innerText(), { timeout: 12_000 }).toContain('The line is on')
      await expect.poll(() => row.innerText(), { timeout: 5_000 }).toMatch(/On\s+settled/)
      await expect.poll(() => page.locator('#happenings').innerText()).toContain('Amina Wanjiru Kamau is on')

      await page.fill('#search [name=q]', 'kevin')
      await expect.poll(() => page.locator('.rows .row').count()).toBe(1)
      await page.locator('.rows .row a').click()
      await expect.poll(() => page.locator('#timeline').innerText()).toContain('The router reports the line on')
      expect(asked.filter((url) => !url.startsWith(`${server.url}/`))).toEqual([])
      expect(complaints).toEqual([])
    } finally {
      await browser.close()
    }
  },
  60_000,
)

test('a mistyped number waits in suspense with its owner as the likeliest', async () => {
  const { id } = await find('Halima')
  expect(await act('pay-the-paybill', { subscriber: id, typed: 'two digits swapped' })).toMatch(/check digit gave it away/)
  const [newest] = await list<{ candidates: readonly { subscriber: string }[] }>('/v1/suspense')
  expect(newest?.candidates[0]?.subscriber).toBe(id)
  expect(await act('pay-the-paybill', { subscriber: id, typed: 'a number nobody has', amount: '700' })).toMatch(/KES 700 for “HOUSE RENT”/)
  expect(await act('pay-the-paybill', { subscriber: id, typed: 'the right number' })).toMatch(/matched by its account number/)
})

test('the same news five times more is booked once', async () => {
  const before = await list('/v1/payments?limit=200')
  expect(await act('repeat-a-callback')).toMatch(/5 times more, and each time the server answered 200/)
  await server.engine.workRoom.idle()
  expect(await list('/v1/payments?limit=200')).toHaveLength(before.length)
})

test('a payer declines, and nothing moves', async () => {
  const { id } = await find('David')
  expect(await act('pay-by-prompt', { subscriber: id, answer: 'declines' })).toMatch(
    /David declined: the prompt of KES 4,750 came to nothing/,
  )
  expect((await find('David')).owed.text).toBe('KES 4,750')
  expect(await act('pay-by-prompt', { subscriber: id, answer: 'enters the PIN' })).toMatch(/prompted a moment ago/)
})

test('a payment behind a pulled plug is booked, and its line follows when the router is back', async () => {
  const router = await routerNamed('Kisumu router')
  const { id } = await find('Esther')
  expect(await act('pull-the-plug', { router })).toMatch(/Kisumu router is away/)
  expect(await act('pay-the-paybill', { subscriber: id, typed: 'the right number' })).toMatch(/its router is away/)
  expect(await lineOf('Esther')).toMatchObject({ wanted: { state: 'active' }, observed: { state: 'suspended' } })
  expect(await act('plug-in', { router })).toMatch(/is back/)
  await until('the line is on', async () => (await lineOf('Esther')).observed?.state === 'active')
}, 60_000)

test('a line that was changed by hand is put back', async () => {
  const { id } = await find('Faith')
  expect(await act('edit-by-hand', { subscriber: id })).toMatch(/switched Faith off, who had paid.*\(disabled\)/)
  expect(await lineOf('Faith')).toMatchObject({ observed: { state: 'active' }, drift: { count: 1 } })
})

test('days pass, and the demo is taken up again where it was', async () => {
  expect(await act('let-a-day-pass')).toMatch(/^It is \w+day \d+ \w+\./)
  expect(await act('let-a-week-pass')).toMatch(/went out/)
  expect((await lineOf('George')).wanted.state).toBe('suspended')
  const before = { key: server.demo?.apiKey, invoices: (await list('/v1/invoices?limit=200')).length }
  const day = (await api().post<{ day: string }>('/v1/billing/run', { dryRun: true })).day
  await server.stop()
  said.length = 0
  server = await start()
  expect(said.at(-1)).toMatch(/came back empty and 13 lines are being put right/)
  expect(server.demo?.apiKey).toBe(before.key)
  expect((await api().post<{ day: string }>('/v1/billing/run', { dryRun: true })).day).toBe(day)
  expect(await list('/v1/invoices?limit=200')).toHaveLength(before.invoices)
  await until('all lines are in sync', async () =>
    (await list<AccessSaid>('/v1/access?limit=200')).every(({ status }) => status === 'in_sync'),
  )
  expect(await act('pay-by-prompt', { subscriber: (await find('George')).id, answer: 'enters the PIN' })).toMatch(/The line is on/)
}, 90_000)
