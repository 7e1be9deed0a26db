import type { Language } from '@nyuzi/core'
import type { PrintedDocument, ReceiptDocument, StatementEntryKind } from '../document.ts'
import { bangla } from './bangla.ts'
import { english } from './english.ts'
import { swahili } from './swahili.ts'

/** Every text that we print and nobody else wrote. */
export type Words = {
  readonly titles: Readonly<Record<PrintedDocument['kind'], string>>
  readonly number: string
  readonly issuedOn: string
  readonly dueOn: string
  readonly receivedOn: string
  readonly account: string
  readonly period: string
  readonly billedTo: string
  readonly creditedTo: string
  readonly receivedFrom: string
  readonly accountHolder: string
  readonly taxPin: string
  readonly phone: string
  readonly email: string
  readonly concerns: string
  readonly reason: string
  readonly description: string
  readonly net: string
  readonly tax: string
  /** By the title of our own tax packs; the title that an organisation gave a tax of its own prints as it is. */
  readonly taxes: Readonly<Record<string, string>>
  readonly amount: string
  readonly exempt: (certificate: string) => string
  readonly total: string
  readonly totalCredited: string
  readonly howToPay: string
  readonly payTo: string
  readonly amountToPay: string
  readonly scanToRead: string
  readonly scanToVerify: string
  readonly fiscalNumber: string
  readonly fiscalPending: string
  readonly concernsFiscal: string
  readonly fiscalDevice: string
  readonly source: string
  readonly sources: Readonly<Record<ReceiptDocument['source'], string>>
  readonly payer: string
  readonly reference: string
  readonly amountReceived: string
  readonly paidFor: string
  readonly keptAsCredit: string
  readonly date: string
  readonly charged: string
  readonly credited: string
  readonly balance: string
  readonly openingBalance: string
  readonly closingBalance: string
  readonly youOwe: string
  readonly inYourFavour: string
  readonly nothingOwed: string
  readonly entries: Readonly<Record<StatementEntryKind, string>>
  readonly page: (page: number, pages: number) => string
}

const tables: Readonly<Record<Language, Words>> = { en: english, sw: swahili, bn: bangla }

export const wordsOf = (language: Language): Words => tables[language]
