import { civilDate, type ExtensionId, money, type PlanChangeTime } from '@nyuzi/core'
import { expect } from 'vitest'
import { grantCredit } from '../../src/flows/credits/grant-credit.ts'
import { issueCreditNote } from '../../src/flows/credits/issue-credit-note.ts'
import { writeOffInvoice } from '../../src/flows/credits/write-off-invoice.ts'
import { redeemCoupon } from '../../src/flows/discounts/redeem-coupon.ts'
import { answerExtension } from '../../src/flows/receivables/answer-extension.ts'
import { createInstalmentPlan } from '../../src/flows/receivables/create-instalment-plan.ts'
import { requestExtension } from '../../src/flows/receivables/request-extension.ts'
import { cancelSubscription, type RefundPolicy } from '../../src/flows/subscribers/cancel-subscription.ts'
import { changeSubscriptionPlan } from '../../src/flows/subscribers/change-plan.ts'
import { pauseSubscription } from '../../src/flows/subscribers/pause-subscription.ts'
import { recordUsage } from '../../src/flows/usage/record-usage.ts'
import type { Case, Desk } from './year.ts'

const actor = 'support'

/** Pays the same sum on a day of each month. */
const paysOn = (days: readonly string[], shillings: number): Case['events'] =>
  Object.fromEntries(days.map((day) => [day, ({ pays }: Desk) => pays(shillings)]))

const monthly = (from: number, until: number, day: string): readonly string[] =>
  Array.from({ length: until - from + 1 }, (_, index) => `2028-${String(from + index).padStart(2, '0')}-${day}`)

const promises =
  (until: string) =>
  async ({ isp, line }: Desk): Promise<void> => {
    const id: ExtensionId = await requestExtension(isp.deps, isp.organisationId, line.subscriberId, {
      until: civilDate(until),
      reason: 'Salary comes late',
      actor,
    })
    const [row] = await isp.raw`select status from extensions where id = ${id}`
    if (row?.['status'] === 'requested') await answerExtension(isp.deps, isp.organisationId, id, { answer: 'approve', actor })
  }

const cancels =
  (on: string, refund: RefundPolicy = 'none') =>
  ({ isp, line }: Desk) =>
    cancelSubscription(isp.deps, isp.organisationId, line.subscriptionId, { on: civilDate(on), refund, actor })

const changesPlan =
  (name: string, when: PlanChangeTime) =>
  ({ isp, line, plan }: Desk) =>
    changeSubscriptionPlan(isp.deps, isp.organisationId, line.subscriptionId, { to: { planId: plan(name) }, when, actor })

const pauses =
  (from: string, until: string) =>
  ({ isp, line }: Desk) =>
    pauseSubscription(isp.deps, isp.organisationId, line.subscriptionId, {
      from: civilDate(from),
      until: civilDate(until),
      reason: 'Vacation',
      actor,
    })

const uses =
  (gigabytes: number) =>
  ({ isp, line, today }: Desk) =>
    recordUsage(isp.deps, isp.organisationId, {
      source: 'router',
      records: [
        {
          subscriptionId: line.subscriptionId,
          key: `${line.username} ${today}`,
          unit: 'MB',
          quantity: BigInt(gigabytes) * 1_024n,
          occurredAt: isp.clock.now(),
        },
      ],
      actor,
    })

const redeems =
  (code: string) =>
  ({ isp, line }: Desk) =>
    redeemCoupon(isp.deps, isp.organisationId, line.subscriptionId, { code, actor })

export const cases: readonly Case[] = [
  {
    title: 'Joins mid-month on billing day 1, pays each invoice on its day, cancels in the autumn',
    plan: 'Home 10',
    joins: '2028-02-10',
    anchorDay: 1,
    events: {
      '2028-02-10': ({ pays }) => pays(1_035),
      ...paysOn(monthly(3, 9, '01'), 1_500),
      '2028-09-10': cancels('2028-10-16'),
      '2028-10-01': ({ pays }) => pays(726),
    },
    books: [
      '2028-02-10 invoice 1034.48 due 2028-02-10: Internet, 10 Feb 2028 to 29 Feb 2028 1034.48',
      '2028-02-10 paid 1035.00',
      '2028-02-23 invoice 1500.00 due 2028-03-01: Internet, 1 Mar 2028 to 31 Mar 2028 1500.00',
      '2028-03-01 paid 1500.00',
      '2028-03-25 invoice 1500.00 due 2028-04-01: Internet, 1 Apr 2028 to 30 Apr 2028 1500.00',
      '2028-04-01 paid 1500.00',
      '2028-04-24 invoice 1500.00 due 2028-05-01: Internet, 1 May 2028 to 31 May 2028 1500.00',
      '2028-05-01 paid 1500.00',
      '2028-05-25 invoice 1500.00 due 2028-06-01: Internet, 1 Jun 2028 to 30 Jun 2028 1500.00',
      '2028-06-01 paid 1500.00',
      '2028-06-24 invoice 1500.00 due 2028-07-01: Internet, 1 Jul 2028 to 31 Jul 2028 1500.00',
      '2028-07-01 paid 1500.00',
      '2028-07-25 invoice 1500.00 due 2028-08-01: Internet, 1 Aug 2028 to 31 Aug 2028 1500.00',
      '2028-08-01 paid 1500.00',
      '2028-08-25 invoice 1500.00 due 2028-09-01: Internet, 1 Sep 2028 to 30 Sep 2028 1500.00',
      '2028-09-01 paid 1500.00',
      '2028-09-24 invoice 725.81 due 2028-10-01: Internet, 1 Oct 2028 to 15 Oct 2028 725.81',
      '2028-10-01 paid 726.00',
    ],
    balance: -71,
    moves: ['2028-02-10 active home-10', '2028-10-16 closed cancelled'],
  },
  {
    title: 'Pays late with a promise that is kept, and later breaks one',
    plan: 'Home 10',
    joins: '2028-01-05',
    events: {
      '2028-01-05': ({ pays }) => pays(1_500),
      '2028-02-07': promises('2028-02-14'),
      '2028-02-13': ({ pays }) => pays(1_500),
      '2028-03-07': promises('2028-03-12'),
      '2028-03-20': ({ pays }) => pays(1_500),
      ...paysOn(monthly(4, 12, '05'), 1_500),
    },
    books: [
      '2028-01-05 invoice 1500.00 due 2028-01-05: Internet, 5 Jan 2028 to 4 Feb 2028 1500.00',
      '2028-01-05 paid 1500.00',
      '2028-01-29 invoice 1500.00 due 2028-02-05: Internet, 5 Feb 2028 to 4 Mar 2028 1500.00',
      '2028-02-13 paid 1500.00',
      '2028-02-27 invoice 1500.00 due 2028-03-05: Internet, 5 Mar 2028 to 4 Apr 2028 1500.00',
      '2028-03-20 paid 1500.00',
      '2028-03-29 invoice 1500.00 due 2028-04-05: Internet, 5 Apr 2028 to 4 May 2028 1500.00',
      '2028-04-05 paid 1500.00',
      '2028-04-28 invoice 1500.00 due 2028-05-05: Internet, 5 May 2028 to 4 Jun 2028 1500.00',
      '2028-05-05 paid 1500.00',
      '2028-05-29 invoice 1500.00 due 2028-06-05: Internet, 5 Jun 2028 to 4 Jul 2028 1500.00',
      '2028-06-05 paid 1500.00',
      '2028-06-28 invoice 1500.00 due 2028-07-05: Internet, 5 Jul 2028 to 4 Aug 2028 1500.00',
      '2028-07-05 paid 1500.00',
      '2028-07-29 invoice 1500.00 due 2028-08-05: Internet, 5 Aug 2028 to 4 Sep 2028 1500.00',
      '2028-08-05 paid 1500.00',
      '2028-08-29 invoice 1500.00 due 2028-09-05: Internet, 5 Sep 2028 to 4 Oct 2028 1500.00',
      '2028-09-05 paid 1500.00',
      '2028-09-28 invoice 1500.00 due 2028-10-05: Internet, 5 Oct 2028 to 4 Nov 2028 1500.00',
      '2028-10-05 paid 1500.00',
      '2028-10-29 invoice 1500.00 due 2028-11-05: Internet, 5 Nov 2028 to 4 Dec 2028 1500.00',
      '2028-11-05 paid 1500.00',
      '2028-11-28 invoice 1500.00 due 2028-12-05: Internet, 5 Dec 2028 to 4 Jan 2029 1500.00',
      '2028-12-05 paid 1500.00',
      '2028-12-29 invoice 1500.00 due 2029-01-05: Internet, 5 Jan 2029 to 4 Feb 2029 1500.00',
    ],
    balance: 150000,
    moves: ['2028-01-05 active home-10', '2028-03-12 suspended overdue', '2028-03-20 active home-10'],
  },
  {
    title: 'Was without service for four days and gets a credit note for them, and some goodwill',
    plan: 'Home 20',
    joins: '2028-01-20',
    events: {
      ...paysOn(monthly(1, 12, '20'), 2_500),
      '2028-05-30': async ({ isp, invoiceOf }) =>
        issueCreditNote(isp.deps, isp.organisationId, {
          invoiceId: await invoiceOf('2028-05-25'),
          reason: 'Fibre cut, 25 to 28 May',
          lines: [{ position: 1, days: { start: civilDate('2028-05-25'), end: civilDate('2028-05-29') } }],
          actor,
        }),
      '2028-06-02': ({ isp, line }) =>
        grantCredit(isp.deps, isp.organisationId, {
          subscriberId: line.subscriberId,
          kind: 'goodwill',
          amount: money(20_000n, 'KES'),
          reason: 'Sorry',
          actor,
        }),
    },
    books: [
      '2028-01-20 invoice 2500.00 due 2028-01-20: Internet, 20 Jan 2028 to 19 Feb 2028 2500.00',
      '2028-01-20 paid 2500.00',
      '2028-02-13 invoice 2500.00 due 2028-02-20: Internet, 20 Feb 2028 to 19 Mar 2028 2500.00',
      '2028-02-20 paid 2500.00',
      '2028-03-13 invoice 2500.00 due 2028-03-20: Internet, 20 Mar 2028 to 19 Apr 2028 2500.00',
      '2028-03-20 paid 2500.00',
      '2028-04-13 invoice 2500.00 due 2028-04-20: Internet, 20 Apr 2028 to 19 May 2028 2500.00',
      '2028-04-20 paid 2500.00',
      '2028-05-13 invoice 2500.00 due 2028-05-20: Internet, 20 May 2028 to 19 Jun 2028 2500.00',
      '2028-05-20 paid 2500.00',
      '2028-05-30 credit_note 322.58: Fibre cut, 25 to 28 May',
      '2028-06-02 goodwill 200.00: Sorry',
      '2028-06-13 invoice 2500.00 due 2028-06-20: Internet, 20 Jun 2028 to 19 Jul 2028 2500.00',
      '2028-06-20 paid 2500.00',
      '2028-07-13 invoice 2500.00 due 2028-07-20: Internet, 20 Jul 2028 to 19 Aug 2028 2500.00',
      '2028-07-20 paid 2500.00',
      '2028-08-13 invoice 2500.00 due 2028-08-20: Internet, 20 Aug 2028 to 19 Sep 2028 2500.00',
      '2028-08-20 paid 2500.00',
      '2028-09-13 invoice 2500.00 due 2028-09-20: Internet, 20 Sep 2028 to 19 Oct 2028 2500.00',
      '2028-09-20 paid 2500.00',
      '2028-10-13 invoice 2500.00 due 2028-10-20: Internet, 20 Oct 2028 to 19 Nov 2028 2500.00',
      '2028-10-20 paid 2500.00',
      '2028-11-13 invoice 2500.00 due 2028-11-20: Internet, 20 Nov 2028 to 19 Dec 2028 2500.00',
      '2028-11-20 paid 2500.00',
      '2028-12-13 invoice 2500.00 due 2028-12-20: Internet, 20 Dec 2028 to 19 Jan 2029 2500.00',
      '2028-12-20 paid 2500.00',
    ],
    balance: -52258,
    moves: ['2028-01-20 active home-20'],
  },
  {
    title: 'Tries the plan for nothing, then pays less for two months, then the full price',
    plan: 'Home 10 with a trial',
    joins: '2028-01-31',
    events: {
      '2028-01-31': ({ pays }) => pays(3_000),
      '2028-02-29': ({ pays }) => pays(1_000),
      '2028-03-31': ({ pays }) => pays(1_000),
      '2028-04-30': ({ pays }) => pays(1_500),
      '2028-05-31': ({ pays }) => pays(1_500),
      '2028-06-10': cancels('2028-06-30'),
    },
    books: [
      '2028-01-31 invoice 3000.00 due 2028-01-31: Installation 3000.00',
      '2028-01-31 paid 3000.00',
      '2028-02-22 invoice 1000.00 due 2028-02-29: Internet (First months), 29 Feb 2028 to 30 Mar 2028 1000.00',
      '2028-02-29 paid 1000.00',
      '2028-03-24 invoice 1000.00 due 2028-03-31: Internet (First months), 31 Mar 2028 to 29 Apr 2028 1000.00',
      '2028-03-31 paid 1000.00',
      '2028-04-23 invoice 1500.00 due 2028-04-30: Internet, 30 Apr 2028 to 30 May 2028 1500.00',
      '2028-04-30 paid 1500.00',
      '2028-05-24 invoice 1500.00 due 2028-05-31: Internet, 31 May 2028 to 29 Jun 2028 1500.00',
      '2028-05-31 paid 1500.00',
    ],
    balance: 0,
    moves: ['2028-01-31 active home-10', '2028-06-30 closed cancelled'],
  },
  {
    title: 'Buys prepaid months when there is money, and is away from April to July',
    plan: 'Prepaid 10',
    joins: '2028-01-12',
    events: {
      '2028-01-13': ({ pays }) => pays(1_500),
      '2028-02-10': ({ pays }) => pays(500),
      '2028-02-12': ({ pays }) => pays(1_000),
      '2028-03-01': ({ pays }) => pays(1_500),
      '2028-08-02': ({ pays }) => pays(4_500),
    },
    books: [
      '2028-01-13 paid 1500.00',
      '2028-01-13 invoice 1500.00 due 2028-01-13: Internet, 13 Jan 2028 to 12 Feb 2028 1500.00',
      '2028-02-10 paid 500.00',
      '2028-02-12 paid 1000.00',
      '2028-02-13 invoice 1500.00 due 2028-02-13: Internet, 13 Feb 2028 to 12 Mar 2028 1500.00',
      '2028-03-01 paid 1500.00',
      '2028-03-13 invoice 1500.00 due 2028-03-13: Internet, 13 Mar 2028 to 12 Apr 2028 1500.00',
      '2028-08-02 paid 4500.00',
      '2028-08-02 invoice 1500.00 due 2028-08-02: Internet, 2 Aug 2028 to 1 Sep 2028 1500.00',
      '2028-09-02 invoice 1500.00 due 2028-09-02: Internet, 2 Sep 2028 to 1 Oct 2028 1500.00',
      '2028-10-02 invoice 1500.00 due 2028-10-02: Internet, 2 Oct 2028 to 1 Nov 2028 1500.00',
    ],
    balance: 0,
    moves: [
      '2028-01-12 suspended expired',
      '2028-01-13 active home-10',
      '2028-04-13 suspended expired',
      '2028-08-02 active home-10',
      '2028-11-02 suspended expired',
    ],
  },
  {
    title: 'A business pays after the month, falls behind, pays in instalments and is given up in the end',
    plan: 'Business 50',
    joins: '2028-01-01',
    events: {
      ...paysOn(['2028-02-05', '2028-03-05', '2028-04-05'], 9_000),
      '2028-06-15': async ({ isp, line, invoiceOf }) =>
        createInstalmentPlan(isp.deps, isp.organisationId, line.subscriberId, {
          invoiceIds: [await invoiceOf('2028-04-15'), await invoiceOf('2028-05-15')],
          instalments: ['2028-06-20', '2028-07-20', '2028-08-20'].map((day) => ({ dueOn: civilDate(day) })),
          graceDays: 2,
          actor,
        }),
      '2028-06-20': ({ pays }) => pays(6_000),
      '2028-07-20': ({ pays }) => pays(6_000),
      '2028-07-25': cancels('2028-08-01'),
      '2028-11-01': async ({ isp, invoiceOf }) =>
        writeOffInvoice(isp.deps, isp.organisationId, { invoiceId: await invoiceOf('2028-07-15'), reason: 'Gone', actor }),
    },
    books: [
      '2028-02-01 invoice 9000.00 due 2028-02-01: Internet, 1 Jan 2028 to 31 Jan 2028 9000.00',
      '2028-02-05 paid 9000.00',
      '2028-03-01 invoice 9000.00 due 2028-03-01: Internet, 1 Feb 2028 to 29 Feb 2028 9000.00',
      '2028-03-05 paid 9000.00',
      '2028-04-01 invoice 9000.00 due 2028-04-01: Internet, 1 Mar 2028 to 31 Mar 2028 9000.00',
      '2028-04-05 paid 9000.00',
      '2028-05-01 invoice 9000.00 due 2028-05-01: Internet, 1 Apr 2028 to 30 Apr 2028 9000.00',
      '2028-06-01 invoice 9000.00 due 2028-06-01: Internet, 1 May 2028 to 31 May 2028 9000.00',
      '2028-06-20 paid 6000.00',
      '2028-07-01 invoice 9000.00 due 2028-07-01: Internet, 1 Jun 2028 to 30 Jun 2028 9000.00',
      '2028-07-20 paid 6000.00',
      '2028-08-01 invoice 9000.00 due 2028-08-01: Internet, 1 Jul 2028 to 31 Jul 2028 9000.00 (uncollectible)',
    ],
    balance: 1500000,
    moves: [
      '2028-01-01 active home-10',
      '2028-05-09 suspended overdue',
      '2028-06-15 active home-10',
      '2028-07-09 suspended overdue',
      '2028-08-01 closed cancelled',
    ],
  },
  {
    title: 'Pays only for what is used, ten shillings a gigabyte, the first of a month free',
    plan: 'As you go',
    joins: '2028-01-01',
    events: {
      '2028-01-20': uses(11),
      '2028-02-29': uses(1),
      '2028-03-02': uses(51),
      '2028-03-31': uses(50),
      ...paysOn(['2028-02-02'], 100),
      ...paysOn(['2028-04-02'], 1_000),
      '2028-05-10': cancels('2028-05-11'),
    },
    books: [
      '2028-02-01 invoice 100.00 due 2028-02-01: Data, 11264 MB, 1 Jan 2028 to 31 Jan 2028 100.00',
      '2028-02-02 paid 100.00',
      '2028-04-01 invoice 1000.00 due 2028-04-01: Data, 103424 MB, 1 Mar 2028 to 31 Mar 2028 1000.00',
      '2028-04-02 paid 1000.00',
    ],
    balance: 0,
    moves: ['2028-01-01 active home-10', '2028-05-11 closed cancelled'],
  },
  {
    title: 'Joins with a coupon for three months and reminds itself of the full price too late',
    plan: 'Home 20',
    joins: '2028-03-15',
    events: {
      '2028-03-15': ({ pays }) => pays(2_500),
      '2028-03-16': redeems('KARIBU20'),
      '2028-04-15': ({ pays }) => pays(2_000),
      '2028-05-15': ({ pays }) => pays(2_000),
      '2028-06-15': ({ pays }) => pays(2_000),
      '2028-07-15': ({ pays }) => pays(2_000),
      '2028-07-22': ({ pays }) => pays(500),
      '2028-08-01': cancels('2028-08-15'),
    },
    books: [
      '2028-03-15 invoice 2500.00 due 2028-03-15: Internet, 15 Mar 2028 to 14 Apr 2028 2500.00',
      '2028-03-15 paid 2500.00',
      '2028-04-08 invoice 2000.00 due 2028-04-15: Internet, 15 Apr 2028 to 14 May 2028 2000.00',
      '2028-04-15 paid 2000.00',
      '2028-05-08 invoice 2000.00 due 2028-05-15: Internet, 15 May 2028 to 14 Jun 2028 2000.00',
      '2028-05-15 paid 2000.00',
      '2028-06-08 invoice 2000.00 due 2028-06-15: Internet, 15 Jun 2028 to 14 Jul 2028 2000.00',
      '2028-06-15 paid 2000.00',
      '2028-07-08 invoice 2500.00 due 2028-07-15: Internet, 15 Jul 2028 to 14 Aug 2028 2500.00',
      '2028-07-15 paid 2000.00',
      '2028-07-22 paid 500.00',
    ],
    balance: 0,
    moves: ['2028-03-15 active home-20', '2028-07-19 suspended overdue', '2028-07-22 active home-20', '2028-08-15 closed cancelled'],
  },
  {
    title: 'Joins mid-month, upgrades twice, goes on vacation, pays late with a promise, gets a credit note, cancels',
    plan: 'Home 10',
    joins: '2028-01-17',
    anchorDay: 1,
    events: {
      '2028-01-17': ({ pays }) => pays(726),
      '2028-02-01': ({ pays }) => pays(1_500),
      '2028-02-15': changesPlan('Home 20', 'now_prorated'),
      '2028-02-16': ({ pays }) => pays(518),
      ...paysOn(['2028-03-01', '2028-04-01'], 2_500),
      '2028-04-20': changesPlan('Home 40', 'at_period_end'),
      '2028-05-01': ({ pays }) => pays(4_000),
      '2028-06-01': ({ pays }) => pays(4_000),
      '2028-06-11': pauses('2028-06-11', '2028-07-11'),
      '2028-08-06': promises('2028-08-12'),
      '2028-08-11': ({ pays }) => pays(4_000),
      ...paysOn(monthly(9, 11, '01'), 4_000),
      '2028-10-20': async ({ isp, invoiceOf }) =>
        issueCreditNote(isp.deps, isp.organisationId, {
          invoiceId: await invoiceOf('2028-10-10'),
          reason: 'Two days without service',
          lines: [{ position: 1, days: { start: civilDate('2028-10-10'), end: civilDate('2028-10-12') } }],
          actor,
        }),
      '2028-11-15': cancels('2028-11-21', 'credit'),
    },
    books: [
      '2028-01-17 invoice 725.81 due 2028-01-17: Internet, 17 Jan 2028 to 31 Jan 2028 725.81',
      '2028-01-17 paid 726.00',
      '2028-01-25 invoice 1500.00 due 2028-02-01: Internet, 1 Feb 2028 to 29 Feb 2028 1500.00',
      '2028-02-01 paid 1500.00',
      '2028-02-15 credit_note 775.86: Change of plan',
      '2028-02-15 invoice 1293.10 due 2028-02-15: Internet, 15 Feb 2028 to 29 Feb 2028 1293.10',
      '2028-02-16 paid 518.00',
      '2028-02-23 invoice 2500.00 due 2028-03-01: Internet, 1 Mar 2028 to 31 Mar 2028 2500.00',
      '2028-03-01 paid 2500.00',
      '2028-03-25 invoice 2500.00 due 2028-04-01: Internet, 1 Apr 2028 to 30 Apr 2028 2500.00',
      '2028-04-01 paid 2500.00',
      '2028-04-24 invoice 4000.00 due 2028-05-01: Internet, 1 May 2028 to 31 May 2028 4000.00',
      '2028-05-01 paid 4000.00',
      '2028-05-25 invoice 4000.00 due 2028-06-01: Internet, 1 Jun 2028 to 30 Jun 2028 4000.00',
      '2028-06-01 paid 4000.00',
      '2028-07-24 invoice 4000.00 due 2028-07-31: Internet, 31 Jul 2028 to 30 Aug 2028 4000.00',
      '2028-08-11 paid 4000.00',
      '2028-08-24 invoice 4000.00 due 2028-08-31: Internet, 31 Aug 2028 to 29 Sep 2028 4000.00',
      '2028-09-01 paid 4000.00',
      '2028-09-23 invoice 4000.00 due 2028-09-30: Internet, 30 Sep 2028 to 30 Oct 2028 4000.00',
      '2028-10-01 paid 4000.00',
      '2028-10-20 credit_note 258.07: Two days without service',
      '2028-10-24 invoice 4000.00 due 2028-10-31: Internet, 31 Oct 2028 to 29 Nov 2028 4000.00',
      '2028-11-01 paid 4000.00',
      '2028-11-15 credit_note 1200.00: Cancellation',
    ],
    balance: -145902,
    moves: [
      '2028-01-17 active home-10',
      '2028-02-15 active home-20',
      '2028-05-01 active home-40',
      '2028-06-11 suspended paused',
      '2028-07-11 active home-40',
      '2028-08-04 suspended overdue',
      '2028-08-06 active home-40',
      '2028-11-21 closed cancelled',
    ],
  },
  {
    title: 'Goes up and down again on one day, which comes to nothing',
    plan: 'Home 10',
    joins: '2028-03-01',
    events: {
      '2028-03-01': ({ pays }) => pays(1_500),
      '2028-03-18': async (desk) => {
        await changesPlan('Home 40', 'now_prorated')(desk)
        await changesPlan('Home 10', 'now_prorated')(desk)
      },
      '2028-03-25': cancels('2028-04-01'),
    },
    books: [
      '2028-03-01 invoice 1500.00 due 2028-03-01: Internet, 1 Mar 2028 to 31 Mar 2028 1500.00',
      '2028-03-01 paid 1500.00',
      '2028-03-18 credit_note 677.42: Change of plan',
      '2028-03-18 invoice 1806.45 due 2028-03-18: Internet, 18 Mar 2028 to 31 Mar 2028 1806.45',
      '2028-03-18 credit_note 1806.45: Change of plan',
      '2028-03-18 invoice 677.42 due 2028-03-18: Internet, 18 Mar 2028 to 31 Mar 2028 677.42',
      '2028-03-25 invoice 1500.00 due 2028-04-01: Internet, 1 Apr 2028 to 30 Apr 2028 1500.00',
      '2028-03-25 credit_note 1500.00: Cancellation',
    ],
    balance: 0,
    moves: ['2028-03-01 active home-10', '2028-04-01 closed cancelled'],
  },
  {
    title: 'Prepaid, upgrades with what is left of the month, and changes the plan while expired',
    plan: 'Prepaid 10',
    joins: '2028-02-01',
    events: {
      '2028-02-01': ({ pays }) => pays(1_500),
      '2028-02-16': async (desk) => {
        await expect(changesPlan('Prepaid 20', 'now_prorated')(desk)).rejects.toThrow('Top up first')
        await desk.pays(500)
        await changesPlan('Prepaid 20', 'now_prorated')(desk)
      },
      '2028-03-01': ({ pays }) => pays(2_500),
      '2028-04-10': changesPlan('Prepaid 10', 'now_restarted'),
      '2028-04-12': ({ pays }) => pays(1_500),
    },
    books: [
      '2028-02-01 paid 1500.00',
      '2028-02-01 invoice 1500.00 due 2028-02-01: Internet, 1 Feb 2028 to 29 Feb 2028 1500.00',
      '2028-02-16 paid 500.00',
      '2028-02-16 credit_note 724.14: Change of plan',
      '2028-02-16 invoice 1206.90 due 2028-02-16: Internet, 16 Feb 2028 to 29 Feb 2028 1206.90',
      '2028-03-01 paid 2500.00',
      '2028-03-01 invoice 2500.00 due 2028-03-01: Internet, 1 Mar 2028 to 31 Mar 2028 2500.00',
      '2028-04-12 paid 1500.00',
      '2028-04-12 invoice 1500.00 due 2028-04-12: Internet, 12 Apr 2028 to 11 May 2028 1500.00',
    ],
    balance: -1724,
    moves: [
      '2028-02-01 active home-10',
      '2028-02-16 active home-20',
      '2028-04-01 suspended expired',
      '2028-04-12 active home-10',
      '2028-05-12 suspended expired',
    ],
  },
]
