import type { AuditStore } from '../flows/ports.ts'
import { toJson } from './mapping.ts'
import type { Sql } from './transaction.ts'

export const auditStore = (sql: Sql): AuditStore => ({
  async write({ actor, action, subjectNoun, subjectId, detail, at }) {
    await sql`
      insert into audit_records (organisation_id, actor, action, subject_noun, subject_id, detail, at)
      values (nyuzi_organisation(), ${actor}, ${action}, ${subjectNoun}, ${subjectId}, ${sql.json(toJson(detail ?? {}))}, ${at})`
  },
})
