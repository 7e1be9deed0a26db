export { migrateDatabase } from './store/migrate.ts'
