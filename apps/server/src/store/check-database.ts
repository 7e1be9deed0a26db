import postgres from 'postgres'

export type DatabaseFault = { readonly subject: DatabaseSubject; readonly message: string; readonly fix: string }
export type DatabaseSubject = (typeof databaseSubjects)[number]

/** What is looked at in a database that is to keep money. */
export const databaseSubjects = ['fsync', 'full_page_writes', 'synchronous_commit', 'role', 'clock'] as const

const clocksApartMaxS = 60

/** What makes a database unfit to keep money, each with what to do about it; empty when it is fit. */
export async function checkDatabase(url: string): Promise<DatabaseFault[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    const faults: DatabaseFault[] = []
    for (const subject of ['fsync', 'full_page_writes', 'synchronous_commit'] as const) {
      const [row] = await sql`select current_setting(${subject}) as value`
      if (row?.value === 'off')
        faults.push({
          subject,
          message: `PostgreSQL runs with ${subject} = off and may lose payments it has acknowledged.`,
          fix: `Set ${subject} = on in postgresql.conf.`,
        })
    }
    const [role] = await sql`select rolsuper or rolbypassrls as free from pg_roles where rolname = 'nyuzi_app'`
    if (!role) faults.push({ subject: 'role', message: 'The role nyuzi_app is missing.', fix: 'Run `nyuzi db migrate`, which makes it.' })
    else if (role.free)
      faults.push({
        subject: 'role',
        message: 'The role nyuzi_app may bypass row-level security.',
        fix: 'Run `alter role nyuzi_app nosuperuser nobypassrls`.',
      })
    const [clock] = await sql`select abs(extract(epoch from clock_timestamp() - ${new Date()}::timestamptz)) as apart`
    const apartS = Math.round(Number(clock?.apart))
    if (apartS > clocksApartMaxS)
      faults.push({
        subject: 'clock',
        message: `The clocks of this server and of PostgreSQL are ${apartS} seconds apart.`,
        fix: 'Synchronise both, e.g. with chrony.',
      })
    return faults
  } finally {
    await sql.end()
  }
}
