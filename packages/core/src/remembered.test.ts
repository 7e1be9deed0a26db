import { expect, it } from 'vitest'
import { remembered } from './remembered.ts'

it('asks once about each value and question, and again when there were too many', () => {
  let asked = 0
  const times = remembered(
    (factor: number) => `${factor}`,
    ({ count }: { readonly count: number }, factor: number) => {
      asked += 1
      return [count * factor]
    },
  )
  const [two, three] = [{ count: 2 }, { count: 3 }]
  const answer = times(two, 5)
  expect([answer, times(two, 5) === answer, times(three, 5), times(two, 7), asked]).toEqual([[10], true, [15], [14], 3])
  for (let factor = 0; factor < 5_000; factor += 1) times(two, factor)
  expect(times(two, 5)).toEqual([10])
})
