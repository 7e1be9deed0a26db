import { add, formatDate, type Money, negate, zero } from '@nyuzi/core'
import type { StatementDocument } from '../document.ts'
import { formatAmount, formatAmountAlone } from '../format-amount.ts'
import { type Words, wordsOf } from '../words/words.ts'
import { issuerLines, recipientLines } from './parties.ts'
import type { Cell, Sheet, TotalRow } from './sheet.ts'

export function statementSheet({ language, issuer, recipient, from, until, opening, rows }: StatementDocument): Sheet {
  const words = wordsOf(language)
  const { currency } = opening
  const right = (title: string) => ({ title, align: 'right', width: 'content' }) as const
  let balance = opening
  const printed: Cell[][] = [
    [{ text: formatDate(from, language) }, { text: words.openingBalance }, { text: '' }, { text: '' }, { text: formatAmount(opening) }],
  ]
  for (const { on, kind, reference, change } of rows) {
    balance = add(balance, change)
    printed.push([
      { text: formatDate(on, language) },
      { text: reference === undefined ? words.entries[kind] : `${words.entries[kind]} ${reference}` },
      { text: change.amountMinor > 0n ? formatAmount(change) : '' },
      { text: change.amountMinor < 0n ? formatAmount(negate(change)) : '' },
      { text: formatAmount(balance) },
    ])
  }
  const span = `${formatDate(from, language)} – ${formatDate(until, language)}`
  return {
    language,
    title: words.titles.statement,
    number: `${recipient.accountNumber}, ${span}`,
    date: until,
    issuer,
    issuerLines: issuerLines(issuer, words),
    facts: [
      { label: words.account, value: recipient.accountNumber },
      { label: words.period, value: span },
    ],
    recipient: { heading: words.accountHolder, name: recipient.name, lines: recipientLines(recipient, words) },
    blocks: [
      {
        kind: 'table',
        columns: [
          { title: words.date, align: 'left', width: 'content' },
          { title: words.description, align: 'left', width: 'rest' },
          right(words.charged),
          right(words.credited),
          right(`${words.balance} (${currency})`),
        ],
        rows: printed,
        totals: [{ label: words.closingBalance, amount: formatAmountAlone(balance), strong: false }, meaning(balance, words)],
      },
    ],
    page: words.page,
  }
}

/** A sign alone is read either way; the words are not. */
function meaning(balance: Money, words: Words): TotalRow {
  if (balance.amountMinor === 0n) return { label: words.nothingOwed, amount: formatAmountAlone(zero(balance.currency)), strong: true }
  return balance.amountMinor > 0n
    ? { label: words.youOwe, amount: formatAmountAlone(balance), strong: true }
    : { label: words.inYourFavour, amount: formatAmountAlone(negate(balance)), strong: true }
}
