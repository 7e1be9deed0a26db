import { money } from '@nyuzi/core'
import { describe, expect, it } from 'vitest'
import { toCsv } from './csv.ts'

const of = (...rows: Parameters<typeof toCsv>[0]['rows']) => toCsv({ head: ['a', 'b'], rows })

describe('A table as CSV', () => {
  it('has a line for the head and for each row, ended by CR LF', () => {
    expect(of(['x', 1], [undefined, money(-150_005n, 'KES')])).toBe('a,b\r\nx,1\r\n,-1500.05\r\n')
  })
  it('quotes what would break a line or a field', () => {
    expect(of(['a,b', 'say "hi"'], ['two\nlines', 'plain'])).toBe('a,b\r\n"a,b","say ""hi"""\r\n"two\nlines",plain\r\n')
  })
  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1'])('writes %j so that no spreadsheet runs it', (text) => {
    expect(of([text, 'x']).split('\r\n')[1]).toBe(`'${text},x`)
  })
  it('guards a formula that needs quotes as well', () => {
    expect(of(['=HYPERLINK("http://x","y")', 'x']).split('\r\n')[1]).toBe(`"'=HYPERLINK(""http://x"",""y"")",x`)
  })
})
