import type { AllowanceReading, DataBundleReading, UsageDayReading, UsageReadings } from '../../flows/usage/ports.ts'
import type { Sql } from '../transaction.ts'
import { after, first, where } from './page.ts'

export function usageReadings(sql: Sql): UsageReadings {
  const allowances = sql`
    select id, title, unit, granted_units as "grantedUnits", data_bundle_id as "dataBundleId", invoice_id as "invoiceId", used_units as "usedUnits", valid_from as "validFrom", valid_until as "validUntil",
           withdrawn_at as "withdrawnAt", created_at as "createdAt" from allowances`
  const bundles = sql`
    select id, code, title, unit, units, valid_days as "validDays", amount_minor as "amountMinor", currency, category, tax_class as "taxClass", pricing,
           created_at as "createdAt", withdrawn_at as "withdrawnAt" from data_bundles`
  return {
    dataBundles: (page) => sql<DataBundleReading[]>`${bundles} where true ${after(sql, page)}`,
    dataBundle: async (id) => first(await sql<DataBundleReading[]>`${bundles} where id = ${id}`),
    allowances: ({ subscriptionId, ...page }) =>
      sql<AllowanceReading[]>`${allowances} where subscription_id = ${subscriptionId} ${after(sql, page)}`,
    allowance: async (id) => first(await sql<AllowanceReading[]>`${allowances} where id = ${id}`),
    usageDays: ({ subscriptionId, from, until }) => sql<UsageDayReading[]>`
      select day, unit, units, covered_units as "coveredUnits", rated_units as "ratedUnits", due_on as "dueOn" from usage_days
       where subscription_id = ${subscriptionId} ${where(sql, from, (day) => sql`day >= ${day}`)} ${where(sql, until, (day) => sql`day < ${day}`)}
       order by day desc, unit limit 1000`,
  }
}
