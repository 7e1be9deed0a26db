import type postgres from 'postgres'
import { extraMinor } from '../kit/billing-isp.ts'

/**
 * The day of `seedBillingIsp` as someone would write it who knows what is sold: one call that computes and writes all
 * rows of the run, set by set, into the product's own tables, so with all their indexes, foreign keys and guards. It
 * runs as their owner, without row-level security, and asks nothing: not whether a line may be parked, whether credit
 * waits, or what a line may use.
 */
export async function openBillingStatement(sql: postgres.Sql): Promise<(organisationId: string, day: string) => Promise<void>> {
  await sql.unsafe(definition)
  return async (organisationId, day) => void (await sql`select limit_bill(${organisationId}::uuid, ${day}::date, now())`)
}

const definition = `
create or replace function limit_bill(organisation uuid, day date, at timestamptz) returns void language plpgsql as $$
begin
  insert into number_series (organisation_id, series) values (organisation, 'NRB') on conflict do nothing;

  create temp table claimed on commit drop as
  select s.id as subscription_id, s.subscriber_id, t.number as terms, p.id as price_id, p.version, p.amount_minor, s.billed_until as starts,
         (s.billed_until + interval '1 month')::date as ends, uuidv7() as invoice_id, uuidv7() as entry_id, a.id as receivable_id, b.code as series
    from subscriptions s
    join subscription_terms t on t.organisation_id = s.organisation_id and t.subscription_id = s.id and t.from_on <= s.billed_until and (t.until_on is null or t.until_on > s.billed_until)
    join prices p on p.organisation_id = s.organisation_id and p.id = t.price_id
    join subscribers u on u.organisation_id = s.organisation_id and u.id = s.subscriber_id
    join branches b on b.organisation_id = s.organisation_id and b.id = u.branch_id
    join ledger_accounts a on a.organisation_id = s.organisation_id and a.code = 'receivable:KES:' || s.subscriber_id
   where s.organisation_id = organisation and s.next_invoice_on <= day and s.parked_reason is null
     for update of s;

  create temp table lined on commit drop as
  select c.*, l.position, l.component, l.description, l.total, v.before_vat, round(v.before_vat / 1.15)::bigint as net
    from claimed c, lateral (values (1, 'base', '{"kind":"plan"}'::jsonb, amount_minor), (2, 'static_ip', '{"kind":"extra","title":"Static address"}', ${extraMinor})) as l(position, component, description, total),
         lateral (select round(l.total / 1.16)::bigint as before_vat) v;

  insert into invoices (organisation_id, id, subscriber_id, series, sequence, number, status, currency, total_minor, issued_on, due_on, created_at)
  select organisation, invoice_id, subscriber_id, series, sequence, series || '-' || lpad(sequence::text, greatest(6, length(sequence::text)), '0'), 'open', 'KES', amount_minor + ${extraMinor}, day, starts, at
    from (select c.*, row_number() over () + n.last_sequence as sequence
            from claimed c join number_series n on n.organisation_id = organisation and n.series = c.series) c;

  insert into invoice_line_taxes (organisation_id, invoice_id, line_position, position, code, title, rate_bp, base_minor, amount_minor)
  select organisation, invoice_id, l.position, t.position, t.code, t.title, t.rate_bp, t.base, t.amount
    from lined l, lateral (values (1, 'excise', 'excise', 1500, net, before_vat - net), (2, 'vat', 'VAT', 1600, before_vat, total - before_vat))
      as t(position, code, title, rate_bp, base, amount);

  insert into invoice_lines (organisation_id, invoice_id, position, description, component, category, tax_class, pricing, tax_point, net_minor, total_minor, subscription_id,
                             period_start, period_end, rate_minor, whole_start, whole_end, due_on, price_id, price_version, terms, arithmetic)
  select organisation, invoice_id, position, description, component, 'internet',
         'internet', 'inclusive', starts, net, total, subscription_id, starts, ends, total, starts, ends, starts, price_id, version, terms,
         format('%s incl.: VAT 16 %% %s, excise 15 %% %s, net %s', to_char(total / 100.0, 'FM999990.00'), to_char((total - before_vat) / 100.0, 'FM999990.00'),
                to_char((before_vat - net) / 100.0, 'FM999990.00'), to_char(net / 100.0, 'FM999990.00'))
    from lined;

  insert into charged_periods (organisation_id, subscription_id, component, period, invoice_id, line_position)
  select organisation, subscription_id, component, daterange(starts, ends), invoice_id, position from lined;

  insert into postings (organisation_id, entry_id, position, account_id, amount_minor, currency)
  select organisation, entry_id, p.position, p.account_id, p.amount, 'KES'
    from (select entry_id, receivable_id, sum(total) as total, sum(before_vat) as before_vat, sum(net) as net from lined group by 1, 2) c,
         (select (select id from ledger_accounts where organisation_id = organisation and code = 'revenue:KES:internet') as revenue,
                 (select id from ledger_accounts where organisation_id = organisation and code = 'tax_payable:KES:excise') as excise,
                 (select id from ledger_accounts where organisation_id = organisation and code = 'tax_payable:KES:vat') as vat) a,
         lateral (values (1, receivable_id, total), (2, a.revenue, -net), (3, a.excise, net - before_vat), (4, a.vat, before_vat - total)) as p(position, account_id, amount);

  insert into journal_entries (organisation_id, id, kind, currency, effective_on, source_noun, source_id, recorded_at)
  select organisation, entry_id, 'invoice_issued', 'KES', day, 'invoice', invoice_id::text, at from claimed;

  update subscriptions s set billed_until = c.ends, next_invoice_on = c.ends - 7 from claimed c where s.organisation_id = organisation and s.id = c.subscription_id;

  update access_states a set recheck_on = c.starts + 1 from claimed c where a.organisation_id = organisation and a.subscriber_id = c.subscriber_id;
end $$;
`
