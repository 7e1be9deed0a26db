import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { encodeSentence, MalformedStream, SentenceReader, SentenceWriter } from '../src/client/codec.ts'

const word = fc.string({ minLength: 1, maxLength: 300, unit: 'grapheme' })
const sentence = fc.array(word, { minLength: 1, maxLength: 12 })

/** Cuts a stream at the given places, wherever they fall. */
function cut(stream: Buffer, places: readonly number[]): Buffer[] {
  const at = [0, ...places.map((place) => place % (stream.length + 1)).sort((a, b) => a - b), stream.length]
  return at.slice(1).map((end, index) => stream.subarray(at[index], end))
}

describe('sentences on the wire', () => {
  it('come back whole wherever TCP cuts the stream', () => {
    fc.assert(
      fc.property(fc.array(sentence, { minLength: 1, maxLength: 6 }), fc.array(fc.nat(), { maxLength: 40 }), (sentences, places) => {
        const stream = Buffer.concat(sentences.map((words) => encodeSentence(words)))
        const reader = new SentenceReader()
        expect(cut(stream, places).flatMap((segment) => reader.push(segment))).toEqual(sentences)
      }),
      { numRuns: 300 },
    )
  })

  it('come back whole when every octet arrives alone', () => {
    const sentences = [
      ['!re', '=name=Амина', '.tag=1'],
      ['!done', '.tag=1'],
      ['!re', `=comment=${'x'.repeat(20_000)}`],
    ]
    const reader = new SentenceReader()
    const found: string[][] = []
    for (const octet of Buffer.concat(sentences.map((words) => encodeSentence(words)))) found.push(...reader.push(Buffer.from([octet])))
    expect(found).toEqual(sentences)
  })

  it.each([1, 0x7f, 0x80, 0x3fff, 0x4000, 0x1f_ffff, 0x20_0000])('have words of %i octets', (length) => {
    const words = ['!re', 'x'.repeat(length)]
    const reader = new SentenceReader({ wordBytesMax: 1 << 22 })
    expect(reader.push(encodeSentence(words))).toEqual([words])
  })

  it.each([
    [0x7f, [0x7f]],
    [0x80, [0x80, 0x80]],
    [0x3fff, [0xbf, 0xff]],
    [0x4000, [0xc0, 0x40, 0x00]],
    [0x20_0000, [0xe0, 0x20, 0x00, 0x00]],
  ])('write the length %i in the octets of the manual', (length, octets) => {
    expect([...encodeSentence(['x'.repeat(length)]).subarray(0, octets.length)]).toEqual(octets)
  })

  it('leave in one write when they are gathered', () => {
    const writer = new SentenceWriter(8)
    writer.append(['/login', '=name=a'])
    writer.append(['/quit'])
    expect(new SentenceReader().push(writer.take())).toEqual([['/login', '=name=a'], ['/quit']])
    expect(writer.pendingBytes).toBe(0)
  })

  it('never let an empty word end them early', () => {
    expect(new SentenceReader().push(encodeSentence(['/a', '', '=b=']))).toEqual([['/a', '=b=']])
  })

  it('ignore empty sentences', () => {
    expect(new SentenceReader().push(Buffer.from([0, 0, 1, 0x61, 0, 0]))).toEqual([['a']])
  })
})

describe('a stream that is none', () => {
  it.each([
    ['a control octet', Buffer.from([0xf8])],
    ['a length octet no version uses', Buffer.from([0xf4, 0, 0, 0, 1])],
    ['a word above the cap', Buffer.from([0xe0, 0x20, 0x00, 0x00])],
    ['a length of four gigabytes', Buffer.from([0xf0, 0xff, 0xff, 0xff, 0xff])],
    ['a sentence of too many words', Buffer.concat(Array.from({ length: 5_000 }, () => Buffer.from([1, 0x61])))],
  ])('is given up: %s', (_, stream) => {
    expect(() => new SentenceReader().push(stream)).toThrow(MalformedStream)
  })

  it('is given up before its memory is spent', () => {
    const reader = new SentenceReader()
    const halfMebibyte = encodeSentence(['x'.repeat(1 << 19)]).subarray(0, -1)
    expect(() => {
      for (let count = 0; count < 20; count++) reader.push(halfMebibyte)
    }).toThrow(MalformedStream)
  })

  it('never fails in another way, whatever the octets', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 10 }), (chunks) => {
        const reader = new SentenceReader({ wordBytesMax: 4096 })
        try {
          for (const chunk of chunks) for (const words of reader.push(Buffer.from(chunk))) expect(words.length).toBeGreaterThan(0)
        } catch (error) {
          expect(error).toBeInstanceOf(MalformedStream)
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
