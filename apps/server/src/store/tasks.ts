import type { TaskStore } from '../flows/ports.ts'
import type { Sql } from './transaction.ts'

export const taskStore = (sql: Sql): TaskStore => ({
  async open({ kind, subjectNoun, subjectId, title, detail, at }) {
    await sql`
      insert into tasks (organisation_id, kind, subject_noun, subject_id, title, detail, created_at)
      values (nyuzi_organisation(), ${kind}, ${subjectNoun}, ${subjectId}, ${title}, ${sql.json((detail ?? {}) as never)}, ${at})
      on conflict (organisation_id, kind, subject_noun, subject_id) where done_at is null do nothing`
  },
  async settle({ kind, subjectNoun, subjectIds, at }) {
    if (subjectIds.length === 0) return
    await sql`
      update tasks set done_at = ${at}
      where kind = ${kind} and subject_noun = ${subjectNoun} and subject_id = any(${[...subjectIds]}::text[]) and done_at is null`
  },
  async lock(id) {
    const [row] = await sql<
      { kind: string; subjectId: string }[]
    >`select kind, subject_id as "subjectId" from tasks where id = ${id} for update`
    return row
  },
  async close(id, at) {
    const rows = await sql`update tasks set done_at = coalesce(done_at, ${at}) where id = ${id} returning id`
    return rows.length === 1
  },
})
