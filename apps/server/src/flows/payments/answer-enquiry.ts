import {
  type CallbackReply,
  type CallbackRequest,
  Defect,
  type EnquiryDecision,
  type MatchCandidate,
  matchKeys,
  matchPayment,
} from '@nyuzi/core'
import type { Deps, Installed } from '../ports.ts'

/**
 * Answers a provider that asks before it takes a payment. Only an account that nobody has is refused: a payment that
 * we could place in suspense is still better taken than sent away, unless it surely has no owner.
 */
export async function answerEnquiry({ store, log }: Deps, installed: Installed, request: CallbackRequest): Promise<CallbackReply> {
  const enquiries = installed.payments?.enquiries
  if (!enquiries) throw new Defect(`channel ${request.channel} of ${installed.pluginId} asks, but the plugin answers no enquiries`)
  let decision: EnquiryDecision
  try {
    const { accountReference, amount } = enquiries.translateEnquiry(request)
    const notice = { accountReference, payer: { kind: 'absent' }, amount } as const
    const [organisation, candidates] = await store.inOrganisation(installed.organisationId, async (tx) => {
      const organisation = await tx.organisation.read()
      const keys = matchKeys(notice, organisation.country)
      const found: readonly MatchCandidate[] = await tx.payments.candidates({
        accountKeys: [keys.exactKey],
        phones: keys.phones,
        phoneSha256s: [],
      })
      return [organisation, found] as const
    })
    const match = matchPayment({ notice, candidates, country: organisation.country })
    const ownerless = match.outcome === 'suspense' && (match.reason === 'unknown_account' || match.reason === 'wrong_check_digit')
    decision = ownerless ? { accept: false, reason: 'unknown_account' } : { accept: true }
  } catch (error) {
    // The provider waits a few seconds only, and money refused is money lost: what cannot be judged is accepted.
    log.warn('enquiry accepted unread', { installation: installed.id, reason: error instanceof Error ? error.message : 'unreadable' })
    decision = { accept: true }
  }
  return enquiries.answerEnquiry(decision)
}
