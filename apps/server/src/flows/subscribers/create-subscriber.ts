import {
  accountKey,
  asId,
  type BranchId,
  type Currency,
  type Language,
  makeAccountNumber,
  type OrganisationId,
  type Phone,
  parsePhone,
  type SubscriberId,
  segmentDefault,
} from '@nyuzi/core'
import { Conflict, InvalidInput, NotFound } from '../errors.ts'
import type { Deps, Transaction } from '../ports.ts'

export type CreateSubscriber = {
  readonly branchId: BranchId
  /** An imported number, in any form; default: the next of our own. */
  readonly accountNumber?: string
  readonly name: string
  /** As typed. */
  readonly phone?: string
  readonly email?: string
  readonly addressLines?: readonly string[]
  readonly taxPin?: string
  readonly language?: Language
  /** Of all that it is charged and pays. Default: the organisation's. */
  readonly currency?: Currency
  /** Default: `home`. */
  readonly segment?: string
  readonly actor: string
}

export async function createSubscriber(
  deps: Pick<Deps, 'store' | 'clock' | 'ids'>,
  organisationId: OrganisationId,
  input: CreateSubscriber,
): Promise<SubscriberId> {
  const { branchId, name, email, addressLines, taxPin, actor } = input
  const id = asId('subscriber', deps.ids.next())
  const now = deps.clock.now()
  await deps.store.inOrganisation(organisationId, async (tx) => {
    const { country, currency } = await tx.organisation.read()
    const phone = input.phone === undefined ? undefined : phoneOf(input.phone, country)
    if (!(await tx.branches.has(branchId))) throw new NotFound('branch', 'branch')
    const subscriber = {
      id,
      branchId,
      name,
      language: input.language ?? 'en',
      currency: input.currency ?? currency,
      segment: input.segment ?? segmentDefault,
      country,
      ...(phone ? { phone } : {}),
      ...(email ? { email } : {}),
      ...(addressLines ? { addressLines } : {}),
      ...(taxPin ? { taxPin } : {}),
    } as const
    const accountNumber =
      input.accountNumber === undefined
        ? await takeAccountNumber(tx, (number) => tx.subscribers.add({ ...subscriber, accountNumber: number }, now))
        : importedNumber(input.accountNumber)
    if (input.accountNumber !== undefined && !(await tx.subscribers.add({ ...subscriber, accountNumber }, now))) {
      throw new Conflict('account_number_taken', `Another subscriber has the account number ${accountNumber}, or one that reads the same.`)
    }
    await tx.audit.write({
      actor,
      action: 'subscriber.create',
      subjectNoun: 'subscriber',
      subjectId: id,
      detail: { accountNumber },
      at: now,
    })
  })
  return id
}

/** Reads a phone by the organisation's country. */
export function phoneOf(typed: string, country: string): Phone {
  const phone = parsePhone(typed, country)
  if (phone) return phone
  const fix = `Send a mobile number of ${country}, with or without the country code.`
  throw new InvalidInput('invalid_input', 'The phone is not a mobile number of this country.', {
    errors: [{ field: 'phone', rule: 'phone', fix }],
  })
}

/** Numbers that an import brought may lie in our way; the counter passes them by. */
async function takeAccountNumber(tx: Transaction, add: (accountNumber: string) => Promise<boolean>): Promise<string> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const { sequence, prefix } = await tx.organisations.takeAccountSequence()
    const accountNumber = makeAccountNumber(sequence, prefix)
    if (await add(accountNumber)) return accountNumber
  }
  throw new Conflict('account_number_taken', 'The next account numbers are all taken. Try again, or give one.')
}

const attemptsMax = 1_000

function importedNumber(typed: string): string {
  if (accountKey(typed) !== '') return typed
  const fix = 'Send at least one letter or digit.'
  throw new InvalidInput('invalid_input', 'The account number holds nothing that people could type.', {
    errors: [{ field: 'accountNumber', rule: 'account_number', fix }],
  })
}
