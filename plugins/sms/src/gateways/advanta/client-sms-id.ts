import type { MessageId } from '@nyuzi/sdk'

/** The largest prime below 2^63. */
const modulus = 9_223_372_036_854_775_783n

/**
 * Our message id as the gateway can keep it. Installations document no length and show short numbers, so a UUID is
 * folded into at most 19 digits, which also fit a 64-bit column: the same message always has the same id, and two of
 * ten million messages meet with a chance of about 1 in 180,000.
 */
export const clientSmsId = (id: MessageId): string => (BigInt(`0x${id.replaceAll('-', '')}`) % modulus).toString()
