import type { Sql } from '../transaction.ts'

/** What no claim has taken yet of each payment and credit; to be filtered by `subscriber_id`. */
export const freeCredit = (sql: Sql) => sql`
  (select subscriber_id, amount_minor - allocated_minor as free from payments where status = 'matched' and allocated_minor < amount_minor
   union all select subscriber_id, total_minor - allocated_minor from credits where allocated_minor < total_minor)`
