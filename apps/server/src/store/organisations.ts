import { asId, type Currency, type CutOffPolicy, type LateFeePolicy, type OrganisationId } from '@nyuzi/core'
import type { OrganisationsStore } from '../flows/organisations/ports.ts'
import type { OrganisationPolicy, OrganisationStore } from '../flows/ports.ts'
import { toJson } from './mapping.ts'
import type { Database, Sql } from './transaction.ts'

export type PolicyRow = Partial<Omit<OrganisationPolicy, 'cutOff' | 'lateFee' | 'messageCost'>> & {
  readonly messageCost?: { readonly perPartMinor: string }
  readonly lateFee?: Omit<LateFeePolicy, 'amount'> & {
    readonly amount: { readonly kind: 'fixed'; readonly amountMinor: string } | Extract<LateFeePolicy['amount'], { kind: 'percentage' }>
  }
  readonly cutOff?: Omit<CutOffPolicy, 'minimumDebtMinor'> & { readonly minimumDebtMinor: string }
}

/** An invoice comes before the first reminder, which the default dunning policy sends five days ahead. */
const invoiceLeadDaysDefault = 7

export const toPolicy = ({ cutOff, lateFee, messageCost, ...row }: PolicyRow): OrganisationPolicy => ({
  invoiceLeadDays: invoiceLeadDaysDefault,
  ...row,
  ...(cutOff && { cutOff: { ...cutOff, minimumDebtMinor: BigInt(cutOff.minimumDebtMinor) } }),
  ...(messageCost && { messageCost: { perPartMinor: BigInt(messageCost.perPartMinor) } }),
  ...(lateFee && {
    lateFee: {
      ...lateFee,
      amount: lateFee.amount.kind === 'fixed' ? { kind: 'fixed', amountMinor: BigInt(lateFee.amount.amountMinor) } : lateFee.amount,
    },
  }),
})

export const organisationStore = (sql: Sql): OrganisationStore => ({
  async read() {
    const [row] = await sql<{ id: string; name: string; country: string; currency: Currency; timeZone: string; policy: PolicyRow }[]>`
      select id, name, country, currency, time_zone as "timeZone", policy from organisations`
    if (!row) throw new Error('this transaction is inside no organisation')
    return { ...row, id: asId('organisation', row.id), policy: toPolicy(row.policy) }
  },
})

/** All organisations of this server: the one question that is asked outside any of them. */
export const organisationIds = async (database: Database): Promise<OrganisationId[]> =>
  (await database`select nyuzi_organisations() as id`).map(({ id }) => id as OrganisationId)

export const organisationsStore = (sql: Sql): OrganisationsStore => ({
  async add(organisation) {
    const { id, slug, name, country, currency, timeZone, language, policy, accountPrefix, createdAt } = organisation
    const rows = await sql`
      insert into organisations (id, slug, name, country, currency, time_zone, language, policy, account_prefix, created_at)
      values (${id}, ${slug}, ${name}, ${country}, ${currency}, ${timeZone}, ${language}, ${sql.json(toJson(policy))}, ${accountPrefix}, ${createdAt})
      on conflict (slug) do nothing returning id`
    return rows.length === 1
  },
  async change({ name, policy }) {
    await sql`
      update organisations set
        name = coalesce(${name ?? null}, name),
        policy = coalesce(${policy === undefined ? null : sql.json(toJson(policy))}::jsonb, policy)`
  },
  async takeAccountSequence() {
    const [row] = await sql<{ sequence: bigint; prefix: string }[]>`
      update organisations set next_account_sequence = next_account_sequence + 1
      returning (next_account_sequence - 1)::bigint as sequence, account_prefix as prefix`
    if (!row) throw new Error('this transaction is inside no organisation')
    return row
  },
})
