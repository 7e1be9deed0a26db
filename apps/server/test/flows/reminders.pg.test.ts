import { type CivilDate, money, type PlanId, written } from '@nyuzi/core'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createPlan } from '../../src/flows/catalog/create-plan.ts'
import { createPrice } from '../../src/flows/catalog/create-price.ts'
import { issueDebitNote } from '../../src/flows/credits/issue-debit-note.ts'
import { changeDunningPolicy, createDunningPolicy, type NewStep, removeDunningPolicy } from '../../src/flows/dunning/write-policy.ts'
import { changeOrganisation } from '../../src/flows/organisations/change-organisation.ts'
import { createBranch } from '../../src/flows/organisations/create-branch.ts'
import { recordManualPayment } from '../../src/flows/payments/record-manual-payment.ts'
import { changeSubscriber } from '../../src/flows/subscribers/change-subscriber.ts'
import { createSubscription } from '../../src/flows/subscribers/create-subscription.ts'
import { setParent } from '../../src/flows/subscribers/set-parent.ts'
import { type Isp, type Line, openIsp, priceOf } from '../isp.ts'

const actor = 'test'
const step = (key: string, daysFromDue: number, more: Partial<NewStep> = {}): NewStep => ({
  key,
  daysFromDue,
  message: daysFromDue < 0 ? 'invoice_before_due' : daysFromDue === 0 ? 'invoice_due' : 'invoice_overdue',
  ...more,
})

describe('Reminders', () => {
  let isp: Isp
  beforeEach(async () => {
    isp = await openIsp({ startAt: '2026-06-01T06:00:00Z', graceDays: 60 })
  })
  afterEach(() => isp.close())

  /** `due sent`, `after_due skipped`, in the order of their days. */
  const remindersOf = async ({ subscriberId }: Line) =>
    (
      await isp.raw<{ key: string; status: string }[]>`
        select split_part(dedupe_key, ':', 3) as key, case when status = 'skipped' then 'skipped' else 'sent' end as status
          from messages where subscriber_id = ${subscriberId} and dedupe_key like 'dunning:%' order by owed_on, created_at, key`
    ).map(({ key, status }) => `${key} ${status}`)
  const textsOf = async ({ subscriberId }: Line) =>
    (
      await isp.raw<{ text: string }[]>`
        select text from messages where subscriber_id = ${subscriberId} and text is not null and kind <> 'receipt' order by created_at, id`
    ).map(({ text }) => text)
  const policy = (steps: readonly NewStep[], scope = {}) => createDunningPolicy(isp.deps, isp.organisationId, { scope, steps, actor })
  const dueOn = (day: string, more: Parameters<Isp['subscribe']>[0] = {}) => isp.subscribe({ startsOn: day as CivilDate, ...more })
  const live = async (from: string, until: string) => {
    for (let day = new Date(`${from}T09:00:00Z`); day <= new Date(`${until}T09:00:00Z`); day = new Date(day.getTime() + 86_400_000)) {
      isp.clock.moveTo(day)
      await isp.cycle()
      await isp.settled()
    }
  }

  it('go by the policy of the plan, the segment of the branch, the branch, the segment or the organisation', async () => {
    const { deps, organisationId } = isp
    const coast = await createBranch(deps, organisationId, { code: 'MSA', name: 'Mombasa', actor })
    const fibre: PlanId = await createPlan(deps, organisationId, {
      code: 'FIBRE',
      name: 'Fibre',
      actor,
      price: priceOf('9000', 'postpaid', 60),
    })
    const lines = {
      plain: await dueOn('2026-06-05'),
      school: await dueOn('2026-06-05'),
      coast: await dueOn('2026-06-05'),
      coastSchool: await dueOn('2026-06-05'),
      fibre: await dueOn('2026-06-05', { planId: fibre }),
    }
    const move = (line: Line, changes: object) => changeSubscriber(deps, organisationId, line.subscriberId, { ...changes, actor })
    await move(lines.school, { segment: 'school' })
    await move(lines.coast, { branchId: coast })
    await move(lines.coastSchool, { segment: 'school', branchId: coast })
    await move(lines.fibre, { segment: 'school', branchId: coast })
    await policy([step('everybody', 0)])
    await policy([step('schools', 1)], { segment: 'school' })
    await policy([step('mombasa', 2)], { branchId: coast })
    await policy([step('mombasa_schools', 3)], { segment: 'school', branchId: coast })
    await policy([step('fibre', 4)], { planId: fibre })
    await live('2026-06-01', '2026-06-10')
    const sent = await Promise.all(Object.entries(lines).map(async ([name, line]) => [name, await remindersOf(line)]))
    expect(Object.fromEntries(sent)).toEqual({
      plain: ['everybody sent'],
      school: ['schools sent'],
      coast: ['mombasa sent'],
      coastSchool: ['mombasa_schools sent'],
      fibre: ['fibre sent'],
    })
  })

  it('are not sent again, nor as old news, when the policy changes; what was owed and not sent still is', async () => {
    const id = await policy([step('due', 0), step('firm', 3)])
    const line = await dueOn('2026-06-05')
    await live('2026-06-01', '2026-06-06')
    expect(await remindersOf(line)).toEqual(['due sent'])
    // The server stands still on the 8th, the day of `firm`, and the policy changes on the 10th.
    isp.day('2026-06-10')
    const wider = [step('due', 1), step('firm', 3), step('gone_by', 4), step('last', 6)]
    await changeDunningPolicy(isp.deps, isp.organisationId, id, { steps: [step('due', 1), step('firm', 3), step('last', 6)], actor })
    await isp.cycle()
    expect(await remindersOf(line)).toEqual(['due sent', 'firm sent'])
    await changeDunningPolicy(isp.deps, isp.organisationId, id, { steps: wider, actor })
    await isp.cycle()
    expect(await remindersOf(line)).toEqual(['due sent', 'firm sent', 'gone_by skipped'])
    await live('2026-06-10', '2026-06-14')
    expect(await remindersOf(line)).toEqual(['due sent', 'firm sent', 'gone_by skipped', 'last sent'])
  })

  it('of another policy do not repeat those of the one before, when a subscriber moves or a policy is removed', async () => {
    const schools = await policy([step('hello', 0), step('again', 2), step('much_later', 5)], { segment: 'school' })
    const line = await dueOn('2026-06-05')
    await live('2026-06-01', '2026-06-06')
    const before = await remindersOf(line)
    expect(before).toEqual(['before_due sent', 'due sent', 'after_due sent'])
    await changeSubscriber(isp.deps, isp.organisationId, line.subscriberId, { segment: 'school', actor })
    await live('2026-06-06', '2026-06-07')
    expect(await remindersOf(line)).toEqual(['before_due sent', 'due sent', 'hello skipped', 'after_due sent', 'again sent'])
    await removeDunningPolicy(isp.deps, isp.organisationId, schools, actor)
    await live('2026-06-08', '2026-06-12')
    expect(await remindersOf(line)).toHaveLength(5)
  })

  it('come as late as their step is old: sixty days after the due date, and made up after it', async () => {
    await policy([step('legal', 60, { lateDays: 10 })])
    const [onTime, late, tooLate] = [await dueOn('2026-06-20'), await dueOn('2026-06-10'), await dueOn('2026-06-05')]
    await live('2026-06-20', '2026-06-20')
    isp.day('2026-08-19')
    await isp.cycle()
    const sixty = async (line: Line) => (await remindersOf(line)).filter((said) => said.startsWith('legal'))
    expect(await sixty(onTime)).toEqual(['legal sent'])
    expect(await sixty(late)).toEqual(['legal sent'])
    expect(await sixty(tooLate)).toEqual([])
  })

  it('of several invoices of one payer are one text with the sum, and each is done', async () => {
    await policy([step('due', 0), step('firm', 2)])
    const line = await dueOn('2026-06-05')
    const cable = { description: written('Cable'), category: 'repair', taxClass: 'exempt', pricing: 'inclusive' } as const
    await issueDebitNote(isp.deps, isp.organisationId, {
      subscriberId: line.subscriberId,
      charges: [{ ...cable, amount: money(30_000n, 'KES') }],
      dueOn: '2026-06-05' as CivilDate,
      reason: 'cut through',
      actor,
    })
    await live('2026-06-01', '2026-06-05')
    expect((await remindersOf(line)).sort()).toEqual(['due sent', 'due skipped'])
    await isp.pay(line, 150_000n)
    await live('2026-06-06', '2026-06-08')
    expect((await remindersOf(line)).sort()).toEqual(['due sent', 'due skipped', 'firm sent'])
    expect(await textsOf(line)).toEqual([
      expect.stringContaining('Amina, KES 1,800 for Savanna Fibre is due 5 Jun.'),
      expect.stringContaining('KES 300 for Savanna Fibre is overdue'),
    ])
  })

  it('of a cut-off go to the parent who pays, once for all its lines', async () => {
    const planId = await createPlan(isp.deps, isp.organisationId, {
      code: 'NOW',
      name: 'Now',
      actor,
      price: priceOf('1000', 'postpaid', 0),
    })
    const [parent, child] = [await dueOn('2026-06-05', { planId }), await dueOn('2026-06-05', { planId })]
    await setParent(isp.deps, isp.organisationId, child.subscriberId, { parentId: parent.subscriberId, pays: true, actor })
    await live('2026-06-05', '2026-06-06')
    expect((await textsOf(parent)).filter((text) => text.includes('paused'))).toEqual([
      expect.stringMatching(/^Amina, your 2 Savanna Fibre lines are paused: KES 2,000 is unpaid\./),
    ])
    expect(await textsOf(child)).toEqual([])
  })

  it('are none under a policy without steps', async () => {
    await policy([])
    const line = await dueOn('2026-06-05')
    await live('2026-06-05', '2026-06-07')
    expect(await remindersOf(line)).toEqual([])
  })

  it('go by the channels of their step, and not at all where none reaches the subscriber', async () => {
    await policy([step('due', 0, { channels: ['email', 'sms'] }), step('firm', 1, { channels: ['whatsapp'] })])
    const line = await dueOn('2026-06-05')
    await live('2026-06-05', '2026-06-06')
    const rows = await isp.raw`
      select split_part(dedupe_key, ':', 3) as key, channel, status, status_reason from messages where subscriber_id = ${line.subscriberId} order by owed_on`
    expect(rows).toMatchObject([
      { key: 'due', channel: 'sms' },
      { key: 'firm', channel: null, status: 'skipped', status_reason: 'the subscriber has no address that a messenger reaches' },
    ])
  })

  it('wait for the end of quiet hours; a receipt does not', async () => {
    await changeOrganisation(isp.deps, isp.organisationId, { quietHours: { from: '21:00', until: '07:00' }, actor })
    await policy([step('due', 0, { lateDays: 0 })])
    const line = await dueOn('2026-06-05')
    // 22:30 in Nairobi, on the due date.
    isp.clock.moveTo(new Date('2026-06-05T19:30:00Z'))
    await isp.cycle()
    await recordManualPayment(isp.deps, isp.organisationId, {
      subscriberId: line.subscriberId,
      branchId: isp.branchId,
      reference: 'cash 1',
      amount: { amountMinor: 10_000n, currency: 'KES' },
      paidAt: isp.clock.now(),
      actor,
    })
    const state = () => isp.raw`select kind, status, status_reason, next_attempt_at from messages order by kind`
    await isp.until('the receipt', async () => (await state())[1]?.['status'] === 'sent')
    await isp.settled()
    expect(await state()).toMatchObject([
      { kind: 'invoice_due', status: 'queued', status_reason: 'quiet hours', next_attempt_at: new Date('2026-06-06T04:00:00Z') },
      { kind: 'receipt', status: 'sent' },
    ])
    isp.clock.moveTo(new Date('2026-06-06T03:59:00Z'))
    await isp.cycle()
    expect(await state()).toMatchObject([{ status: 'queued' }, {}])
    isp.clock.moveTo(new Date('2026-06-06T04:00:00Z'))
    await isp.until('the reminder', async () => (await state())[0]?.['status'] === 'sent')
    expect(await isp.verify()).toMatchObject({ doubts: [] })
  })

  it('prompt the payer too where their step says so, again with each such step, until it is paid', async () => {
    await policy([
      step('due', 0, { prompt: true }),
      step('told', 2),
      step('again', 3, { prompt: true }),
      step('once_more', 7, { prompt: true }),
    ])
    const line = await dueOn('2026-06-05')
    const promptsTo = () => isp.daraja.prompts.filter(({ phone }) => phone === line.phone.slice(1))
    const answer = async (count: number, outcome: 'cancel' | 'approve') => {
      const prompt = await isp.until(`prompt ${count}`, () => promptsTo()[count - 1])
      await isp.until(
        'it to be pending',
        async () => (await isp.raw`select 1 from payment_intents where provider_reference = ${prompt.checkoutRequestId}`)[0],
      )
      await isp.daraja.answerPrompt(prompt.checkoutRequestId, outcome)
      await isp.settled()
      return prompt
    }
    await live('2026-06-01', '2026-06-05')
    expect(await answer(1, 'cancel')).toMatchObject({ amount: '1500', accountReference: line.accountNumber })
    await live('2026-06-06', '2026-06-08')
    await answer(2, 'approve')
    await isp.until('the invoice to be paid', async () => (await isp.raw`select 1 from invoices where status = 'paid'`)[0])
    await live('2026-06-09', '2026-06-13')
    expect(promptsTo().map(({ state }) => state)).toEqual(['failed', 'paid'])
    expect(await remindersOf(line)).toEqual(['due sent', 'told sent', 'again sent'])
    expect(await isp.raw`select actor, count(*)::int from audit_records where action = 'payment.request' group by 1`).toEqual([
      { actor: 'dunning', count: 2 },
    ])
  })

  it('ask for several invoices with one prompt, at the end of quiet hours, and say the sum in the currency of the account', async () => {
    await policy([step('due', 0, { prompt: true })])
    await changeOrganisation(isp.deps, isp.organisationId, { quietHours: { from: '08:00', until: '14:00' }, actor })
    const { deps, organisationId, planId } = isp
    await createPrice(deps, organisationId, planId, { ...priceOf('0', 'postpaid', 60), amount: money(2_550n, 'USD'), actor })
    const [line, abroad] = [await dueOn('2026-06-05'), await dueOn('2026-06-05', { currency: 'USD' })]
    await createSubscription(deps, organisationId, {
      subscriberId: line.subscriberId,
      sold: { planId },
      startsOn: '2026-06-05' as CivilDate,
      actor,
    })
    await live('2026-06-01', '2026-06-05')
    expect(isp.daraja.prompts).toEqual([])
    isp.clock.moveTo(new Date('2026-06-05T11:00:30Z'))
    const prompt = await isp.until('the prompt', () => isp.daraja.prompts[0])
    expect(prompt).toMatchObject({ phone: line.phone.slice(1), amount: '3000' })
    await isp.until('both texts', async () => (await textsOf(line)).length + (await textsOf(abroad)).length === 2)
    expect((await textsOf(abroad))[0]).toContain('USD 25.50')
    expect(isp.daraja.prompts).toHaveLength(1)
  })
})
