import type { DemoTools } from '@nyuzi/server'
import { type CycleSaid, shillings, type WithId } from './api.ts'
import { dayOf, instantOn, plusDays, plusMonths } from './days.ts'
import type { Office } from './furnish.ts'
import type { Line } from './notes.ts'
import { firstNameOf, mistype, owedBy, payByPaybill, payByPrompt } from './payers.ts'
import type { Person } from './people.ts'
import { plans } from './plans.ts'
import { linePassword, type World } from './world.ts'

type Doing = {
  readonly day: string
  readonly what: 'join' | 'pay' | 'cancel'
  readonly person: Person
  readonly share?: number
  readonly nearMiss?: true
}

const lateDays = 6
const joinsBefore = 3

/**
 * Three months of the made-up ISP, day by day on the server's own clock: people join, are invoiced, pay or do not,
 * are suspended and come back. Everything is done through the API and the simulators, so nothing of it is invented.
 */
export async function liveThrough(
  tools: DemoTools,
  office: Office,
  world: World,
  people: readonly Person[],
  say: (words: string) => void,
): Promise<Line[]> {
  const { clock } = tools
  const today = dayOf(new Date())
  const plan = people.flatMap((person) => doingsOf(person, today))
  const first = plan.reduce((earliest, { day }) => (day < earliest ? day : earliest), today)
  const lines = new Map<Person, Line>()
  const life = createLife(tools, office, world, lines)
  let month = ''
  for (let day = first; day < today; day = plusDays(day, 1)) {
    if (day.slice(0, 7) !== month) {
      month = day.slice(0, 7)
      say(
        `living through ${new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${day}T00:00:00Z`))}`,
      )
    }
    const doings = plan.filter((one) => one.day === day)
    clock.moveTo(instantOn(day, '08:30'))
    for (const { person } of doings.filter(({ what }) => what === 'join')) await life.join(person, startOf(person, today))
    clock.moveTo(instantOn(day, '09:00'))
    await life.bill()
    clock.moveTo(instantOn(day, '11:40'))
    await life.pay(doings.filter(({ what }) => what === 'pay'))
    for (const { person } of doings.filter(({ what }) => what === 'cancel')) await life.cancel(person, plusDays(day, 1))
  }
  clock.moveTo(new Date())
  await life.bill()
  say('the last payers of today are at their phones')
  await life.today()
  return people.flatMap((person) => lines.get(person) ?? [])
}

const startOf = (person: Person, today: string): string => plusMonths(plusDays(today, person.dueIn), -person.months)

function doingsOf(person: Person, today: string): Doing[] {
  const start = startOf(person, today)
  const join = plusDays(start, -joinsBefore)
  const doings: Doing[] = [{ day: join < today ? join : plusDays(today, -1), what: 'join', person }]
  const offset = { early: -2, on_the_day: 0, prompt: 0, late: lateDays, types_spaces: -1, types_phone: -3, cash: -1, pays_ahead: -2 }[
    person.habit
  ]
  for (let period = 0; period <= person.months; period += 1) {
    const due = plusMonths(start, period, Number(start.slice(8)))
    const isLast = period === person.months
    // Nobody pays late for a line that was never on.
    const day = plusDays(due, period === 0 ? Math.min(offset, 0) : offset)
    if (!isLast || person.ending === 'as_ever') {
      const share = person.habit === 'pays_ahead' ? (period === 0 ? 1 : period === 1 ? 4 : 0) : 1
      if (share > 0) doings.push({ day: day > plusDays(join, 0) ? day : plusDays(join, 1), what: 'pay', person, share })
    } else if (person.ending === 'half') doings.push({ day: due, what: 'pay', person, share: 0.5 })
    else if (person.ending === 'near_miss') doings.push({ day: plusDays(today, -1), what: 'pay', person, nearMiss: true })
    else if (person.ending === 'cancelled') {
      doings.push({ day: due, what: 'pay', person, share: 1 }, { day: plusDays(due, 5), what: 'cancel', person })
    } else if (person.ending === 'cancelled_owing') doings.push({ day: plusDays(due, 5), what: 'cancel', person })
  }
  return doings.filter(({ day }) => day < today)
}

function createLife(
  { clock, settled }: DemoTools,
  { api, branches, plans: planIds, installations }: Office,
  world: World,
  lines: Map<Person, Line>,
) {
  const subscriptions = new Map<Person, string>()
  let cashSlip = 4_100
  let receipts = 0

  /** Until every receipt is out too: one that waits for its line would be dated a day late. */
  async function settle(paid: number): Promise<void> {
    receipts += paid
    await world.daraja.settled()
    await settled()
    const untilMs = Date.now() + 1_600
    while (paid > 0 && Date.now() < untilMs && world.gateway.messages.filter(({ text }) => isReceipt(text)).length < receipts) {
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await world.gateway.reportsSettled()
    await settled()
  }

  async function payOne({ person, share = 1, nearMiss }: Doing): Promise<void> {
    const line = lines.get(person)
    if (!line) return
    const amount = Math.round(plans[person.plan].price * share)
    const { phone, accountNumber } = line
    const firstName = firstNameOf(person)
    if (person.habit === 'cash' && nearMiss === undefined) {
      cashSlip += 1
      await api.post('/v1/payments', {
        branch: branches[person.branch],
        subscriber: line.subscriber,
        amount: shillings(amount),
        reference: `SLIP-${cashSlip}`,
      })
      return
    }
    if (person.habit === 'prompt' && share === 1 && nearMiss === undefined) {
      await payByPrompt(api, world, line, 'approve', 0, amount)
      return
    }
    const typed =
      { types_spaces: `${accountNumber.slice(0, 3)} ${accountNumber.slice(3)}`, types_phone: phone.replace('+254', '0') }[
        person.habit as string
      ] ?? accountNumber
    await payByPaybill(world, { phone, amount, reference: nearMiss ? mistype(accountNumber) : typed, firstName })
  }

  return {
    async join(person: Person, startsOn: string): Promise<void> {
      const number = lines.size + 1
      const username = `${person.name.toLowerCase().split(' ').slice(0, 2).join('.')}`
      const phone = `+2547${String(11_000_000 + number * 271_828)
        .padStart(8, '0')
        .slice(-8)}`
      const router = person.branch === 'NRW' ? 0 : 1
      const subscriber = await api.post<WithId & { accountNumber: string }>('/v1/subscribers', {
        branch: branches[person.branch],
        name: person.name,
        phone,
        ...(person.language ? { language: person.language } : {}),
      })
      const subscription = await api.post<WithId>('/v1/subscriptions', { subscriber: subscriber.id, plan: planIds[person.plan], startsOn })
      const service = await api.post<WithId>('/v1/services', {
        subscription: subscription.id,
        installation: installations.routers[router],
        kind: 'pppoe',
        username,
        password: linePassword(username),
      })
      const line = {
        subscriber: subscriber.id,
        service: service.id,
        username,
        phone,
        accountNumber: subscriber.accountNumber,
        name: person.name,
        router,
      }
      lines.set(person, line)
      subscriptions.set(person, subscription.id)
      world.dial(line)
    },

    async bill(): Promise<void> {
      const { invoicesIssued, remindersOwed, servicesSuspended, servicesMoved } = await api.post<CycleSaid>('/v1/billing/run', {})
      if (invoicesIssued + remindersOwed + servicesSuspended + servicesMoved > 0) await settle(0)
    },

    async pay(doings: readonly Doing[]): Promise<void> {
      if (doings.length === 0) return
      // Prompts one after the other: how the next one is answered is told to the operator beforehand.
      const [prompts, others] = [
        doings.filter(({ person }) => person.habit === 'prompt'),
        doings.filter(({ person }) => person.habit !== 'prompt'),
      ]
      await Promise.all(others.map(payOne))
      for (const doing of prompts) {
        await payOne(doing)
        await settled()
      }
      await settle(doings.filter(({ nearMiss }) => !nearMiss).length)
    },

    async cancel(person: Person, on: string): Promise<void> {
      const subscription = subscriptions.get(person)
      if (subscription) await api.post(`/v1/subscriptions/${subscription}/cancel`, { on })
      await settle(0)
    },

    /** What fills the figures of today: people who come back, and what a person must look at. */
    async today(): Promise<void> {
      let paid = 0
      for (const [person, line] of lines) {
        if (person.held !== undefined) await api.post(`/v1/services/${line.service}/hold`, { hold: 'held', reason: person.held })
        if (person.ending !== 'pays_today') continue
        const amount = await owedBy(api, line.subscriber)
        if (person.branch === 'KSM')
          await payByPaybill(world, { phone: line.phone, amount, reference: line.accountNumber, firstName: firstNameOf(person) })
        else await payByPrompt(api, world, line, 'approve', 0)
        paid += 1
        await settled()
      }
      await payByPaybill(world, { phone: '+254722000111', amount: 2_000, reference: 'RENT HSE 4', firstName: 'Peter' })
      await settle(paid)
      for (const [person, line] of lines) if (person.drift) await driftOn(line)
      clock.moveTo(new Date())
    },
  }

  async function driftOn({ router, username, service }: Line): Promise<void> {
    world.routers[router]?.editByHand(username, { disabled: 'true' })
    await api.post(`/v1/services/${service}/reapply`)
    await settle(0)
  }
}

/** A receipt names its amount as received, in both languages of the demo. */
const isReceipt = (text: string): boolean => / (received|imepokea) /.test(text)
