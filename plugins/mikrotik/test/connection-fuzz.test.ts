import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeSentence } from '../src/client/codec.ts'
import { openConnection } from '../src/client/open-connection.ts'
import { openOptions, print, startScriptedRouter } from './scripted-router.ts'

const unhandled: unknown[] = []
const remember = (error: unknown) => unhandled.push(error)
beforeAll(() => void process.on('unhandledRejection', remember).on('uncaughtException', remember))
afterAll(() => void process.off('unhandledRejection', remember).off('uncaughtException', remember))

const tag = fc.constantFrom('.tag=1', '.tag=2', '.tag=3', '.tag=4', '.tag=zz', '.tag=', 'tag=2')
const word = fc.oneof(
  tag,
  fc.constantFrom(
    '!re',
    '!done',
    '!trap',
    '!empty',
    '!fatal',
    '!what',
    '=ret=*1',
    '=message=no such item',
    '=category=x',
    '=',
    '==',
    '=a',
    '=',
  ),
  fc.string({ maxLength: 20 }),
)
const sentence = fc.array(word, { maxLength: 5 }).map((words) => encodeSentence(words))
const mutated = fc.tuple(sentence, fc.nat(), fc.integer({ min: 0, max: 255 })).map(([octets, place, value]) => {
  const copy = Buffer.from(octets)
  if (copy.length > 0) copy[place % copy.length] = value
  return copy
})
const chunk = fc.oneof(
  sentence,
  mutated,
  fc.uint8Array({ maxLength: 60 }).map((octets) => Buffer.from(octets)),
)

describe('a router that has gone mad', () => {
  it('settles every command and ends no process', { timeout: 60_000 }, async () => {
    // Ten mad routers at a time: most of a run is waiting for limits.
    const madness = fc.record({ chunks: fc.array(chunk, { minLength: 1, maxLength: 8 }), closes: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(fc.array(madness, { minLength: 10, maxLength: 10 }), async (routers) => {
        await Promise.all(routers.map(({ chunks, closes }) => survives(chunks, closes)))
      }),
      { numRuns: 30 },
    )
    expect(unhandled).toEqual([])
  })
})

async function survives(chunks: readonly Buffer[], closes: boolean): Promise<void> {
  let turn = 0
  const router = await startScriptedRouter(({ socket }) => {
    const next = chunks[turn++]
    if (next) socket.write(next)
    else if (closes) socket.destroy()
  })
  try {
    const connection = await openConnection(openOptions(router.port, { commandTimeoutMs: 50, cancelTimeoutMs: 30 }))
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => connection.run(print)))
    expect(results).toHaveLength(8)
    connection.close('test over')
  } finally {
    await router.stop()
  }
}
