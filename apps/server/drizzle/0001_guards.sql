-- What the database itself refuses, whatever code runs on it.
-- Error codes NY001… are listed in docs/reference/errors.md.
create extension if not exists btree_gist;
--> statement-breakpoint
alter table charged_periods add constraint charged_periods_overlap
  exclude using gist (organisation_id with =, subscription_id with =, component with =, period with &&);
--> statement-breakpoint
alter table charged_periods add constraint charged_periods_half_open check (not isempty(period) and lower_inc(period) and not upper_inc(period));
--> statement-breakpoint
-- Two passes of a line never overlap, so no minute is sold twice.
alter table passes add constraint passes_overlap
  exclude using gist (organisation_id with =, subscription_id with =, valid with &&) where (not taken_back);
--> statement-breakpoint
create function nyuzi_refuse_change() returns trigger language plpgsql as $$
begin
  raise exception '% rows are never changed or deleted; write a correcting one', tg_table_name using errcode = 'NY001';
end $$;
--> statement-breakpoint
create trigger journal_entries_final before update or delete on journal_entries for each row execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger journal_entries_kept before truncate on journal_entries for each statement execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger postings_final before update or delete on postings for each row execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger postings_kept before truncate on postings for each statement execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger allocations_final before update or delete on allocations for each row execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger invoice_lines_final before update or delete on invoice_lines for each row execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger invoice_line_taxes_final before update or delete on invoice_line_taxes for each row execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger invoice_line_discounts_final before update or delete on invoice_line_discounts for each row execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger invoice_line_usage_final before update or delete on invoice_line_usage for each row execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger subscription_discounts_final before update or delete on subscription_discounts for each row execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger usage_records_final before update or delete on usage_records for each row execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger ledger_blocks_final before update or delete on ledger_blocks for each row execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger ledger_block_entries_final before update or delete on ledger_block_entries for each row execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger former_particulars_final before update or delete on former_particulars for each row execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger logos_final before update or delete on logos for each row execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger receipts_final before update or delete on receipts for each row execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger audit_records_final before update or delete on audit_records for each row execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger credit_lines_final before update or delete on credit_lines for each row execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger credit_line_taxes_final before update or delete on credit_line_taxes for each row execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger credit_allocations_final before update or delete on credit_allocations for each row execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger late_fees_final before update or delete on late_fees for each row execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger instalments_final before update or delete on instalments for each row execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger recognised_days_final before update or delete on recognised_days for each row execute function nyuzi_refuse_change();
--> statement-breakpoint
create trigger instalment_plan_invoices_final before update or delete on instalment_plan_invoices for each row execute function nyuzi_refuse_change();
--> statement-breakpoint
-- Days are released by the credit line that names them, or with the invoice that is voided, and by nothing else.
create function nyuzi_guard_charged_period() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' or pg_trigger_depth() < 2 then
    raise exception 'charged days are released only by a credit note or a voided invoice' using errcode = 'NY001';
  end if;
  return old;
end $$;
--> statement-breakpoint
create trigger charged_periods_guarded before update or delete on charged_periods for each row execute function nyuzi_guard_charged_period();
--> statement-breakpoint
-- A pass is taken back with the days of its line, and by nothing else. Whoever looks after passes then looks at its line again.
create function nyuzi_guard_pass() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or pg_trigger_depth() < 2 or old.taken_back or (to_jsonb(new) - 'taken_back') is distinct from (to_jsonb(old) - 'taken_back') then
    raise exception 'a pass is taken back only by a credit note or a voided invoice' using errcode = 'NY001';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger passes_guarded before update or delete on passes for each row execute function nyuzi_guard_pass();
--> statement-breakpoint
create function nyuzi_take_pass_back() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare taken passes;
begin
  update passes set taken_back = true where organisation_id = old.organisation_id and invoice_id = old.invoice_id and line_position = old.line_position returning * into taken;
  if found then
    update subscriptions set pass_turns_at = lower(taken.valid) where organisation_id = taken.organisation_id and id = taken.subscription_id
       and (pass_turns_at is null or pass_turns_at > lower(taken.valid));
  end if;
  return null;
end $$;
--> statement-breakpoint
create trigger charged_periods_released after delete on charged_periods for each row when (old.component like 'base %') execute function nyuzi_take_pass_back();
--> statement-breakpoint
-- Emptying a table passes row triggers by.
do $$
declare t text;
begin
  foreach t in array array['allocations', 'audit_records', 'charged_periods', 'credit_allocations', 'credit_line_taxes', 'credit_lines', 'credits', 'fiscal_documents', 'former_particulars', 'instalment_plan_invoices', 'instalments', 'invoice_line_discounts', 'invoice_line_taxes', 'invoice_line_usage', 'invoice_lines', 'invoices', 'late_fees', 'ledger_accounts', 'ledger_block_entries', 'ledger_blocks', 'logos', 'number_series', 'passes', 'payments', 'receipts', 'recognised_days', 'revenue_deferrals', 'subscription_discounts', 'tax_exemptions', 'usage_records'] loop
    execute format('create trigger %I before truncate on %I for each statement execute function nyuzi_refuse_change()', t || '_kept', t);
  end loop;
end $$;
--> statement-breakpoint
-- The guards over whole statements run as the owner. The statement's own rows have passed row-level security, and each
-- guard joins by their organisation; a second filter only misleads the planner while a table has no statistics yet: it
-- then read all payments of the organisation for each one allocated. A guard looks up a few rows by their keys, so it is
-- kept from plans that read a whole table, which were cheap on the day they were cached: a scalar subquery is never made a join.
-- The postings of an entry come in one statement, before the entry itself: so one look at that statement proves
-- that they sum to zero, and nothing can be added to an entry that exists.
create function nyuzi_check_postings() returns trigger language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off set enable_hashjoin = off as $$
declare bad record;
begin
  select entry_id, sum(amount_minor) as total, count(*) as postings, min(currency) as currency, max(currency) as other_currency into bad
    from new_postings group by organisation_id, entry_id
    having sum(amount_minor) <> 0 or count(*) < 2 or min(currency) <> max(currency) limit 1;
  if found then
    raise exception 'entry % does not balance: % postings in % and % sum to %', bad.entry_id, bad.postings, bad.currency, bad.other_currency, bad.total using errcode = 'NY002';
  end if;
  select p.entry_id into bad from (select distinct organisation_id, entry_id from new_postings) p
   where (select true from journal_entries e where e.organisation_id = p.organisation_id and e.id = p.entry_id) limit 1;
  if found then
    raise exception 'entry % is recorded already; its postings are final', bad.entry_id using errcode = 'NY001';
  end if;
  select p.entry_id, p.currency, a.currency as account_currency into bad
    from (select organisation_id, account_id, currency, any_value(entry_id) as entry_id from new_postings group by 1, 2, 3) p
    join ledger_accounts a on a.organisation_id = p.organisation_id and a.id = p.account_id where a.currency <> p.currency limit 1;
  if found then
    raise exception 'entry % posts % to an account in %', bad.entry_id, bad.currency, bad.account_currency using errcode = 'NY003';
  end if;
  update ledger_accounts a set balance_minor = a.balance_minor + s.amount, version = a.version + s.postings
    from (select organisation_id, account_id, sum(amount_minor) as amount, count(*) as postings from new_postings group by 1, 2) s
   where a.organisation_id = s.organisation_id and a.id = s.account_id and a.keeps_balance;
  return null;
end $$;
--> statement-breakpoint
create trigger postings_checked after insert on postings referencing new table as new_postings for each statement execute function nyuzi_check_postings();
--> statement-breakpoint
create function nyuzi_check_entries() returns trigger language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off set enable_hashjoin = off as $$
declare bad record;
begin
  select e.id into bad from new_entries e
   where not exists (select from postings p where p.organisation_id = e.organisation_id and p.entry_id = e.id and p.currency = e.currency) limit 1;
  if found then
    raise exception 'entry % has no postings; write its postings first', bad.id using errcode = 'NY002';
  end if;
  select e.id into bad from new_entries e
    left join journal_entries o on o.organisation_id = e.organisation_id and o.id = e.reverses_entry_id
   where e.reverses_entry_id is not null and (o.id is null or exists (
     select from (select account_id, sum(amount_minor) as amount from postings where organisation_id = e.organisation_id and entry_id in (e.id, o.id) group by account_id) b where b.amount <> 0)) limit 1;
  if found then
    raise exception 'entry % is not the exact negation of the entry it reverses', bad.id using errcode = 'NY004';
  end if;
  return null;
end $$;
--> statement-breakpoint
create trigger journal_entries_checked after insert on journal_entries referencing new table as new_entries for each statement execute function nyuzi_check_entries();
--> statement-breakpoint
alter table postings add constraint postings_entry foreign key (organisation_id, entry_id) references journal_entries (organisation_id, id) deferrable initially deferred;
--> statement-breakpoint
-- A balance moves only with a posting.
create function nyuzi_guard_account() returns trigger language plpgsql as $$
begin
  if (new.balance_minor, new.version) is distinct from (old.balance_minor, old.version) and pg_trigger_depth() < 2 then
    raise exception 'the balance of a ledger account moves only with its postings' using errcode = 'NY001';
  end if;
  if (new.code, new.kind, new.currency, new.owner, new.keeps_balance) is distinct from (old.code, old.kind, old.currency, old.owner, old.keeps_balance) then
    raise exception 'a ledger account never changes what it is' using errcode = 'NY001';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger ledger_accounts_guarded before update on ledger_accounts for each row execute function nyuzi_guard_account();
--> statement-breakpoint
-- Numbers: the counter moves only with its documents, and they come only in the counter's order.
create function nyuzi_check_numbers() returns trigger language plpgsql as $$
declare s record;
begin
  for s in select organisation_id, series, min(sequence) as first, max(sequence) as last, count(*) as n from new_documents group by 1, 2 loop
    if s.last - s.first + 1 <> s.n then
      raise exception 'series % would have a gap between % and %', s.series, s.first, s.last using errcode = 'NY005';
    end if;
    update number_series set last_sequence = s.last where organisation_id = s.organisation_id and series = s.series and last_sequence = s.first - 1;
    if not found then
      raise exception 'series % does not continue at %', s.series, s.first using errcode = 'NY005';
    end if;
  end loop;
  return null;
end $$;
--> statement-breakpoint
create trigger invoices_numbered after insert on invoices referencing new table as new_documents for each statement execute function nyuzi_check_numbers();
--> statement-breakpoint
create trigger receipts_numbered after insert on receipts referencing new table as new_documents for each statement execute function nyuzi_check_numbers();
--> statement-breakpoint
create trigger credits_numbered after insert on credits referencing new table as new_documents for each statement execute function nyuzi_check_numbers();
--> statement-breakpoint
create function nyuzi_guard_series() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or pg_trigger_depth() < 2 then
    raise exception 'a number series moves only with its documents' using errcode = 'NY005';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger number_series_guarded before update or delete on number_series for each row execute function nyuzi_guard_series();
--> statement-breakpoint
create function nyuzi_guard_series_start() returns trigger language plpgsql as $$
begin
  if new.last_sequence <> 0 then raise exception 'a series starts at 1' using errcode = 'NY005'; end if;
  return new;
end $$;
--> statement-breakpoint
create trigger number_series_start before insert on number_series for each row execute function nyuzi_guard_series_start();
--> statement-breakpoint
-- A charge that a person made stays as it was asked for: only when it is invoiced, or that it is withdrawn, is still to come, and then nothing.
create function nyuzi_guard_charge() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.invoiced_on is not null or old.withdrawn_on is not null
     or (to_jsonb(new) - array['invoice_on', 'invoiced_on', 'withdrawn_on', 'withdrawn_because'])
        is distinct from (to_jsonb(old) - array['invoice_on', 'invoiced_on', 'withdrawn_on', 'withdrawn_because']) then
    raise exception 'charge % is final; withdraw it while it waits, or credit its line', old.id using errcode = 'NY001';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger one_time_charges_guarded before update or delete on one_time_charges for each row execute function nyuzi_guard_charge();
--> statement-breakpoint
-- A certificate stays as it was recorded; it may be ended once.
create function nyuzi_guard_exemption() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.ended_at is not null
     or (to_jsonb(new) - array['ended_on', 'ended_by', 'ended_at']) is distinct from (to_jsonb(old) - array['ended_on', 'ended_by', 'ended_at']) then
    raise exception 'exemption % is final; end it and record another', old.id using errcode = 'NY001';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger tax_exemptions_guarded before update or delete on tax_exemptions for each row execute function nyuzi_guard_exemption();
--> statement-breakpoint
-- Terms that were agreed stay what they are: only the day on which they end is still to come.
create function nyuzi_guard_terms() returns trigger language plpgsql as $$
begin
  if (new.subscription_id, new.number, new.price_id, new.origin, new.anchor_day, new.from_on, new.periods_before)
     is distinct from (old.subscription_id, old.number, old.price_id, old.origin, old.anchor_day, old.from_on, old.periods_before) then
    raise exception 'terms % of subscription % are agreed; add new ones', old.number, old.subscription_id using errcode = 'NY001';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger subscription_terms_guarded before update on subscription_terms for each row execute function nyuzi_guard_terms();
--> statement-breakpoint
-- The taxes of a line come before the line, so one look at the line proves that it adds up, and no tax can be added to
-- a line that exists.
create function nyuzi_check_lines() returns trigger language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off as $$
declare bad record;
begin
  select n.invoice_id, n.position, n.total_minor, n.net_minor, coalesce(t.taxes, 0) as taxes into bad from new_lines n
    left join lateral (
      select sum(x.amount_minor) as taxes from invoice_line_taxes x
       where x.organisation_id = n.organisation_id and x.invoice_id = n.invoice_id and x.line_position = n.position) t on true
   where n.total_minor <> n.net_minor + coalesce(t.taxes, 0) limit 1;
  if found then
    raise exception 'line % of invoice % claims %, not its net % and taxes %', bad.position, bad.invoice_id, bad.total_minor, bad.net_minor, bad.taxes using errcode = 'NY007';
  end if;
  return null;
end $$;
--> statement-breakpoint
create trigger invoice_lines_checked after insert on invoice_lines referencing new table as new_lines for each statement execute function nyuzi_check_lines();
--> statement-breakpoint
create function nyuzi_check_line_taxes() returns trigger language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off as $$
declare bad record;
begin
  select n.invoice_id, n.line_position into bad from (select distinct organisation_id, invoice_id, line_position from new_taxes) n
   where (select true from invoice_lines l where l.organisation_id = n.organisation_id and l.invoice_id = n.invoice_id and l.position = n.line_position) limit 1;
  if found then
    raise exception 'line % of invoice % is final; its taxes came before it', bad.line_position, bad.invoice_id using errcode = 'NY001';
  end if;
  return null;
end $$;
--> statement-breakpoint
create trigger invoice_line_taxes_checked after insert on invoice_line_taxes referencing new table as new_taxes for each statement execute function nyuzi_check_line_taxes();
--> statement-breakpoint
alter table invoice_lines add constraint invoice_lines_invoice foreign key (organisation_id, invoice_id) references invoices (organisation_id, id)
  deferrable initially deferred;
--> statement-breakpoint
alter table invoice_line_taxes add constraint invoice_line_taxes_line foreign key (organisation_id, invoice_id, line_position)
  references invoice_lines (organisation_id, invoice_id, position) deferrable initially deferred;
--> statement-breakpoint
-- A credited line is its net and its taxes, and all credits of a line together are never more than it claimed, in net
-- and in each tax. The claims are locked first, so two credits of one line see each other. Days that a credit names
-- must be charged by that line still; they are released, so that they may be charged again.
create function nyuzi_check_credit_lines() returns trigger language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off set enable_hashjoin = off as $$
declare bad record;
begin
  perform from invoices i where (i.organisation_id, i.id) in (select organisation_id, invoice_id from new_lines) order by i.id for update;
  select n.credit_id, n.position, n.total_minor, n.net_minor, coalesce(t.taxes, 0) as taxes into bad from new_lines n
    left join lateral (
      select sum(x.amount_minor) as taxes from credit_line_taxes x
       where x.organisation_id = n.organisation_id and x.credit_id = n.credit_id and x.line_position = n.position) t on true
   where n.total_minor <> n.net_minor + coalesce(t.taxes, 0) limit 1;
  if found then
    raise exception 'line % of credit % gives %, not its net % and taxes %', bad.position, bad.credit_id, bad.total_minor, bad.net_minor, bad.taxes using errcode = 'NY007';
  end if;
  select k.invoice_id, k.line_position into bad from (select distinct organisation_id, invoice_id, line_position from new_lines) k
    join invoice_lines l on l.organisation_id = k.organisation_id and l.invoice_id = k.invoice_id and l.position = k.line_position
    join invoices i on i.organisation_id = k.organisation_id and i.id = k.invoice_id
   where i.status = 'void'
      or l.net_minor < (select sum(c.net_minor) from credit_lines c
                         where c.organisation_id = k.organisation_id and c.invoice_id = k.invoice_id and c.line_position = k.line_position)
      or exists (
        select from credit_lines c
          join credit_line_taxes x on x.organisation_id = c.organisation_id and x.credit_id = c.credit_id and x.line_position = c.position
          left join invoice_line_taxes t on t.organisation_id = k.organisation_id and t.invoice_id = k.invoice_id and t.line_position = k.line_position and t.code = x.code
         where c.organisation_id = k.organisation_id and c.invoice_id = k.invoice_id and c.line_position = k.line_position
         group by x.code, t.amount_minor having sum(x.amount_minor) > coalesce(t.amount_minor, 0)) limit 1;
  if found then
    raise exception 'line % of invoice % would be credited beyond what it claimed', bad.line_position, bad.invoice_id using errcode = 'NY008';
  end if;
  for bad in select n.* from new_lines n where n.days is not null order by n.invoice_id, n.line_position, n.days loop
    if not bad.days::datemultirange <@ coalesce((
      select range_agg(p.period) from charged_periods p
       where p.organisation_id = bad.organisation_id and p.invoice_id = bad.invoice_id and p.line_position = bad.line_position), '{}'::datemultirange) then
      raise exception 'line % of invoice % does not charge all of %, or not any more', bad.line_position, bad.invoice_id, bad.days using errcode = 'NY008';
    end if;
    with released as (
      delete from charged_periods p
       where p.organisation_id = bad.organisation_id and p.invoice_id = bad.invoice_id and p.line_position = bad.line_position and p.period && bad.days
      returning p.*)
    insert into charged_periods (organisation_id, subscription_id, component, period, invoice_id, line_position)
    select r.organisation_id, r.subscription_id, r.component, kept, r.invoice_id, r.line_position
      from released r, unnest(r.period::datemultirange - bad.days::datemultirange) as kept;
  end loop;
  return null;
end $$;
--> statement-breakpoint
create trigger credit_lines_checked after insert on credit_lines referencing new table as new_lines for each statement execute function nyuzi_check_credit_lines();
--> statement-breakpoint
create function nyuzi_check_credit_line_taxes() returns trigger language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off as $$
declare bad record;
begin
  select n.credit_id, n.line_position into bad from (select distinct organisation_id, credit_id, line_position from new_taxes) n
   where (select true from credit_lines l where l.organisation_id = n.organisation_id and l.credit_id = n.credit_id and l.position = n.line_position) limit 1;
  if found then
    raise exception 'line % of credit % is final; its taxes came before it', bad.line_position, bad.credit_id using errcode = 'NY001';
  end if;
  return null;
end $$;
--> statement-breakpoint
create trigger credit_line_taxes_checked after insert on credit_line_taxes referencing new table as new_taxes for each statement execute function nyuzi_check_credit_line_taxes();
--> statement-breakpoint
alter table credit_line_taxes add constraint credit_line_taxes_line foreign key (organisation_id, credit_id, line_position)
  references credit_lines (organisation_id, credit_id, position) deferrable initially deferred;
--> statement-breakpoint
-- A credit never changes but in what is allocated of it.
create function nyuzi_guard_credit() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or (to_jsonb(new) - 'allocated_minor') is distinct from (to_jsonb(old) - 'allocated_minor') then
    raise exception 'credit % is final', old.number using errcode = 'NY001';
  end if;
  if pg_trigger_depth() < 2 then
    raise exception 'what is allocated of a credit moves only with its allocations' using errcode = 'NY001';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger credits_guarded before update or delete on credits for each row execute function nyuzi_guard_credit();
--> statement-breakpoint
-- A finalized invoice never changes but in its status and in what is allocated to it (by the trigger below).
create function nyuzi_guard_invoice() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'an issued invoice is never deleted; void it' using errcode = 'NY001';
  end if;
  if (new.id, new.subscriber_id, new.kind, new.series, new.sequence, new.number, new.currency, new.total_minor, new.issued_on, new.due_on, new.issuer_version, new.recipient_version)
     is distinct from (old.id, old.subscriber_id, old.kind, old.series, old.sequence, old.number, old.currency, old.total_minor, old.issued_on, old.due_on, old.issuer_version, old.recipient_version) then
    raise exception 'invoice % is final', old.number using errcode = 'NY001';
  end if;
  if new.allocated_minor is distinct from old.allocated_minor and pg_trigger_depth() < 2 then
    raise exception 'what is paid on an invoice moves only with its allocations' using errcode = 'NY001';
  end if;
  if old.status = 'void' then
    raise exception 'invoice % is void', old.number using errcode = 'NY001';
  end if;
  if new.status = 'void' and exists (select from fiscal_documents f where f.organisation_id = new.organisation_id and f.invoice_id = new.id
     and f.credit_id is null and f.number is not null) then
    raise exception 'invoice % is declared to the tax authority; credit it', old.number using errcode = 'NY001';
  end if;
  if new.status = 'void' and (new.allocated_minor <> 0
     or exists (select from credit_lines c where c.organisation_id = new.organisation_id and c.invoice_id = new.id)) then
    raise exception 'invoice % is settled in part; credit it', old.number using errcode = 'NY001';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger invoices_guarded before update or delete on invoices for each row execute function nyuzi_guard_invoice();
--> statement-breakpoint
create function nyuzi_release_voided() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  delete from charged_periods where organisation_id = new.organisation_id and invoice_id = new.id;
  return null;
end $$;
--> statement-breakpoint
create trigger invoices_voided after update of status on invoices for each row when (new.status = 'void') execute function nyuzi_release_voided();
--> statement-breakpoint
-- What a coupon, a promotion or a data bundle gives is never changed, since redemptions, sales and lines follow from it: it ends, and it is counted.
create function nyuzi_guard_offer() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception '% rows are never deleted; end them', tg_table_name using errcode = 'NY001';
  end if;
  if (to_jsonb(new) - 'redemptions' - 'valid_until' - 'ends_on' - 'withdrawn_at') is distinct from (to_jsonb(old) - 'redemptions' - 'valid_until' - 'ends_on' - 'withdrawn_at') then
    raise exception 'the terms of % never change; end it and make another', old.code using errcode = 'NY001';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger coupons_guarded before update or delete on coupons for each row execute function nyuzi_guard_offer();
--> statement-breakpoint
create trigger data_bundles_guarded before update or delete on data_bundles for each row execute function nyuzi_guard_offer();
--> statement-breakpoint
create trigger promotions_guarded before update or delete on promotions for each row execute function nyuzi_guard_offer();
--> statement-breakpoint
-- Who paid how much, when, with which proof: facts. Only the match, the receipt that was still to come, and the allocated sum may be filled in.
create function nyuzi_guard_payment() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' then
    raise exception 'a payment is never deleted; reverse it' using errcode = 'NY001';
  end if;
  if (new.id, new.source, new.installation_id, new.branch_id, new.amount_minor, new.currency, new.evidence, new.payer_name, new.paid_at, new.received_at)
     is distinct from (old.id, old.source, old.installation_id, old.branch_id, old.amount_minor, old.currency, old.evidence, old.payer_name, old.paid_at, old.received_at)
     or (old.provider_transaction is not null and new.provider_transaction is distinct from old.provider_transaction)
     or (old.intent_id is not null and new.intent_id is distinct from old.intent_id)
     or (old.subscriber_id is not null and new.subscriber_id is distinct from old.subscriber_id) then
    raise exception 'payment % is a fact; move or reverse it by entries', old.id using errcode = 'NY001';
  end if;
  if new.allocated_minor is distinct from old.allocated_minor and pg_trigger_depth() < 2 then
    raise exception 'what is allocated of a payment moves only with its allocations' using errcode = 'NY001';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger payments_guarded before update or delete on payments for each row execute function nyuzi_guard_payment();
--> statement-breakpoint
create function nyuzi_apply_allocations() returns trigger language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off set enable_hashjoin = off as $$
begin
  update payments p set allocated_minor = p.allocated_minor + s.amount
    from (select organisation_id, payment_id, sum(amount_minor) as amount from new_allocations group by 1, 2) s
   where p.organisation_id = s.organisation_id and p.id = s.payment_id;
  update invoices i set allocated_minor = i.allocated_minor + s.amount,
         status = case when i.allocated_minor + s.amount = i.total_minor then 'paid' else i.status end
    from (select organisation_id, invoice_id, sum(amount_minor) as amount from new_allocations group by 1, 2) s
   where i.organisation_id = s.organisation_id and i.id = s.invoice_id;
  return null;
end $$;
--> statement-breakpoint
create function nyuzi_apply_credit_allocations() returns trigger language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off set enable_hashjoin = off as $$
begin
  update credits c set allocated_minor = c.allocated_minor + s.amount
    from (select organisation_id, credit_id, sum(amount_minor) as amount from new_allocations group by 1, 2) s
   where c.organisation_id = s.organisation_id and c.id = s.credit_id;
  update invoices i set allocated_minor = i.allocated_minor + s.amount,
         status = case when i.allocated_minor + s.amount = i.total_minor then 'paid' else i.status end
    from (select organisation_id, invoice_id, sum(amount_minor) as amount from new_allocations group by 1, 2) s
   where i.organisation_id = s.organisation_id and i.id = s.invoice_id;
  return null;
end $$;
--> statement-breakpoint
create trigger credit_allocations_applied after insert on credit_allocations referencing new table as new_allocations for each statement execute function nyuzi_apply_credit_allocations();
--> statement-breakpoint
create trigger allocations_applied after insert on allocations referencing new table as new_allocations for each statement execute function nyuzi_apply_allocations();
--> statement-breakpoint
-- What was reviewed is what is applied: the effects of a preview never change.
create function nyuzi_guard_preview_part() returns trigger language plpgsql as $$
begin
  if (new.preview_id, new.position, new.subscriber_ids, new.effects, new.fingerprint)
     is distinct from (old.preview_id, old.position, old.subscriber_ids, old.effects, old.fingerprint) then
    raise exception 'a preview that was made is not changed; make a new one' using errcode = 'NY001';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger billing_preview_parts_guarded before update on billing_preview_parts for each row execute function nyuzi_guard_preview_part();
--> statement-breakpoint
-- A wanted version never goes back, nor does the version that was seen in place.
create function nyuzi_guard_access() returns trigger language plpgsql as $$
begin
  if new.wanted_version < old.wanted_version or new.observed_version < old.observed_version then
    raise exception 'access versions of service % never go back', old.service_id using errcode = 'NY006';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger access_states_guarded before update on access_states for each row execute function nyuzi_guard_access();
--> statement-breakpoint
-- What is printed about a party, in one form for the party as it is and as it was. When it changes, the number rises and
-- the former particulars are kept, whoever changes it.
create function nyuzi_particulars(o organisations) returns jsonb language sql immutable as $$
  select jsonb_build_object('name', o.name, 'payTo', o.policy->'payTo', 'taxPin', o.policy->'taxPin', 'branding', o.branding)
$$;
--> statement-breakpoint
create function nyuzi_particulars(s subscribers) returns jsonb language sql immutable as $$
  select jsonb_build_object('name', s.name, 'addressLines', s.address_lines, 'taxPin', s.tax_pin, 'language', s.language)
$$;
--> statement-breakpoint
create function nyuzi_keep_particulars() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
  new.particulars_version := old.particulars_version;
  if nyuzi_particulars(new) is distinct from nyuzi_particulars(old) then
    insert into former_particulars (organisation_id, party_id, version, particulars)
      values (coalesce((to_jsonb(old)->>'organisation_id')::uuid, old.id), old.id, old.particulars_version, nyuzi_particulars(old));
    new.particulars_version := old.particulars_version + 1;
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger organisations_particulars before update of name, policy, branding, particulars_version on organisations for each row execute function nyuzi_keep_particulars();
--> statement-breakpoint
create trigger subscribers_particulars before update of name, address_lines, tax_pin, language, particulars_version on subscribers for each row execute function nyuzi_keep_particulars();
--> statement-breakpoint
create trigger subscribers_currency_final before update of currency on subscribers for each row when (new.currency <> old.currency) execute function nyuzi_refuse_change();
--> statement-breakpoint
-- A document prints the particulars that hold when it is issued: their numbers are stamped on it, whoever writes it. It is
-- in the currency of its account.
create function nyuzi_stamp_particulars() returns trigger language plpgsql security definer set search_path = public, pg_temp set enable_seqscan = off as $$
declare account_currency text;
begin
  select o.particulars_version, s.particulars_version, s.currency into new.issuer_version, new.recipient_version, account_currency
    from subscribers s join organisations o on o.id = s.organisation_id
   where s.organisation_id = new.organisation_id and s.id = new.subscriber_id;
  -- A receipt has no amount of its own: it acknowledges a payment.
  if tg_table_name <> 'receipts' then
    if new.currency <> account_currency then
      raise exception 'the account of subscriber % is in %, not in %', new.subscriber_id, account_currency, new.currency using errcode = 'NY003';
    end if;
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger invoices_stamped before insert on invoices for each row execute function nyuzi_stamp_particulars();
--> statement-breakpoint
create trigger credits_stamped before insert on credits for each row execute function nyuzi_stamp_particulars();
--> statement-breakpoint
create trigger receipts_stamped before insert on receipts for each row execute function nyuzi_stamp_particulars();
--> statement-breakpoint
-- What a deferral has earned once the days before one are over: amount x days over / days, rounded down, of whole numbers
-- that stay within their size.
create function nyuzi_earned(amount bigint, span_start date, span_end date, before date) returns bigint language sql immutable parallel safe as $$
  select amount / (span_end - span_start) * least(greatest(before - span_start, 0), span_end - span_start)
       + amount % (span_end - span_start) * least(greatest(before - span_start, 0), span_end - span_start) / (span_end - span_start)
$$;
--> statement-breakpoint
-- A deferral is stopped once, on a day that is not earned yet, and never changes else.
create function nyuzi_guard_deferral() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.stopped_on is not null or new.stopped_on is null or new.until_on > old.until_on or new.until_on < old.from_on
     or (to_jsonb(new) - array['until_on', 'stopped_on']) is distinct from (to_jsonb(old) - array['until_on', 'stopped_on']) then
    raise exception 'a deferral of revenue is final; it may be stopped once, before a day' using errcode = 'NY001';
  end if;
  if exists (select from recognised_days d where d.organisation_id = old.organisation_id and d.day >= new.until_on and d.day < old.until_on and d.day >= old.from_on) then
    raise exception 'days from % on are earned already', new.until_on using errcode = 'NY001';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger revenue_deferrals_guarded before update or delete on revenue_deferrals for each row execute function nyuzi_guard_deferral();
--> statement-breakpoint
alter table revenue_deferrals add constraint revenue_deferrals_line foreign key (organisation_id, invoice_id, line_position)
  references invoice_lines (organisation_id, invoice_id, position) deferrable initially deferred;
--> statement-breakpoint
-- What the tax authority has taken never changes, and neither does what a request was made of.
create function nyuzi_guard_fiscal_document() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or old.status in ('signed', 'taken_earlier', 'withdrawn')
     or (new.id, new.invoice_id, new.credit_id, new.document_number, new.issued_at) is distinct from (old.id, old.invoice_id, old.credit_id, old.document_number, old.issued_at) then
    raise exception 'what was declared of % is final', old.document_number using errcode = 'NY001';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger fiscal_documents_guarded before update or delete on fiscal_documents for each row execute function nyuzi_guard_fiscal_document();
--> statement-breakpoint
-- The authority's count only rises, and is left to who works on it.
create function nyuzi_guard_fiscal_counter() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' or (new.last_number < old.last_number and new.corrected_at is not distinct from old.corrected_at) then
    raise exception 'the count % goes back only when the authority says so', old.counter using errcode = 'NY001';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger fiscal_counters_guarded before update or delete on fiscal_counters for each row execute function nyuzi_guard_fiscal_counter();
--> statement-breakpoint
-- The server works as this role: no table ownership, so row-level security binds it.
do $$ begin
  if not exists (select from pg_roles where rolname = 'nyuzi_app') then create role nyuzi_app nologin; end if;
exception when duplicate_object or unique_violation then null;
end $$;
--> statement-breakpoint
do $$ begin execute format('grant nyuzi_app to %I', current_user); end $$;
--> statement-breakpoint
grant usage on schema public to nyuzi_app;
--> statement-breakpoint
grant select, insert, update on all tables in schema public to nyuzi_app;
--> statement-breakpoint
grant delete on general_ledger_codes, cursors, shared_secrets, idempotency_keys to nyuzi_app;
--> statement-breakpoint
revoke update on former_particulars, logos, receipts, journal_entries, postings, allocations, credit_allocations, credit_lines, credit_line_taxes, invoice_lines, invoice_line_taxes, ledger_blocks, ledger_block_entries, audit_records, charged_periods, instalments, instalment_plan_invoices, late_fees, invoice_line_discounts, invoice_line_usage, subscription_discounts, usage_records, recognised_days, passes from nyuzi_app;
--> statement-breakpoint
create function nyuzi_organisation() returns uuid language sql stable parallel safe as
$$ select nullif(current_setting('nyuzi.organisation_id', true), '')::uuid $$;
--> statement-breakpoint
do $$
declare t text;
begin
  for t in select c.table_name from information_schema.columns c join information_schema.tables b using (table_schema, table_name)
            where c.table_schema = 'public' and b.table_type = 'BASE TABLE' and c.column_name = 'organisation_id' loop
    execute format('alter table %I enable row level security', t);
    execute format('create policy own_organisation on %I to nyuzi_app using (organisation_id = (select nyuzi_organisation())) with check (organisation_id = (select nyuzi_organisation()))', t);
  end loop;
end $$;
--> statement-breakpoint
alter table organisations enable row level security;
--> statement-breakpoint
create policy own_organisation on organisations to nyuzi_app using (id = (select nyuzi_organisation())) with check (id = (select nyuzi_organisation()));
--> statement-breakpoint
-- The only doors through which a server learns of an organisation before it works inside it. They give ids, nothing else.
create function nyuzi_organisations() returns setof uuid language sql stable security definer set search_path = public as
$$ select id from organisations order by id $$;
--> statement-breakpoint
create function nyuzi_organisation_of_installation(installation uuid) returns uuid language sql stable security definer set search_path = public as
$$ select organisation_id from installations where id = installation $$;
--> statement-breakpoint
create function nyuzi_organisation_of_key(sha256 bytea) returns table (organisation_id uuid, api_key_id uuid, permissions text[]) language sql stable security definer set search_path = public as
$$ select organisation_id, id, permissions from api_keys where key_sha256 = sha256 and revoked_at is null $$;
--> statement-breakpoint
-- Keeps reports of providers in one round trip: it enters the organisation, finds the intent of a token, writes what is new
-- and counts what is not, all in the one transaction of its call. Run by the server's own role, so row-level security binds it.
create function nyuzi_keep_callbacks(organisation uuid, ids text[], installations text[], channels text[], keys text[], bodies text[], headers_in text[],
    queries text[], peers text[], tokens text[], received text[], copies_in text[])
  returns table (id uuid, installation_id uuid, dedupe_key text, inserted boolean, sha256 text) language plpgsql set search_path = public as $$
#variable_conflict use_column
begin
  perform set_config('nyuzi.organisation_id', organisation::text, true);
  return query
    with incoming as materialized (
      select a.id::uuid as id, a.installation_id::uuid as installation_id, a.channel, a.dedupe_key, a.body::bytea as body, a.headers::jsonb as headers, a.query::jsonb as query,
             a.peer_address, a.intent_token, a.received_at::timestamptz as received_at, a.copies::integer as copies
        from unnest(ids, installations, channels, keys, bodies, headers_in, queries, peers, tokens, received, copies_in)
          as a(id, installation_id, channel, dedupe_key, body, headers, query, peer_address, intent_token, received_at, copies)),
    written as (
      insert into callbacks as c (organisation_id, id, installation_id, channel, dedupe_key, body, body_sha256, headers, query, peer_address, intent_id, received_at, next_attempt_at, repeats)
      select organisation, i.id, i.installation_id, i.channel, i.dedupe_key, i.body, sha256(i.body), i.headers, i.query, i.peer_address, p.id, i.received_at, i.received_at, i.copies - 1
        from incoming i left join payment_intents p on p.installation_id = i.installation_id and p.callback_token = i.intent_token
       where i.intent_token is null or p.id is not null
       order by i.installation_id, i.dedupe_key
      on conflict (organisation_id, installation_id, dedupe_key)
        do update set repeats = c.repeats + case when c.body_sha256 = excluded.body_sha256 then excluded.repeats + 1 else 0 end
      returning c.id, c.installation_id, c.dedupe_key, c.body_sha256)
    select w.id, w.installation_id, w.dedupe_key, w.id = i.id, encode(w.body_sha256, 'hex')
      from written w join incoming i on i.installation_id = w.installation_id and i.dedupe_key = w.dedupe_key;
end $$;
--> statement-breakpoint
-- Which organisations have work that is due: each branch reads a partial index of waiting rows only.
create function nyuzi_due_work(at timestamptz) returns table (kind text, organisation_id uuid) language sql stable security definer set search_path = public as $$
  select 'callbacks', organisation_id from callbacks where status = 'received' and next_attempt_at <= at group by organisation_id
  union all select 'notices', organisation_id from payment_notices where outcome is null group by organisation_id
  union all select 'prompts', organisation_id from payment_intents where status in ('created', 'dispatching') group by organisation_id
  union all select 'look_ups', organisation_id from payment_intents where next_look_up_at is not null and next_look_up_at <= at group by organisation_id
  union all select 'access', organisation_id from access_states where status <> 'in_sync' and next_attempt_at <= at group by organisation_id
  union all select 'passes', organisation_id from subscriptions where pass_turns_at <= at group by organisation_id
  union all select 'price_moves', organisation_id from price_moves where finished_at is null group by organisation_id
  union all select 'messages', organisation_id from messages where next_attempt_at is not null and next_attempt_at <= at group by organisation_id
  union all select 'fiscal', d.organisation_id from fiscal_devices d
    join fiscal_counters c on c.organisation_id = d.organisation_id and c.counter = d.counter
    join installations i on i.organisation_id = d.organisation_id and i.id = d.installation_id
   where (i.status = 'active' and c.next_attempt_at <= at
          and exists (select from fiscal_documents f where f.organisation_id = d.organisation_id and f.counter = d.counter and f.status = 'pending'))
      or exists (select from number_series n left join fiscal_cursors k on k.organisation_id = n.organisation_id and k.series = n.series
                  where n.organisation_id = d.organisation_id and n.last_sequence > coalesce(k.last_sequence, 0))
   group by d.organisation_id
$$;
--> statement-breakpoint
-- Documents that the tax authorities have not taken yet, of all organisations: for a figure that is watched.
create function nyuzi_fiscal_backlog() returns table (documents bigint, oldest timestamptz) language sql stable security definer set search_path = public as
$$ select count(*), min(issued_at) from fiscal_documents where status in ('pending', 'refused') $$;
--> statement-breakpoint
revoke all on function nyuzi_organisations(), nyuzi_organisation_of_installation(uuid), nyuzi_organisation_of_key(bytea), nyuzi_due_work(timestamptz), nyuzi_fiscal_backlog() from public;
--> statement-breakpoint
grant execute on function nyuzi_organisations(), nyuzi_organisation_of_installation(uuid), nyuzi_organisation_of_key(bytea), nyuzi_due_work(timestamptz), nyuzi_fiscal_backlog() to nyuzi_app;
