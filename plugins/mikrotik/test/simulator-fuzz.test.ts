import { connect } from 'node:net'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeSentence } from '../src/client/codec.ts'
import { openConnection } from '../src/client/open-connection.ts'
import { startRouterSimulator } from '../src/simulator/index.ts'
import { openOptions, pauseMs, print } from './scripted-router.ts'

const word = fc.oneof(
  fc.constantFrom('/ppp/secret/add', '/ppp/secret/print', '/ppp/secret/set', '/login', '/cancel', '/quit', 'add', '/', ''),
  fc.constantFrom(
    '=name=a',
    '=.id=*1',
    '=numbers=',
    '=profile=x',
    '=disabled=maybe',
    '?#9|!',
    '?#|',
    '?',
    '?name',
    '.tag=1',
    '=tag=1',
    '=__proto__=x',
  ),
  fc.string({ maxLength: 20 }),
)
const chunk = fc.oneof(
  fc.array(word, { maxLength: 6 }).map((words) => encodeSentence(words)),
  fc.uint8Array({ maxLength: 60 }).map((octets) => Buffer.from(octets)),
)
const login = encodeSentence(['/login', '=name=nyuzi', '=password=router-password'])

describe('the simulated router', () => {
  it('outlives clients that have gone mad', { timeout: 30_000 }, async () => {
    const router = await startRouterSimulator()
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(chunk, { maxLength: 8 }), fc.boolean(), async (chunks, logsIn) => {
          const socket = connect(router.port, router.host)
          socket.on('error', () => {})
          if (logsIn) socket.write(login)
          for (const octets of chunks) socket.write(octets)
          await pauseMs(2)
          socket.destroy()
        }),
        { numRuns: 200 },
      )
      const connection = await openConnection(openOptions(router.port))
      expect((await connection.run(print)).rows).toHaveLength(1)
      connection.close('test over')
    } finally {
      await router.stop()
    }
  })
})
