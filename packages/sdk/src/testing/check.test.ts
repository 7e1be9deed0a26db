import { expect, test } from 'vitest'
import { describeChecks, listChecks, needed, Skipped } from './check.ts'

type Options = { readonly word: string; readonly skips?: { readonly first?: string; readonly second?: string } }

const said: string[] = []
const checksOf = (options: Options) =>
  listChecks<'first' | 'second', Options>(options, {
    first: ['says its word', async ({ word }) => void said.push(word)],
    second: ['fails', () => Promise.reject(new Error('as it should'))],
  })

test('checks are listed in order, named, and run with the author’s options', async () => {
  const [first, second] = checksOf({ word: 'asante' })
  expect([first?.id, first?.name, second?.id]).toEqual(['first', 'says its word', 'second'])
  await first?.run()
  expect(said).toEqual(['asante'])
  await expect(second?.run()).rejects.toThrow('as it should')
})

test('a check that is skipped does not run and gives its reason', async () => {
  const [, second] = checksOf({ word: 'asante', skips: { second: 'the provider has no such thing' } })
  await expect(second?.run()).rejects.toEqual(new Skipped('the provider has no such thing'))
})

test('what is needed and missing is asked for by name', () => {
  expect(needed(['one'], 'samples', 'samples')).toEqual(['one'])
  for (const missing of [undefined, []])
    expect(() => needed(missing, 'samples', 'samples')).toThrow('give the suite `samples`, or a reason in `skips.samples`')
})

describeChecks('a described suite', [{ id: 'runs', name: 'makes one test of each check', run: async () => {} }])
