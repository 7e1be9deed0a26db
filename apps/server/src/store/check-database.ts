import postgres from 'postgres'

/** What makes a database unfit to keep money, each with what to do about it; empty when it is fit. */
export async function checkDatabase(url: string): Promise<string[]> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    const faults: string[] = []
    for (const name of ['fsync', 'full_page_writes', 'synchronous_commit']) {
      const [row] = await sql`select current_setting(${name}) as value`
      if (row?.value === 'off') faults.push(`PostgreSQL runs with ${name} = off and may lose payments it has acknowledged. Set it to on.`)
    }
    const [role] = await sql`select rolsuper or rolbypassrls as free from pg_roles where rolname = 'nyuzi_app'`
    if (!role || role.free) faults.push('The role nyuzi_app is missing or may bypass row-level security. Run `nyuzi db migrate`, and take BYPASSRLS and SUPERUSER from it.')
    const [clock] = await sql`select abs(extract(epoch from clock_timestamp() - ${new Date()}::timestamptz)) as apart`
    if (Number(clock?.apart) > 60) faults.push(`The clocks of this server and of PostgreSQL are ${Math.round(Number(clock?.apart))} seconds apart. Synchronise both.`)
    return faults
  } finally {
    await sql.end()
  }
}
