import type { InstallationId } from '@nyuzi/core'
import { CallbackRejected } from '@nyuzi/sdk'
import { type Context, Hono } from 'hono'
import type { CallbackAnswer, ReceivedCall } from '../../flows/payments/receive-callback.ts'
import { bodyMax } from '../body-max.ts'

export type CallbackRoutesOptions = {
  readonly receive: (call: ReceivedCall) => Promise<CallbackAnswer>
  /** The caller's address behind the trusted proxies. */
  readonly peerAddress: (context: Context) => string | undefined
}

const bodyBytesMax = 1024 * 1024
/** Kept for the record; anything else a caller sends is not ours to keep. */
const headersKept = ['content-type', 'user-agent', 'date', 'x-signature', 'businessshortcode']

/**
 * Where providers call us: `/callbacks/:installation/:channel/:token`. The bytes go to the flow as they came; nothing
 * is parsed here. An address that is not ours is 404 whatever is wrong with it, so that guessing teaches nothing.
 */
export const callbackRoutes = ({ receive, peerAddress }: CallbackRoutesOptions): Hono =>
  new Hono().post(
    '/callbacks/:installation{[0-9a-f]{32}}/:channel{[a-z][a-z0-9-]{0,40}}/:token{[0-9a-f]{16,128}}',
    bodyMax({ maxSize: bodyBytesMax }),
    async (context) => {
      const { installation, channel, token } = context.req.param()
      const peer = peerAddress(context)
      try {
        const answer = await receive({
          installationId: toUuid(installation),
          channel,
          token,
          method: context.req.method,
          rawBody: new Uint8Array(await context.req.arrayBuffer()),
          headers: Object.fromEntries(
            headersKept.flatMap((name) => (context.req.header(name) === undefined ? [] : [[name, context.req.header(name) as string]])),
          ),
          query: context.req.query(),
          ...(peer === undefined ? {} : { peerAddress: peer }),
        })
        if (answer.outcome === 'not_found') return context.notFound()
        const { status, contentType, body } = answer.reply
        return new Response(body, { status, headers: { 'content-type': contentType } })
      } catch (error) {
        if (error instanceof CallbackRejected) return context.body(null, 401)
        throw error
      }
    },
  )

const toUuid = (hex: string): InstallationId => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5') as InstallationId
