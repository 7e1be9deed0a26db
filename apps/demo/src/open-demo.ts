import type { Demo, DemoTools, OpenDemo } from '@nyuzi/server'
import { disturbActions } from './actions/disturb.ts'
import { payActions } from './actions/pay.ts'
import { setStage } from './actions/stage.ts'
import { timeActions } from './actions/time.ts'
import { type Api, createApi } from './api.ts'
import { dayOf, plusDays } from './days.ts'
import { furnish, reconnect } from './furnish.ts'
import { liveThrough } from './live-through.ts'
import { type Notes, readNotes, writeNotes } from './notes.ts'
import type { Person } from './people.ts'
import { startWorld, type World } from './world.ts'

const print = (words: string): void => void process.stdout.write(`  ${words}\n`)

/** Longer than anyone in the demo has been a subscriber. */
const historyDays = 150

export type DemoOptions = { readonly people: readonly Person[]; readonly say?: Say }
type Say = (words: string) => void

/** Makes the ISP up at the first start, and takes it up again where it was at every later one. */
export const createDemo = ({ people, say = print }: DemoOptions): Demo => ({ open: (tools) => open(tools, people, say) })

async function open(tools: DemoTools, people: readonly Person[], say: Say): Promise<OpenDemo> {
  const { apiUrl, clock, dataDirectory } = tools
  const known = readNotes(dataDirectory)
  const found = known && (await isStillThere(apiUrl, known, say)) ? known : undefined
  if (found) clock.moveTo(new Date(Date.now() + found.aheadMs))
  const world = await startWorld(clock, dataDirectory, found?.ports)
  try {
    const notes = found ? await takeUp(tools, found, world, say) : await makeUp(tools, world, people, say)
    writeNotes(dataDirectory, notes)
    const api = createApi(apiUrl, notes.apiKey)
    const stage = setStage(tools, api, world, notes)
    return {
      organisationId: notes.organisation,
      apiKey: notes.apiKey,
      actions: [...payActions(stage), ...disturbActions(stage), ...timeActions(stage)],
      hints: await hintsFor(apiUrl, api, notes),
      close: () => world.close(),
    }
  } catch (error) {
    await world.close()
    throw error
  }
}

async function isStillThere(apiUrl: string, { apiKey }: Notes, say: Say): Promise<boolean> {
  try {
    await createApi(apiUrl, apiKey).get('/v1/organisation')
    return true
  } catch {
    say('the notes of an earlier demo do not fit this database; making up a new one')
    return false
  }
}

async function makeUp(tools: DemoTools, world: World, people: readonly Person[], say: Say): Promise<Notes> {
  const startedMs = performance.now()
  const { clock, apiUrl, operatorKey } = tools
  say('making up an ISP: Savanna Fibre, two branches, two routers, one paybill')
  const since = plusDays(dayOf(new Date()), -historyDays)
  clock.moveTo(new Date(`${plusDays(dayOf(new Date()), -120)}T06:00:00Z`))
  const office = await furnish(createApi(apiUrl, operatorKey), apiUrl, world, since)
  const lines = await liveThrough(tools, office, world, people, say)
  const { organisation, api, installations } = office
  say(
    `${lines.length} subscribers, ${world.daraja.book.length} payments, ${world.gateway.messages.length} text messages in ${((performance.now() - startedMs) / 1000).toFixed(1)} s`,
  )
  return { organisation, apiKey: api.key, aheadMs: 0, ports: world.ports, installations, lines }
}

/** The routers come back empty: comparing each line with its router puts all of them back. */
async function takeUp({ apiUrl, settled }: DemoTools, notes: Notes, world: World, say: Say): Promise<Notes> {
  const api = createApi(apiUrl, notes.apiKey)
  await reconnect(api, notes.installations, world, JSON.stringify(notes.ports) !== JSON.stringify(world.ports))
  for (const line of notes.lines) world.dial(line)
  await Promise.all(notes.lines.map(({ service }) => api.post(`/v1/services/${service}/reapply`)))
  await settled()
  say(`taking up Savanna Fibre again; its simulated routers came back empty and ${notes.lines.length} lines are being put right`)
  return { ...notes, ports: world.ports }
}

async function hintsFor(apiUrl: string, api: Api, { lines }: Notes): Promise<string[]> {
  const first = lines[0]
  const waiting = (await api.get<{ items: readonly unknown[] }>('/v1/suspense')).items.length
  return [
    `Open ${apiUrl}/ and press “Pay by phone prompt”: ${first?.name ?? 'someone'} pays and the line comes on while you watch.`,
    `Give the payments in suspense to their owners (${waiting} wait); their lines follow by themselves.`,
    'Pull a router’s plug, let someone on it pay, and plug it in again.',
    'Let a week pass: invoices, reminders and suspensions happen before your eyes.',
    `The same by the API: curl -s -X POST ${apiUrl}/v1/payment-intents -H 'authorization: Bearer ${api.key}' -H 'content-type: application/json' -H "idempotency-key: $(date +%s)" -d '{"subscriber":"${first?.subscriber ?? ''}"}'`,
  ]
}
