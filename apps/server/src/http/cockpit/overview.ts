import { addDays, civilDate, civilDateAt, type SubscriberId, startOfDay } from '@nyuzi/core'
import type { ListQuery } from '../../flows/cockpit/ports.ts'
import type { Transaction } from '../../flows/ports.ts'
import type { Markup } from './markup.ts'
import { rowsMax, subscriberList, subscriberRow } from './subscriber-list.ts'
import { tiles } from './tiles.ts'
import { clock, stateWord, timesIn } from './words.ts'
import { boxList, happeningList, suspenseList, taskList } from './work-lists.ts'

const suspenseMax = 12
const tasksMax = 12
const happeningsMax = 14
const movedMax = 100
const moneyDays = 14

export type OverviewReading = Awaited<ReturnType<typeof readOverview>>

/** Everything of the first page that moves, read once for all who watch. */
export async function readOverview(tx: Transaction, now: Date) {
  const organisation = await tx.readings.organisation()
  const today = civilDateAt(now, organisation.timeZone)
  const from = addDays(today, 1 - moneyDays)
  const moved = await tx.cockpit.moved(movedMax)
  return {
    organisation,
    today,
    now,
    days: Array.from({ length: moneyDays }, (_, index) => addDays(from, index)),
    pulse: await tx.cockpit.pulse(startOfDay(today, organisation.timeZone)),
    money: await tx.cockpit.moneyByDay(from, organisation.timeZone),
    suspense: await tx.readings.suspense({ limit: suspenseMax }),
    tasks: await tx.readings.tasks({ limit: tasksMax, status: 'open' }),
    boxes: await tx.cockpit.boxes(),
    happenings: await tx.cockpit.happenings(happeningsMax),
    rows: await tx.cockpit.subscribersOf(moved.map(({ subscriberId }) => subscriberId)),
  }
}

/** The parts that move, by the id of their element. */
export function overviewRegions(reading: OverviewReading, mayResolve: boolean): ReadonlyMap<string, Markup> {
  const { organisation, pulse, money, today, days, now } = reading
  const times = timesIn(organisation.timeZone, now)
  const regions = new Map<string, Markup>([
    ['clock', clock(times)],
    ['tiles', tiles({ pulse, money, today, days })],
    ['suspense', suspenseList(reading.suspense, pulse.suspenseOpen, mayResolve, times)],
    ['tasks', taskList(reading.tasks, times)],
    ['boxes', boxList(reading.boxes, times)],
    ['happenings', happeningList(reading.happenings, times)],
  ])
  for (const row of reading.rows) {
    const markup = subscriberRow(row, today)
    regions.set(rowId(markup), markup)
  }
  return regions
}

const rowId = (markup: Markup): string => /id="(row-[^"]+)"/.exec(markup.text)?.[1] ?? ''

export async function readList(tx: Transaction, query: ListQuery, now: Date): Promise<Markup> {
  const { timeZone } = await tx.readings.organisation()
  return subscriberList(await tx.cockpit.subscribers({ ...query, limit: rowsMax + 1 }), query, civilDateAt(now, timeZone))
}

/** For the forms of the demo: whom one could choose, those who owe first. */
export async function readChoices(tx: Transaction): Promise<Choices> {
  const rows = await tx.cockpit.subscribers({ filter: 'all', limit: 200 })
  const boxes = await tx.cockpit.boxes()
  const dueFirst = (dueOn: string | null) => (dueOn === null ? '9' : civilDate(dueOn))
  return {
    subscribers: [...rows]
      .sort((left, right) => (dueFirst(left.dueOn) < dueFirst(right.dueOn) ? -1 : 1))
      .map(({ id, name, owedMinor, creditMinor, lines }) => ({
        id,
        label: `${name}: ${lines.map(({ wanted }) => stateWord(wanted).toLowerCase()).join(', ') || 'no line'}${owedMinor > creditMinor ? `, owes ${(owedMinor - creditMinor) / 100n}` : ''}`,
      })),
    boxes: boxes.filter(({ lane }) => lane !== null).map(({ id, name }) => ({ id, label: name })),
  }
}

export type Choices = {
  readonly subscribers: readonly { readonly id: SubscriberId; readonly label: string }[]
  readonly boxes: readonly { readonly id: string; readonly label: string }[]
}
