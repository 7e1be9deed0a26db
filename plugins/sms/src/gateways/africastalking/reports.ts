import { CallbackRejected, type CallbackRequest, type Messenger } from '@nyuzi/sdk'
import { toReference } from '../../status.ts'
import { reportOf } from './words.ts'

/** Reports are not signed: what makes them Africa's Talking's is the token in the path, which the host checks. */
export const reports: NonNullable<Messenger['reports']> = {
  channels: { delivery: { token: 'installation', purpose: 'notice' } },
  verifyCallback(request) {
    const { id, status, retryCount } = readReport(request)
    // The operator's next try repeats a status with a higher count; under the same key it would look like a forgery.
    const dedupeKey = [id, status, ...(retryCount ? [retryCount] : [])].join(':')
    return { dedupeKey, reply: { status: 200, contentType: 'text/plain', body: '' } }
  },
  translateReport(request) {
    const { id, status, failureReason } = readReport(request)
    return [{ providerReference: id, ...reportOf(status, failureReason) }]
  },
}

type Report = { readonly id: string; readonly status: string; readonly retryCount: number; readonly failureReason: string | undefined }

function readReport(request: CallbackRequest): Report {
  const form = new URLSearchParams(new TextDecoder().decode(request.rawBody))
  const id = toReference(form.get('id'))
  const status = form.get('status')
  // A report cut short would pass for a whole one if only its first fields were asked for.
  const isWhole = id !== undefined && status && /^\+?\d{8,15}$/.test(form.get('phoneNumber') ?? '')
  if (request.channel !== 'delivery' || request.method !== 'POST' || !isWhole) throw new CallbackRejected('sms: not a delivery report')
  return { id, status, retryCount: Number(form.get('retryCount')) || 0, failureReason: form.get('failureReason') ?? undefined }
}
