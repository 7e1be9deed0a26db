import type { DemoAction } from '@nyuzi/server'
import type { CycleSaid } from '../api.ts'
import { dayOf, spokenDay } from '../days.ts'
import { writeNotes } from '../notes.ts'
import { action, type Stage } from './stage.ts'

const dayMs = 86_400_000

export const timeActions = (stage: Stage): readonly DemoAction[] => [
  action({
    name: 'let-a-day-pass',
    label: 'Let a day pass',
    explains:
      'Moves the clock of the demo: invoices are issued, reminders sent, and whoever is past the grace is suspended. Nobody pays by themselves.',
    fields: [],
    run: () => pass(stage, 1),
  }),
  action({
    name: 'let-a-week-pass',
    label: 'Let a week pass',
    explains: 'Seven days, one after the other.',
    fields: [],
    run: () => pass(stage, 7),
  }),
]

async function pass({ tools, api, notes }: Stage, days: number): Promise<string> {
  const { clock, dataDirectory, settled } = tools
  const total = { invoices: 0, reminders: 0, suspended: 0 }
  for (let passed = 0; passed < days; passed += 1) {
    clock.moveTo(new Date(clock.now().getTime() + dayMs))
    const { invoicesIssued, remindersOwed, servicesSuspended } = await api.post<CycleSaid>('/v1/billing/run', {})
    total.invoices += invoicesIssued
    total.reminders += remindersOwed
    total.suspended += servicesSuspended
    await settled()
  }
  notes.aheadMs = clock.now().getTime() - Date.now()
  writeNotes(dataDirectory, notes)
  const counted = (count: number, one: string) => `${count === 0 ? 'no' : count} ${one}${count === 1 ? '' : 's'}`
  const done = `${counted(total.invoices, 'invoice')} went out, ${counted(total.reminders, 'reminder')} too, and ${counted(total.suspended, 'line')} stopped`
  return `It is ${spokenDay(dayOf(clock.now()))}. Meanwhile ${done}. The figures of today begin anew.`
}
