import type { ReportStore } from '../flows/reports/ports.ts'
import { ageingReports } from './reports/ageing.ts'
import { journalReports } from './reports/journal.ts'
import { revenueReports } from './reports/revenue.ts'
import type { Sql } from './transaction.ts'

export const reportStore = (sql: Sql): ReportStore => ({ ...ageingReports(sql), ...revenueReports(sql), ...journalReports(sql) })
