import type { Isp } from '../isp.ts'

/** Every row of every table, counted and hashed. */
export async function everythingIn({ raw }: Isp): Promise<string> {
  const tables =
    await raw`select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`
  const counts = await Promise.all(
    tables.map(
      async ({ table_name }) =>
        (
          await raw.unsafe(
            `select '${table_name} ' || count(*) || ' ' || coalesce(md5(string_agg(t::text, '' order by t::text)), '') as said from ${table_name} t`,
          )
        )[0]?.['said'],
    ),
  )
  return counts.join('\n')
}
