/** What the made-up ISP sells: whole shillings a month, speeds in Mbit/s. */
export const plans = {
  HOME5: { name: 'Home 5', price: 1_500, billing: 'postpaid', graceDays: 2, down: 5, up: 2 },
  HOME10: { name: 'Home 10', price: 2_500, billing: 'postpaid', graceDays: 3, down: 10, up: 5 },
  HOME20: { name: 'Home 20', price: 3_800, billing: 'postpaid', graceDays: 3, down: 20, up: 10 },
  BIZ50: { name: 'Business 50', price: 9_500, billing: 'postpaid', graceDays: 7, down: 50, up: 50 },
  BIZ100: { name: 'Business 100', price: 17_000, billing: 'postpaid', graceDays: 10, down: 100, up: 100 },
} as const

export type PlanCode = keyof typeof plans

export const toPlanIn = (code: PlanCode, effectiveFrom: string) => {
  const { name, price, billing, graceDays, down, up } = plans[code]
  return {
    code,
    name,
    price: {
      amount: { amountMinor: String(price * 100), currency: 'KES' },
      billing,
      graceDays,
      profile: { name: code.toLowerCase(), downloadBps: down * 1_000_000, uploadBps: up * 1_000_000 },
      effectiveFrom,
    },
  }
}
