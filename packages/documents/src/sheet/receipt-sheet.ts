import { formatDate, invariant, money } from '@nyuzi/core'
import type { ReceiptDocument } from '../document.ts'
import { formatAmount, formatAmountAlone } from '../format-amount.ts'
import { wordsOf } from '../words/words.ts'
import { issuerLines, recipientLines } from './parties.ts'
import type { Sheet } from './sheet.ts'

export function receiptSheet(receipt: ReceiptDocument): Sheet {
  const { language, issuer, recipient, number, issuedOn, receivedOn, reference, amount, source, payer, settled } = receipt
  const words = wordsOf(language)
  const left = settled.reduce((rest, one) => rest - one.amount.amountMinor, amount.amountMinor)
  invariant(left >= 0n, 'a payment settles no more than it is worth')
  const rows = settled.map((one) => [{ text: one.number }, { text: formatAmount(one.amount) }])
  if (left > 0n) rows.push([{ text: words.keptAsCredit }, { text: formatAmount(money(left, amount.currency)) }])
  return {
    language,
    title: words.titles.receipt,
    number,
    date: issuedOn,
    issuer,
    issuerLines: issuerLines(issuer, words),
    facts: [
      { label: words.number, value: number },
      { label: words.issuedOn, value: formatDate(issuedOn, language) },
      { label: words.receivedOn, value: formatDate(receivedOn, language) },
      { label: words.source, value: words.sources[source] },
      { label: words.reference, value: reference },
      ...(payer === undefined ? [] : [{ label: words.payer, value: payer }]),
      { label: words.account, value: recipient.accountNumber },
    ],
    recipient: { heading: words.receivedFrom, name: recipient.name, lines: recipientLines(recipient, words) },
    blocks: [
      {
        kind: 'table',
        columns: [
          { title: words.paidFor, align: 'left', width: 'rest' },
          { title: `${words.amount} (${amount.currency})`, align: 'right', width: 'content' },
        ],
        rows,
        totals: [{ label: words.amountReceived, amount: formatAmountAlone(amount), strong: true }],
      },
    ],
    page: words.page,
  }
}
