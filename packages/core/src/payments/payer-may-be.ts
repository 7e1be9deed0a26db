import { type Phone, phoneDigits } from '../subscribers/phone.ts'
import type { PayerIdentity } from './payment-notice.ts'

/**
 * Does what the provider lets us see of the payer speak for this phone? `possible` is a hidden number whose known
 * digits agree, and proves nothing alone. `no` means that nothing speaks for it.
 */
export function payerMayBe(payer: PayerIdentity, phone: Phone, phoneSha256: string | undefined): 'yes' | 'possible' | 'no' {
  if (payer.kind === 'clear') return payer.phone === phone ? 'yes' : 'no'
  if (payer.kind === 'hashed') return payer.sha256.toLowerCase() === phoneSha256?.toLowerCase() ? 'yes' : 'no'
  if (payer.kind === 'masked') return agrees(payer.pattern, phoneDigits(phone)) ? 'possible' : 'no'
  return 'no'
}

/** Compares run by run instead of building a regular expression out of a stranger's text. */
function agrees(pattern: string, digits: string): boolean {
  const text = pattern.replace(/[\s+]/g, '')
  // A country prefix alone speaks for everyone in the country.
  if (!/^[\d*]+$/.test(text) || text.replaceAll('*', '').length < knownDigitsMin) return false
  const runs = text.split(/\*+/)
  const [first = '', last = ''] = [runs[0], runs.at(-1)]
  if (runs.length === 1) return digits === first
  if (digits.length < text.replaceAll('*', '').length + runs.length - 1) return false
  if (!digits.startsWith(first) || !digits.endsWith(last)) return false
  // Each hidden run is at least one digit, and the runs between keep their order.
  let from = first.length + 1
  const until = digits.length - last.length - 1
  for (const run of runs.slice(1, -1)) {
    const at = digits.indexOf(run, from)
    if (at < 0 || at + run.length > until) return false
    from = at + run.length + 1
  }
  return true
}

const knownDigitsMin = 5
