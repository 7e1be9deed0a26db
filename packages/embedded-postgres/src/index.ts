export {
  type ClusterState,
  clusterState,
  type PostgresOptions,
  type RunningPostgres,
  type StopMode,
  startPostgres,
} from './start-postgres.ts'
