import { createHash } from 'node:crypto'
import { CallbackRejected, type CallbackRequest, type Messenger } from '@nyuzi/sdk'
import { toReference } from '../../status.ts'
import { reportOf } from './words.ts'

/** Reports are not signed: what makes them Africa's Talking's is the token in the path, which the host checks. */
export const reports: NonNullable<Messenger['reports']> = {
  channels: { delivery: { token: 'installation', purpose: 'notice' } },
  verifyCallback(request) {
    if (request.channel !== 'delivery' || request.method !== 'POST') throw new CallbackRejected('sms: reports are posted to `delivery`')
    return { dedupeKey: dedupeKeyOf(request), reply: { status: 200, contentType: 'text/plain', body: '' } }
  },
  translateReport(request) {
    const report = readReport(request.rawBody)
    if (!report) throw new Error('sms: this is not a delivery report as we know it')
    return [{ providerReference: report.id, ...reportOf(report.status, report.failureReason) }]
  },
}

/** What came with the right token but cannot be read is kept under its own bytes, for a person to see. */
function dedupeKeyOf({ rawBody }: CallbackRequest): string {
  const report = readReport(rawBody)
  if (!report) return `unreadable:${createHash('sha256').update(rawBody).digest('hex')}`
  const { id, status, retryCount } = report
  // The operator's next try repeats a status with a higher count; under the same key it would look like a conflict.
  return [id, status, ...(retryCount > 0 ? [retryCount] : [])].join(':')
}

type Report = { readonly id: string; readonly status: string; readonly retryCount: number; readonly failureReason: string | undefined }

function readReport(rawBody: Uint8Array): Report | undefined {
  const form = new URLSearchParams(new TextDecoder().decode(rawBody))
  const id = toReference(form.get('id'))
  const status = form.get('status')
  // A report cut short would pass for a whole one if only its first fields were asked for.
  const isWhole = /^\+?\d{8,15}$/.test(form.get('phoneNumber') ?? '')
  if (id === undefined || !status || !isWhole) return undefined
  return { id, status, retryCount: Number(form.get('retryCount')) || 0, failureReason: form.get('failureReason') ?? undefined }
}
