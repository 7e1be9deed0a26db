/**
 * Every code a caller can meet, with the HTTP status it is answered with. Stable: a program may branch on a code, so
 * one is never renamed. docs/reference/errors.md explains each; a test compares the page with this list both ways.
 */
export const errorCodes = {
  // The request itself
  invalid_input: 400,
  malformed_json: 400,
  invalid_cursor: 400,
  idempotency_key_required: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  body_too_large: 413,
  unsupported_media_type: 415,
  rate_limited: 429,
  conflict: 409,
  internal_error: 500,
  not_ready: 503,
  // Idempotency
  idempotency_in_progress: 409,
  idempotency_key_reused: 422,
  // Organisations, branches and API keys
  slug_taken: 409,
  code_taken: 409,
  name_taken: 409,
  grants_above_own: 403,
  last_admin_key: 409,
  // Catalogue and subscribers
  currency_mismatch: 400,
  unknown_tax: 400,
  account_number_taken: 409,
  subscriber_has_subscriptions: 409,
  subscriber_closed: 409,
  already_cancelled: 409,
  username_taken: 409,
  no_price_in_force: 409,
  not_billable: 409,
  plan_kind_differs: 409,
  cadence_differs: 409,
  no_change_noted: 409,
  pause_overlaps: 409,
  not_paused: 409,
  // Dunning
  scope_taken: 409,
  cut_off_batch_decided: 409,
  // Discounts and use
  coupon_not_valid: 409,
  coupon_used_up: 409,
  coupon_not_for_you: 409,
  coupon_redeemed_already: 409,
  referral_too_late: 409,
  referral_named: 409,
  invalid_tariff: 400,
  usage_key_reused: 409,
  data_bundle_withdrawn: 409,
  // Installations
  unknown_plugin: 400,
  invalid_settings: 400,
  installation_paused: 409,
  task_not_retryable: 409,
  capability_missing: 409,
  // Money
  parent_not_allowed: 409,
  nothing_owed: 409,
  extension_open: 409,
  extension_answered: 409,
  too_many_extensions: 409,
  plan_running: 409,
  plan_ended: 409,
  prompt_too_soon: 409,
  payment_reference_taken: 409,
  payment_already_matched: 409,
  claim_void: 409,
  claim_settled: 409,
  not_enough_credit: 409,
  deposit_not_held: 409,
  withheld_exceeds_open: 409,
  claim_not_creditable: 409,
  days_not_charged: 409,
  credit_exceeds_line: 409,
  // Documents
  receipt_not_ready: 409,
  document_not_printed: 409,
  // What a provider's answer becomes
  provider_refused: 422,
  provider_rate_limited: 503,
  provider_unavailable: 503,
  provider_unclear: 202,
  provider_misconfigured: 502,
  callback_rejected: 401,
} as const satisfies Record<string, number>

export type ErrorCode = keyof typeof errorCodes
