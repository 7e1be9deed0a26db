import { z } from '@nyuzi/sdk'

/** What the authority said, whatever it was wrapped in. */
export type Said = { readonly code: string; readonly message: string; readonly data: unknown }

const plain = z.object({
  resultCd: z.union([z.string(), z.number()]).transform(String),
  resultMsg: z.string().nullish(),
  data: z.unknown().optional(),
})
const wrapped = z.object({
  responseHeader: z.object({
    responseCode: z.union([z.string(), z.number()]).nullish(),
    responseMessage: z.string().nullish(),
    debugMessage: z.string().nullish(),
  }),
  responseBody: z.unknown().optional(),
})

/** A wrapping of the integrators' gateway that holds no answer: the failure is in its header, whatever HTTP says. */
export const gatewayFailure = 'gateway'

/** The innermost result decides. Undefined when there is none: nothing is known. */
export function readAnswer(text: string): Said | undefined {
  let body: unknown
  try {
    body = JSON.parse(text)
  } catch {
    return undefined
  }
  return innermost(body)
}

function innermost(body: unknown): Said | undefined {
  const said = plain.safeParse(body)
  if (said.success) return { code: said.data.resultCd, message: said.data.resultMsg ?? '', data: said.data.data }
  const gateway = wrapped.safeParse(body)
  if (!gateway.success) return undefined
  const { responseHeader: header, responseBody } = gateway.data
  return innermost(responseBody) ?? { code: gatewayFailure, message: header.debugMessage || header.responseMessage || '', data: null }
}
