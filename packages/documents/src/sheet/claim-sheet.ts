import {
  addDays,
  describeLine,
  type FiscalProof,
  formatDate,
  invariant,
  type Language,
  type Money,
  money,
  reasonText,
  summariseTaxes,
} from '@nyuzi/core'
import type { ClaimLine, CreditNoteDocument, DebitNoteDocument, InvoiceDocument } from '../document.ts'
import { formatAmount, formatAmountAlone } from '../format-amount.ts'
import { type Words, wordsOf } from '../words/words.ts'
import { issuerLines, recipientLines } from './parties.ts'
import type { Block, Cell, Column, Fact, Sheet, TotalRow } from './sheet.ts'

type ClaimDocument = InvoiceDocument | DebitNoteDocument | CreditNoteDocument

export function claimSheet(document: ClaimDocument): Sheet {
  const { language, issuer, recipient, number, issuedOn } = document
  const words = wordsOf(language)
  const heading = document.kind === 'credit_note' ? words.creditedTo : words.billedTo
  return {
    language,
    title: words.titles[document.kind],
    number,
    date: issuedOn,
    issuer,
    issuerLines: issuerLines(issuer, words),
    facts: factsOf(document, words),
    recipient: { heading, name: recipient.name, lines: recipientLines(recipient, words) },
    blocks: [linesTable(document, words), ...reason(document, words), ...proof(document, words), ...howToPay(document, words)],
    page: words.page,
  }
}

function factsOf(document: ClaimDocument, words: Words): Fact[] {
  const { language, number, issuedOn, recipient, fiscal } = document
  const facts = [
    { label: words.number, value: number },
    { label: words.issuedOn, value: formatDate(issuedOn, language) },
  ]
  if (document.kind !== 'credit_note') facts.push({ label: words.dueOn, value: formatDate(document.dueOn, language) })
  facts.push({ label: words.account, value: recipient.accountNumber })
  if (isNote(document) && document.corrects)
    facts.push({ label: words.concerns, value: `${document.corrects.number}, ${formatDate(document.corrects.issuedOn, language)}` })
  if (isNote(document) && document.corrects?.fiscalNumber !== undefined)
    facts.push({ label: words.concernsFiscal, value: document.corrects.fiscalNumber })
  if (fiscal === 'pending') facts.push({ label: words.fiscalNumber, value: words.fiscalPending })
  for (const { number: theirs } of proofsOf(document)) facts.push({ label: words.fiscalNumber, value: theirs })
  return facts
}

function linesTable({ kind, language, lines, total }: ClaimDocument, words: Words): Block {
  const sum = (amountOf: (line: ClaimLine) => bigint): Money =>
    money(
      lines.reduce((all, line) => all + amountOf(line), 0n),
      total.currency,
    )
  const net = sum((line) => line.net.amountMinor)
  invariant(sum((line) => line.total.amountMinor).amountMinor === total.amountMinor, 'the total of a document is the sum of its lines')
  const taxes = summariseTaxes(lines)
  const amount = `${words.amount} (${total.currency})`
  const columns: Column[] =
    taxes.length === 0
      ? [rest(words.description), figures(amount)]
      : [rest(words.description), figures(words.net), figures(words.tax), figures(amount)]
  const rows = lines.map((line) => {
    const taxed = taxes.length === 0 ? [] : [line.net, money(line.total.amountMinor - line.net.amountMinor, total.currency)]
    return [describe(line, language), ...[...taxed, line.total].map((figure) => ({ text: formatAmount(figure) }))]
  })
  const taxRows = taxes.map(({ title, rateBp, baseMinor, amountMinor, certificate }) => ({
    label: `${words.taxes[title] ?? title} ${
      certificate === undefined ? `${rateBp / 100}% × ${formatAmount(money(baseMinor, total.currency))}` : words.exempt(certificate)
    }`,
    amount: formatAmount(money(amountMinor, total.currency)),
    strong: false,
  }))
  const totals: TotalRow[] = [
    ...(taxes.length === 0 ? [] : [{ label: words.net, amount: formatAmount(net), strong: false }]),
    ...taxRows,
    { label: kind === 'credit_note' ? words.totalCredited : words.total, amount: formatAmountAlone(total), strong: true },
  ]
  return { kind: 'table', columns, rows, totals }
}

const rest = (title: string): Column => ({ title, align: 'left', width: 'rest' })
const figures = (title: string): Column => ({ title, align: 'right', width: 'content' })

function describe(line: ClaimLine, language: Language): Cell {
  const text = describeLine(line, language)
  const { credited } = line
  return credited === undefined
    ? { text }
    : { text, note: `${formatDate(credited.start, language)} – ${formatDate(addDays(credited.end, -1), language)}` }
}

const isNote = (document: ClaimDocument): document is DebitNoteDocument | CreditNoteDocument =>
  document.kind === 'debit_note' || document.kind === 'credit_note'

const reason = (document: ClaimDocument, words: Words): Block[] =>
  isNote(document) && document.reason !== undefined
    ? [{ kind: 'paragraph', heading: words.reason, text: reasonText(document.reason, document.language) }]
    : []

const proofsOf = ({ fiscal }: ClaimDocument): readonly FiscalProof[] => (fiscal === undefined || fiscal === 'pending' ? [] : fiscal)

const proof = (document: ClaimDocument, words: Words): Block[] =>
  proofsOf(document).map(({ number, device, url, details }) => ({
    kind: 'facts',
    heading: words.fiscalNumber,
    facts: [{ label: words.number, value: number }, { label: words.fiscalDevice, value: device }, ...details],
    code: { text: url, caption: words.scanToVerify },
  }))

/** A document has one code: where the tax authority's stands, paying is told in words alone. */
function howToPay(document: ClaimDocument, words: Words): Block[] {
  if (document.kind === 'credit_note') return []
  const { issuer, payTo, recipient, total } = document
  const { paymentInstructions: text } = issuer
  const instructions: Block[] =
    text === undefined ? [] : [{ kind: 'paragraph', text, ...(payTo === undefined ? { heading: words.howToPay } : {}) }]
  if (payTo === undefined) return instructions
  const facts = [
    { label: words.payTo, value: payTo },
    { label: words.account, value: recipient.accountNumber },
    { label: words.amountToPay, value: formatAmountAlone(total) },
  ]
  const readable = facts.map(({ label, value }) => `${label}: ${value}`).join('\n')
  const code = proofsOf(document).length === 0 ? { code: { text: readable, caption: words.scanToRead } } : {}
  return [{ kind: 'facts', heading: words.howToPay, facts, ...code }, ...instructions]
}
