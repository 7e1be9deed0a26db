import type { Database } from './transaction.ts'

export type Notifications = {
  send(text: string): Promise<void>
  listen(hear: (text: string) => void): Promise<() => Promise<void>>
}

const channel = 'nyuzi_wake'

/** PostgreSQL's notifications, always outside a money transaction: inside one they serialise the commits of all servers. */
export const notifications = (database: Database): Notifications => ({
  async send(text) {
    await database`select pg_notify(${channel}, ${text})`
  },
  async listen(hear) {
    const { unlisten } = await database.listen(channel, hear)
    return unlisten
  },
})
