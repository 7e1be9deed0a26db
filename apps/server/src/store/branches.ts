import type { BranchStore } from '../flows/organisations/ports.ts'
import type { Sql } from './transaction.ts'

export const branchStore = (sql: Sql): BranchStore => ({
  async add({ id, code, name, createdAt }) {
    const rows = await sql`
      insert into branches (organisation_id, id, code, name, created_at)
      values (nyuzi_organisation(), ${id}, ${code}, ${name}, ${createdAt})
      on conflict do nothing returning id`
    return rows.length === 1
  },
  async has(id) {
    return (await sql`select from branches where id = ${id}`).length === 1
  },
})
