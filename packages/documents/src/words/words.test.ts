import { languages } from '@nyuzi/core'
import { describe, expect, it } from 'vitest'
import { wordsOf } from './words.ts'

/** `titles.invoice` → its text, for every text of a language. */
function textsOf(value: unknown, path = ''): [string, string][] {
  if (typeof value === 'function') return [[path, String(value(2, 7))]]
  if (typeof value === 'string') return [[path, value]]
  return Object.entries(value as object).flatMap(([key, inner]) => textsOf(inner, path === '' ? key : `${path}.${key}`))
}

describe.each(languages)('the words in %s', (language) => {
  const texts = textsOf(wordsOf(language))

  it('say everything that another language says', () => {
    for (const other of languages) expect(texts.map(([key]) => key)).toEqual(textsOf(wordsOf(other)).map(([key]) => key))
  })

  it('are never empty, and have nothing around them', () => {
    for (const [key, text] of texts) expect(text, key).toMatch(/^\S(.*\S)?$/)
  })

  it('number a page among all of them', () => {
    expect(wordsOf(language).page(2, 7)).toMatch(/2 \D+ 7$/)
  })
})

it('differ from language to language, but for words that both have', () => {
  const english = new Map(textsOf(wordsOf('en')))
  for (const other of languages.filter((language) => language !== 'en'))
    expect(textsOf(wordsOf(other)).filter(([key, text]) => english.get(key) === text)).toEqual([])
})
