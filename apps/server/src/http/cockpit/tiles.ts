import type { DayOfMoney, Pulse } from '../../flows/cockpit/ports.ts'
import { html, type Markup } from './markup.ts'
import { amount, civilDay, plural, seconds } from './words.ts'

export type TilesInput = {
  readonly pulse: Pulse
  readonly money: readonly DayOfMoney[]
  readonly today: string
  readonly days: readonly string[]
}

export function tiles({ pulse, money, today, days }: TilesInput): Markup {
  const open = pulse.suspenseOpen + pulse.tasksOpen + pulse.linesNotInSync + pulse.boxesAway
  const speed = pulse.secondsToAccess
  return html`<section id="tiles" class="tiles" aria-label="Today">
${tile('Payments matched', String(pulse.paymentsMatched), pulse.paymentsInSuspenseToday > 0 ? `${pulse.paymentsInSuspenseToday} more in suspense` : pulse.promptsOpen > 0 ? `${plural(pulse.promptsOpen, 'prompt')} waiting for an answer` : 'today, none left over')}
${tile('Access restored', String(pulse.accessRestored), `${plural(pulse.linesSuspended, 'line')} suspended today`)}
${tile('Payment to access', speed === undefined ? '–' : seconds(speed.p50), speed === undefined ? 'nobody switched on yet today' : `half of ${speed.count}; slowest 1 %: ${seconds(speed.p99)}`, 'tile-accent')}
${tile('Money today', amount(pulse.moneyTodayMinor, pulse.currency), bars(money, today, days))}
${tile('Lines', String(pulse.lines.active + pulse.lines.in_grace), spread(pulse.lines), undefined, `on, of ${pulse.lines.active + pulse.lines.in_grace + pulse.lines.suspended}`)}
${tile('Open work', String(open), open === 0 ? 'nothing waits for a person' : work(pulse), open === 0 ? undefined : 'tile-warm')}
</section>`
}

const tile = (label: string, value: string, below: string | Markup, tone?: string, unit?: string): Markup =>
  html`<div class="tile ${tone ?? ''}"><h2>${label}</h2><p class="figure">${value}${unit === undefined ? '' : html`<small>${unit}</small>`}</p><div class="below">${below}</div></div>`

function work({ suspenseOpen, tasksOpen, linesNotInSync, boxesAway }: Pulse): Markup {
  const parts = [
    suspenseOpen > 0 ? html`<a href="#suspense">${suspenseOpen} in suspense</a>` : undefined,
    tasksOpen > 0 ? html`<a href="#tasks">${plural(tasksOpen, 'task')}</a>` : undefined,
    linesNotInSync > 0 ? html`<a href="/?filter=not_in_sync#subscribers">${plural(linesNotInSync, 'line')} not in sync</a>` : undefined,
    boxesAway > 0 ? html`<a href="#boxes">${plural(boxesAway, 'box', 'boxes')} away</a>` : undefined,
  ].filter((part) => part !== undefined)
  return html`${parts.map((part, index) => html`${index > 0 ? ' · ' : ''}${part}`)}`
}

/** Attributes of SVG, because the policy of the page lets no style stand in an element. */
function spread(lines: Pulse['lines']): Markup {
  const kinds = [
    ['active', 'on', lines.active],
    ['grace', 'in grace', lines.in_grace],
    ['off', 'off', lines.suspended],
  ] as const
  const total = Math.max(
    1,
    kinds.reduce((sum, [, , count]) => sum + count, 0),
  )
  let x = 0
  const parts = kinds.map(([name, , count]) => {
    const width = (count / total) * 200
    const part = html`<rect class="bar-${name}" x="${x.toFixed(2)}" y="0" width="${Math.max(0, width - (width > 2 ? 1.5 : 0)).toFixed(2)}" height="6" rx="1.5"/>`
    x += width
    return part
  })
  const words = kinds.filter(([, , count]) => count > 0).map(([, word, count]) => `${count} ${word}`)
  return html`<svg class="spread" viewBox="0 0 200 6" preserveAspectRatio="none" role="img" aria-label="${words.join(', ')}">${parts}</svg><span>${words.slice(1).join(', ') || 'all on'}</span>`
}

function bars(money: readonly DayOfMoney[], today: string, days: readonly string[]): Markup {
  const byDay = new Map(money.map(({ day, amountMinor }) => [day, Number(amountMinor)]))
  const most = Math.max(1, ...days.map((day) => byDay.get(day) ?? 0))
  const columns = days.map((day, index) => {
    const value = byDay.get(day) ?? 0
    const height = value === 0 ? 1 : Math.max(2, (value / most) * 26)
    return html`<rect class="${day === today ? 'bar-today' : 'bar-day'}" x="${index * 10}" y="${(26 - height).toFixed(1)}" width="7" height="${height.toFixed(1)}" rx="1"/>`
  })
  return html`<svg class="bars" viewBox="0 0 ${days.length * 10 - 3} 26" preserveAspectRatio="none" role="img" aria-label="Money of each day since ${civilDay(days[0] ?? today)}">${columns}</svg>`
}
