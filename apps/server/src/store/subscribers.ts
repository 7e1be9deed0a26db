import { accountKey, type BranchId, type Currency, type SubscriberId } from '@nyuzi/core'
import type { Family, SubscriberStatus, SubscriberStore } from '../flows/subscribers/ports.ts'
import { fromRow } from './mapping.ts'
import type { Sql } from './transaction.ts'

export const subscriberStore = (sql: Sql): SubscriberStore => ({
  async add({ id, branchId, accountNumber, name, phone, email, addressLines, taxPin, language, currency, segment }, at) {
    const rows = await sql`
      insert into subscribers (organisation_id, id, branch_id, account_number, account_key, name, phone, phone_sha256, email, address_lines, tax_pin, language, currency, segment, created_at)
      values (nyuzi_organisation(), ${id}, ${branchId}, ${accountNumber}, ${accountKey(accountNumber)}, ${name}, ${phone ?? null},
              ${phoneSha256(sql, phone)}, ${email ?? null}, ${[...(addressLines ?? [])]}, ${taxPin ?? null}, ${language}, ${currency}, ${segment}, ${at})
      on conflict do nothing returning id`
    return rows.length === 1
  },
  async lock(id) {
    const [row] = await sql<
      { id: SubscriberId; status: SubscriberStatus; branchId: BranchId; segment: string; currency: Currency }[]
    >`select id, status, branch_id as "branchId", segment, currency from subscribers where id = ${id} for update`
    return row
  },
  async change(id, { name, branchId, phone, email, addressLines, taxPin, language, segment, status }) {
    await sql`
      update subscribers set
        name = coalesce(${name ?? null}, name),
        branch_id = coalesce(${branchId ?? null}, branch_id),
        language = coalesce(${language ?? null}, language),
        segment = coalesce(${segment ?? null}, segment),
        status = coalesce(${status ?? null}, status),
        phone = ${phone === undefined ? sql`phone` : phone},
        phone_sha256 = ${phone === undefined ? sql`phone_sha256` : phoneSha256(sql, phone)},
        email = ${email === undefined ? sql`email` : email},
        address_lines = coalesce(${addressLines === undefined ? null : [...addressLines]}::text[], address_lines),
        tax_pin = ${taxPin === undefined ? sql`tax_pin` : taxPin}
      where id = ${id}`
  },
  async hasActiveSubscription(id) {
    return (
      (await sql`select from subscriptions where (subscriber_id = ${id} or payer_id = ${id}) and status = 'active' limit 1`).length === 1
    )
  },
  async family(id) {
    const [row] = await sql`
      select s.parent_id as "parentId", s.status, s.currency, exists (select from subscribers c where c.parent_id = s.id) as "hasChildren" from subscribers s where s.id = ${id}`
    return row && fromRow<Family>(row)
  },
  async setParent(id, parentId, pays) {
    await sql`update subscribers set parent_id = ${parentId}, parent_pays = ${pays} where id = ${id}`
    await sql`update subscriptions set payer_id = ${pays ? parentId : id} where subscriber_id = ${id}`
  },
})

/** What a provider shows instead of the number: lower-case hex SHA-256 of its digits without the plus sign. */
const phoneSha256 = (sql: Sql, phone: string | null | undefined) =>
  sql`encode(sha256(convert_to(${phone ? phone.slice(1) : null}::text, 'UTF8')), 'hex')`
