/** A sentence of the RouterOS API: its words, without the closing empty word. */
export type Sentence = readonly string[]

export type CodecLimits = { readonly wordBytesMax: number; readonly wordsMax: number; readonly sentenceBytesMax: number }

const defaultLimits: CodecLimits = { wordBytesMax: 1 << 20, wordsMax: 4096, sentenceBytesMax: 4 << 20 }

/** The octets cannot be a RouterOS stream any more: there is no way to find the next sentence. */
export class MalformedStream extends Error {
  override readonly name = 'MalformedStream'
}

/** Encodes one sentence. */
export function encodeSentence(words: Sentence): Buffer {
  const writer = new SentenceWriter(256)
  writer.append(words)
  return writer.take()
}

/** Gathers sentences in one buffer, so that a burst of commands leaves in one write to the socket. */
export class SentenceWriter {
  #buffer: Buffer
  #length = 0
  readonly #initialBytes: number

  constructor(initialBytes = 4096) {
    this.#initialBytes = initialBytes
    this.#buffer = Buffer.allocUnsafe(initialBytes)
  }

  get pendingBytes(): number {
    return this.#length
  }

  append(words: Sentence): void {
    for (const word of words) {
      // An empty word would end the sentence early and turn the rest into a sentence of its own.
      if (word.length === 0) continue
      this.#appendWord(word)
    }
    this.#reserve(1)
    this.#buffer[this.#length++] = 0
  }

  /** The octets gathered so far; the writer starts anew. */
  take(): Buffer {
    const taken = this.#buffer.subarray(0, this.#length)
    this.#buffer = Buffer.allocUnsafe(this.#initialBytes)
    this.#length = 0
    return taken
  }

  #appendWord(word: string): void {
    // A UTF-16 unit takes at most three octets, so short words need no separate measuring pass.
    const bytesMax = word.length * 3
    this.#reserve(bytesMax + 5)
    if (bytesMax < 0x80) {
      const bytes = this.#buffer.write(word, this.#length + 1)
      this.#buffer[this.#length] = bytes
      this.#length += bytes + 1
      return
    }
    const bytes = Buffer.byteLength(word)
    this.#length = writeLength(this.#buffer, this.#length, bytes)
    this.#length += this.#buffer.write(word, this.#length)
  }

  #reserve(bytes: number): void {
    const needed = this.#length + bytes
    if (needed <= this.#buffer.length) return
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2))
    this.#buffer.copy(grown, 0, 0, this.#length)
    this.#buffer = grown
  }
}

function writeLength(buffer: Buffer, at: number, length: number): number {
  if (length < 0x80) return buffer.writeUInt8(length, at)
  if (length < 0x4000) return buffer.writeUInt16BE(length | 0x8000, at)
  if (length < 0x20_0000) return buffer.writeUIntBE(length | 0xc0_0000, at, 3)
  if (length < 0x1000_0000) return buffer.writeUInt32BE((length | 0xe000_0000) >>> 0, at)
  buffer[at] = 0xf0
  return buffer.writeUInt32BE(length, at + 1)
}

/** Reads sentences from a stream that TCP may cut anywhere, also inside a length or a letter. */
export class SentenceReader {
  readonly #limits: CodecLimits
  // Octets of an unfinished word; grows by doubling, so a stream of single octets costs no more than its length.
  #pending = Buffer.alloc(0)
  #pendingLength = 0
  #words: string[] = []
  #sentenceBytes = 0

  constructor(limits: Partial<CodecLimits> = {}) {
    this.#limits = { ...defaultLimits, ...limits }
  }

  /** The sentences completed by this chunk. Throws {@link MalformedStream}; the reader is of no use after that. */
  push(chunk: Buffer): string[][] {
    const sentences: string[][] = []
    if (this.#pendingLength === 0) {
      this.#keep(chunk, this.#parse(chunk, chunk.length, sentences))
      return sentences
    }
    this.#append(chunk)
    const used = this.#parse(this.#pending, this.#pendingLength, sentences)
    if (used > 0) {
      this.#pending.copyWithin(0, used, this.#pendingLength)
      this.#pendingLength -= used
    }
    return sentences
  }

  #parse(buffer: Buffer, end: number, sentences: string[][]): number {
    let at = 0
    while (at < end) {
      const first = buffer[at] as number
      const headBytes = lengthBytes(first)
      if (at + headBytes > end) break
      const length = headBytes === 1 ? first : readLength(buffer, at, headBytes)
      if (length > this.#limits.wordBytesMax) throw new MalformedStream(`a word of ${length} octets`)
      const bodyAt = at + headBytes
      if (bodyAt + length > end) break
      at = bodyAt + length
      if (length > 0) this.#addWord(buffer.toString('utf8', bodyAt, at), length)
      else if (this.#words.length > 0) {
        sentences.push(this.#words)
        this.#words = []
        this.#sentenceBytes = 0
      }
    }
    return at
  }

  #addWord(word: string, bytes: number): void {
    this.#sentenceBytes += bytes
    if (this.#words.length >= this.#limits.wordsMax || this.#sentenceBytes > this.#limits.sentenceBytesMax)
      throw new MalformedStream('a sentence without an end')
    this.#words.push(word)
  }

  #keep(chunk: Buffer, from: number): void {
    if (from < chunk.length) this.#append(chunk.subarray(from))
  }

  #append(chunk: Buffer): void {
    const needed = this.#pendingLength + chunk.length
    if (needed > this.#pending.length) {
      const grown = Buffer.allocUnsafe(Math.max(needed, this.#pending.length * 2, 1024))
      this.#pending.copy(grown, 0, 0, this.#pendingLength)
      this.#pending = grown
    }
    chunk.copy(this.#pending, this.#pendingLength)
    this.#pendingLength = needed
  }
}

function lengthBytes(first: number): number {
  if (first < 0x80) return 1
  if (first < 0xc0) return 2
  if (first < 0xe0) return 3
  if (first < 0xf0) return 4
  if (first === 0xf0) return 5
  throw new MalformedStream(`control octet 0x${first.toString(16)}`)
}

function readLength(buffer: Buffer, at: number, headBytes: number): number {
  if (headBytes === 2) return buffer.readUInt16BE(at) & 0x3fff
  if (headBytes === 3) return buffer.readUIntBE(at, 3) & 0x1f_ffff
  if (headBytes === 4) return buffer.readUInt32BE(at) & 0x0fff_ffff
  return buffer.readUInt32BE(at + 1)
}
