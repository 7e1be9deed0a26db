import type { Currency, Money } from '@nyuzi/core'
import { InvalidInput } from './errors.ts'

/** An account is charged and paid in one currency. */
export function checkCurrency(currency: Currency, amount: Money, field = 'amount'): void {
  if (amount.currency === currency) return
  throw new InvalidInput('currency_mismatch', `This account is in ${currency}, not in ${amount.currency}.`, {
    errors: [{ field, rule: 'currency_of_account', fix: `Send an amount in ${currency}.` }],
  })
}
