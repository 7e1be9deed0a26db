import type { DunningPolicyReading, ReadingStore } from '../../flows/readings/ports.ts'
import type { Sql } from '../transaction.ts'
import { after, first } from './page.ts'

export function dunningReadings(sql: Sql): Pick<ReadingStore, 'dunningPolicies' | 'dunningPolicy'> {
  const policies = sql`
    select id, branch_id as "branchId", segment, plan_id as "planId", steps, created_at as "createdAt", updated_at as "updatedAt"
    from dunning_policies where removed_at is null`
  return {
    dunningPolicies: (page) => sql<DunningPolicyReading[]>`${policies} ${after(sql, page)}`,
    dunningPolicy: async (id) => first(await sql<DunningPolicyReading[]>`${policies} and id = ${id}`),
  }
}
