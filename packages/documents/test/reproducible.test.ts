import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { renderDocument } from '../src/render-document.ts'
import golden from './golden.json' with { type: 'json' }
import { invoice, samples } from './samples.ts'

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const text = async (document: Parameters<typeof renderDocument>[0]) => Buffer.from(await renderDocument(document)).toString('latin1')

describe('a document is the same bytes each time', () => {
  it('twice in one process, whatever was rendered in between', async () => {
    const sums = async () =>
      Object.fromEntries(
        await Promise.all(Object.entries(samples).map(async ([name, document]) => [name, sha256(await renderDocument(document))])),
      )
    expect(await sums()).toEqual(await sums())
  })

  it.each([
    { TZ: 'UTC', LC_ALL: 'C' },
    { TZ: 'Asia/Dhaka', LC_ALL: 'bn_BD.UTF-8', LANG: 'bn_BD.UTF-8' },
    { TZ: 'America/New_York', LC_ALL: 'de_DE.UTF-8', LANG: 'de_DE.UTF-8' },
  ])('in another process with %o, and as it was when this was written', async (env) => {
    const args = ['--conditions=@nyuzi/source', new URL('print-sha256.ts', import.meta.url).pathname]
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, NODE_OPTIONS: '', ...env } })
    // A sum that changes changes every document of that kind that was ever issued: say so in the changeset.
    expect(JSON.parse(stdout)).toEqual(golden)
  })

  it('is dated with its own day, and its id follows from what it says', async () => {
    const pdf = await text(invoice)
    expect(pdf).toContain('\n(D:20260601000000Z)')
    const idOf = (file: string) => /\/ID \[<(\w+)> <(\w+)>\]/.exec(file)?.[1]
    expect(idOf(pdf)).toMatch(/^[0-9a-f]{32}$/)
    expect(idOf(await text({ ...invoice, number: 'NRB-000124' }))).not.toBe(idOf(pdf))
  })

  it('packs nothing but the logo, whose packing came with it', async () => {
    const pdf = await text(invoice)
    expect(pdf.match(/\/Filter \/FlateDecode/g)).toHaveLength(1)
    expect(pdf).toContain('/Subtype /Image')
  })
})
