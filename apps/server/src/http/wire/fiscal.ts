import { z } from '@hono/zod-openapi'
import { type FiscalReading, fiscalStatuses } from '../../flows/fiscal/ports.ts'
import { idOut, instantOut, line } from './primitives.ts'

const proofOut = z
  .object({
    number: z.string().openapi({ description: 'Under which the authority knows it', example: 'KRACU0400000001/187' }),
    device: z.string(),
    url: z.string().openapi({ description: 'Text of the QR code' }),
    signedAt: instantOut,
    details: z
      .array(z.object({ label: z.string(), value: z.string() }))
      .openapi({ description: 'What else is printed, in the words of the authority' }),
  })
  .openapi('FiscalProof')

export const fiscalOut = z
  .object({
    id: idOut('fiscalDocument'),
    installation: idOut('installation'),
    invoice: idOut('invoice').openapi({ description: 'What is declared; of a credit note, what it corrects' }),
    credit: idOut('credit').nullable(),
    documentNumber: z.string().openapi({ example: 'NRB-000123' }),
    status: z.enum(fiscalStatuses),
    issuedAt: instantOut,
    runningNumber: z.string().nullable().openapi({ description: "Its place in the authority's count" }),
    inDoubt: z.boolean().openapi({ description: 'It was handed in, and nobody knows whether it was taken' }),
    reason: z.string().nullable().openapi({ description: 'Why it is not signed' }),
    proof: proofOut.nullable(),
  })
  .openapi('FiscalDocument')

export const toApiFiscal = ({ installationId, invoiceId, creditId, runningNumber, proof, ...document }: FiscalReading) => ({
  ...document,
  installation: installationId,
  invoice: invoiceId,
  credit: creditId,
  runningNumber: runningNumber === null ? null : runningNumber.toString(),
  proof: proof && { ...proof, details: [...proof.details] },
})

export const resolveFiscalIn = z.strictObject({
  outcome: z.enum(['taken', 'not_taken']).openapi({ description: 'What the portal of the authority shows' }),
  reason: line(200).openapi({ description: 'Why, for whoever asks later' }),
})
