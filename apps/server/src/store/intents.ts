import { Defect } from '@nyuzi/core'
import type { Intent, IntentStore } from '../flows/payments/ports.ts'
import { fromRow, fromRows } from './mapping.ts'
import type { Sql } from './transaction.ts'

export const intentStore = (sql: Sql): IntentStore => {
  const columns = sql`id, installation_id as "installationId", subscriber_id as "subscriberId", amount_minor as "amountMinor", prompt_minor as "promptMinor",
    currency, phone, account_reference as "accountReference", status, callback_token as "callbackToken", provider_reference as "providerReference",
    requested_at as "requestedAt", look_up_attempts as "lookUpAttempts", next_look_up_at as "nextLookUpAt", payment_id as "paymentId",
    case when failure_code is not null then jsonb_build_object('code', failure_code, 'class', failure_class, 'message', failure_message) end as failure`
  return {
    async add({
      id,
      installationId,
      subscriberId,
      amountMinor,
      promptMinor,
      currency,
      phone,
      accountReference,
      status,
      callbackToken,
      requestedAt,
    }) {
      await sql`
        insert into payment_intents (organisation_id, id, installation_id, subscriber_id, amount_minor, prompt_minor, currency, phone, account_reference, status, callback_token, requested_at)
        values (nyuzi_organisation(), ${id}, ${installationId}, ${subscriberId}, ${amountMinor}, ${promptMinor}, ${currency}, ${phone}, ${accountReference}, ${status}, ${callbackToken}, ${requestedAt})`
      await sql`
        insert into intent_moves (organisation_id, intent_id, from_status, to_status, evidence, detail, at)
        values (nyuzi_organisation(), ${id}, null, ${status}, 'request', 'asked for', ${requestedAt})`
    },

    async read(id) {
      const [row] = await sql`select ${columns} from payment_intents where id = ${id}`
      return row && fromRow<Intent>(row)
    },

    async lock(ids) {
      if (ids.length === 0) return []
      return fromRows<Intent>(await sql`select ${columns} from payment_intents where id = any(${[...ids]}::uuid[]) order by id for update`)
    },

    async claimToDispatch(limit, now, deadBefore) {
      const rows = await sql`
        with mine as (
          select id as mine_id, status = 'dispatching' as taken_over from payment_intents
           where status = 'created' or (status = 'dispatching' and claimed_at < ${deadBefore})
           order by id limit ${limit} for update skip locked)
        update payment_intents set status = 'dispatching', claimed_at = ${now} from mine where id = mine.mine_id
        returning ${columns}, taken_over as "takenOver"`
      const created = rows.filter(({ takenOver }) => !takenOver)
      if (created.length > 0) {
        await sql`
          insert into intent_moves (organisation_id, intent_id, from_status, to_status, evidence, detail, at)
          select nyuzi_organisation(), id, 'created', 'dispatching', 'request', 'the prompt is on its way', ${now}
            from unnest(${created.map(({ id }) => id as string)}::uuid[]) as id`
      }
      return rows.map(({ takenOver, ...row }) => ({ intent: fromRow<Intent>(row), takenOver }))
    },

    async claimToLookUp(limit, now) {
      // The claim pushes the next time a minute on, so that no other server asks meanwhile and a dead one's turn comes back.
      return fromRows<Intent>(
        await sql`
          with mine as (select id as mine_id from payment_intents where next_look_up_at <= ${now} order by next_look_up_at limit ${limit} for update skip locked)
          update payment_intents set next_look_up_at = ${now}::timestamptz + interval '1 minute' from mine where id = mine.mine_id returning ${columns}`,
      )
    },

    async move(moves) {
      for (const { id, from, to, evidence, detail, at, providerReference, failure, paymentId, nextLookUpAt } of moves) {
        const moved = await sql`
          update payment_intents set status = ${to}, provider_reference = coalesce(provider_reference, ${providerReference ?? null}),
                 payment_id = coalesce(payment_id, ${paymentId ?? null}), failure_code = ${failure?.code ?? null}, failure_class = ${failure?.class ?? null},
                 failure_message = ${failure?.message ?? null},
                 next_look_up_at = case when ${nextLookUpAt === undefined} then next_look_up_at else ${nextLookUpAt ?? null}::timestamptz end
           where id = ${id} and status = ${from} returning id`
        if (moved.length === 0) throw new Defect(`intent ${id} is not ${from} any more although it is locked`)
        await sql`
          insert into intent_moves (organisation_id, intent_id, from_status, to_status, evidence, detail, at)
          values (nyuzi_organisation(), ${id}, ${from}, ${to}, ${evidence}, ${detail}, ${at})`
      }
    },

    async learnReference(id, providerReference) {
      await sql`update payment_intents set provider_reference = coalesce(provider_reference, ${providerReference}) where id = ${id}`
    },

    async scheduleLookUp(id, attempts, lastLookUpAt, nextLookUpAt) {
      await sql`update payment_intents set look_up_attempts = ${attempts}, last_look_up_at = ${lastLookUpAt}, next_look_up_at = ${nextLookUpAt} where id = ${id}`
    },

    async lookUpAgain(id, at) {
      const rows = await sql`
        update payment_intents set look_up_attempts = 0, next_look_up_at = ${at}
         where id = ${id} and status in ('pending', 'unknown', 'expired') returning id`
      return rows.length === 1
    },

    async recentTo(phone, since) {
      return fromRows(
        await sql`
          select requested_at as "requestedAt", prompt_minor as "amountMinor" from payment_intents
           where phone = ${phone} and requested_at > ${since} order by requested_at desc limit 20`,
      )
    },
  }
}
