import type { PaymentNotice } from '@nyuzi/core'
import { expect } from 'vitest'

/** What the host takes for granted in a notice, beyond what its type says. */
export function checkPaymentNotice(notice: PaymentNotice, name: string): void {
  expect(['succeeded', 'failed', 'pending', 'unknown'], `${name}: the status`).toContain(notice.status)
  checkPayer(notice.payer, name)
  if (notice.status === 'succeeded') {
    if (notice.providerTransaction !== undefined)
      expect(notice.providerTransaction, `${name}: a receipt is trimmed and in upper case`).toMatch(/^[^\sa-z](?:[^a-z]*[^\sa-z])?$/)
    if (notice.amount !== undefined) expect(typeof notice.amount.amountMinor, `${name}: an amount in minor units`).toBe('bigint')
    if (notice.paidAt !== undefined) expect(notice.paidAt.getTime(), `${name}: paidAt is a moment`).not.toBeNaN()
  }
  if (notice.status === 'failed') {
    expect(notice.failure.code, `${name}: a failure has a code`).not.toBe('')
    expect(['payer', 'amount', 'wait', 'operator', 'technical', 'configuration'], `${name}: the class`).toContain(notice.failure.class)
  }
}

/** What a person must look into is not called a failure: the payer may have paid. */
export function checkNothingGuessed(notice: PaymentNotice, name: string): void {
  checkPaymentNotice(notice, name)
  expect(['pending', 'unknown'], `${name}: the status`).toContain(notice.status)
}

function checkPayer(payer: PaymentNotice['payer'], name: string): void {
  if (payer.kind === 'clear') expect(payer.phone, `${name}: a phone in E.164`).toMatch(/^\+[1-9]\d{6,14}$/)
  if (payer.kind === 'masked') expect(payer.pattern, `${name}: known digits and a star for each hidden run`).toMatch(/^[\d*]*\*[\d*]*$/)
  if (payer.kind === 'hashed') expect(payer.sha256, `${name}: SHA-256 in lower-case hex`).toMatch(/^[0-9a-f]{64}$/)
}
