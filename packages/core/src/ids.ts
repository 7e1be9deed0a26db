import { Defect } from './outcome.ts'

/**
 * Identifiers are UUIDv7 inside (the database and all code hold the bare UUID) and are shown outside with a
 * prefix that names the noun: `sub_019a…` (the 32 hex digits without dashes).
 */
export type Id<Noun extends string> = string & { readonly __noun: Noun }

const prefixes = {
  organisation: 'org',
  branch: 'bra',
  apiKey: 'key',
  installation: 'ins',
  plan: 'pln',
  price: 'prc',
  subscriber: 'sub',
  subscription: 'scn',
  service: 'svc',
  invoice: 'inv',
  credit: 'crd',
  payment: 'pay',
  intent: 'int',
  notice: 'ntc',
  callback: 'cbk',
  message: 'msg',
  ledgerAccount: 'lac',
  entry: 'ent',
  task: 'tsk',
  dunningPolicy: 'dnp',
  cutOffBatch: 'cob',
  extension: 'ext',
  instalmentPlan: 'ipl',
  coupon: 'cpn',
  promotion: 'prm',
  referral: 'ref',
  discount: 'dsc',
  allowance: 'alw',
  dataBundle: 'dbl',
  billingPreview: 'bpv',
  charge: 'chg',
  exemption: 'exm',
  fiscalDocument: 'fsd',
} as const

export type Noun = keyof typeof prefixes
export type OrganisationId = Id<'organisation'>
export type BranchId = Id<'branch'>
export type InstallationId = Id<'installation'>
export type PlanId = Id<'plan'>
export type PriceId = Id<'price'>
export type SubscriberId = Id<'subscriber'>
export type SubscriptionId = Id<'subscription'>
export type ServiceId = Id<'service'>
export type InvoiceId = Id<'invoice'>
export type CreditId = Id<'credit'>
export type PaymentId = Id<'payment'>
export type IntentId = Id<'intent'>
export type NoticeId = Id<'notice'>
export type CallbackId = Id<'callback'>
export type MessageId = Id<'message'>
export type LedgerAccountId = Id<'ledgerAccount'>
export type EntryId = Id<'entry'>
export type TaskId = Id<'task'>
export type DunningPolicyId = Id<'dunningPolicy'>
export type CutOffBatchId = Id<'cutOffBatch'>
export type ExtensionId = Id<'extension'>
export type InstalmentPlanId = Id<'instalmentPlan'>
export type BillingPreviewId = Id<'billingPreview'>
export type ApiKeyId = Id<'apiKey'>
export type CouponId = Id<'coupon'>
export type PromotionId = Id<'promotion'>
export type ReferralId = Id<'referral'>
export type DiscountId = Id<'discount'>
export type AllowanceId = Id<'allowance'>
export type DataBundleId = Id<'dataBundle'>
export type ChargeId = Id<'charge'>
export type ExemptionId = Id<'exemption'>
export type FiscalDocumentId = Id<'fiscalDocument'>

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const shown = /^([a-z]{3})_([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/

/** Brands a bare UUID that comes from a trusted place (the database, a generator). */
export function asId<N extends Noun>(_noun: N, value: string): Id<N> {
  if (!uuid.test(value)) throw new Defect(`not a lower-case UUID: ${value}`)
  return value as Id<N>
}

/** `inv`, `019a6f0e-…` → `inv_019a6f0e…`: the form people and programs see. */
export const showId = <N extends Noun>(noun: N, id: string): string => `${prefixes[noun]}_${id.replaceAll('-', '')}`

/** Reads the shown form; undefined when the prefix is another noun's or the digits are not a UUID. */
export function readId<N extends Noun>(noun: N, text: string): Id<N> | undefined {
  const parts = shown.exec(text)
  if (!parts || parts[1] !== prefixes[noun]) return undefined
  return parts.slice(2).join('-') as Id<N>
}
