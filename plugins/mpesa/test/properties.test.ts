import { money, toDecimal } from '@nyuzi/sdk'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readAmount, readSignedAmount, toWholeShillings } from '../src/client/amount.ts'
import { readJson } from '../src/client/json.ts'
import { readPayer } from '../src/client/payer.ts'
import { fromWireTime, toWireDateTime, toWireTime } from '../src/client/time.ts'
import { promptStatus } from '../src/status.ts'
import { readCsv } from '../src/wire/read-csv.ts'
import { readStatement } from '../src/wire/read-statement.ts'

const instants = fc
  .date({ min: new Date('2007-03-06T00:00:00Z'), max: new Date('2099-12-30T00:00:00Z'), noInvalidDate: true })
  .map((date) => new Date(Math.floor(date.getTime() / 1000) * 1000))
const minors = fc.bigInt({ min: 1n, max: 9_007_199_254_740_991n })

describe('times', () => {
  it('survive the wire in every form', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        const packed = toWireTime(instant)
        const [year, month, day, time] = [packed.slice(0, 4), packed.slice(4, 6), packed.slice(6, 8), toWireDateTime(instant).slice(11)]
        for (const form of [packed, toWireDateTime(instant), `${day}.${month}.${year} ${time}`, `${day}-${month}-${year} ${time}`])
          expect(fromWireTime(form)).toEqual(instant)
      }),
    )
  })

  it('are three hours ahead of UTC, in text', () => {
    fc.assert(
      fc.property(instants, (instant) => {
        const shown = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Africa/Nairobi', dateStyle: 'short', timeStyle: 'medium' })
        expect(toWireDateTime(instant)).toBe(shown.format(instant))
      }),
      { numRuns: 50 },
    )
  })

  it('that are odd are undefined, never wrong', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^\d{0,20}$/)), (text) => {
        const read = fromWireTime(text)
        if (read && /^\d{14}$/.test(text)) expect(toWireTime(read)).toBe(text)
        else if (read) expect(Number.isNaN(read.getTime())).toBe(false)
      }),
    )
  })
})

describe('money', () => {
  it('survives JSON as number and as text, to the last cent', () => {
    fc.assert(
      fc.property(minors, (minor) => {
        const amount = money(minor, 'KES')
        const written = toDecimal(amount)
        const { number, text } = readJson(`{"number":${written},"text":"${written}"}`) as Record<string, string>
        expect(readAmount(number)).toEqual(amount)
        expect(readAmount(text)).toEqual(amount)
      }),
    )
  })

  it('is whole shillings or nothing for a prompt', () => {
    fc.assert(
      fc.property(minors, (minor) => {
        const whole = toWholeShillings(money(minor, 'KES'))
        expect(whole).toBe(minor % 100n === 0n ? String(minor / 100n) : undefined)
      }),
    )
  })

  it('of a statement is read through grouping and sign', () => {
    fc.assert(
      fc.property(minors, fc.boolean(), (minor, withdrawn) => {
        const [whole = '', cents] = toDecimal(money(minor, 'KES')).split('.')
        const text = `${withdrawn ? '-' : ''}${whole.replace(/\B(?=(\d{3})+$)/g, ',')}.${cents}`
        expect(readSignedAmount(text)?.amountMinor).toBe(withdrawn ? -minor : minor)
      }),
    )
  })

  it('is never read from anything but a plain positive decimal', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const read = readAmount(text)
        if (read) expect(text.trim()).toMatch(/^\d+(\.\d+)?$/)
      }),
    )
  })
})

describe('total readers', () => {
  it('give every result code one status, and failure only to codes of the tables', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.nat().map(String)), (code) => {
        const { status } = promptStatus(code)
        expect(['succeeded', 'failed', 'pending', 'unknown']).toContain(status)
        if (status === 'succeeded') expect(code.trim()).toMatch(/^0+$/)
      }),
    )
  })

  it('never take a masked or odd number for a phone', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\d* +]{0,16}$/), (text) => {
        const payer = readPayer(text)
        if (payer.kind === 'clear') expect(text).not.toContain('*')
        if (payer.kind === 'masked') expect(payer.pattern).toMatch(/^[\d*]*\*[\d*]*$/)
      }),
    )
  })

  it('read any text as CSV and as a statement without throwing', () => {
    const cell = fc.string()
    const header = 'Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,A/C No.'
    fc.assert(
      fc.property(fc.array(fc.array(cell, { maxLength: 8 }), { maxLength: 6 }), (rows) => {
        const body = rows.map((row) => row.join(',')).join('\n')
        expect(() => readStatement(body)).not.toThrow()
        expect(readStatement(`${header}\n${body}`)).toBeDefined()
      }),
    )
  })

  it('read back what a quoting writer wrote', () => {
    const cells = fc.array(fc.string({ unit: fc.constantFrom('a', '"', ',', ';', '\n', ' ') }), { minLength: 1, maxLength: 4 })
    fc.assert(
      fc.property(fc.array(cells, { minLength: 1, maxLength: 4 }), (rows) => {
        const text = rows.map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(',')).join('\n')
        expect(readCsv(`${text}\n`, ',')).toEqual(rows)
      }),
    )
  })
})
