import { money } from '@nyuzi/sdk'
import { describe, expect, it } from 'vitest'
import { readAnswer } from '../src/client/answer.ts'
import {
  acknowledgementOutcome,
  outcomeOfCode,
  pullRegistration,
  readBalances,
  readBillPush,
  readPullPage,
  readQrCode,
  readResult,
  readStatement,
  resultOutcome,
  standingOrderAcknowledgement,
  standingOrderOutcome,
} from '../src/wire/index.ts'

const fields = (body: unknown, status = 200) => readAnswer(status, JSON.stringify(body))
const header = 'Receipt No.,Completion Time,Details,Transaction Status,Paid In,Withdrawn,Reason Type,Linked Transaction ID,A/C No.'
const statement = (...lines: string[]) => readStatement([header, ...lines].join('\r\n'))

describe('a result', () => {
  it('that is uncertain ends nothing: no payout is sent again because of it', () => {
    for (const code of ['17', '19', '15', '26', '100000001', '100000011', '4108', ''])
      expect(outcomeOfCode('b2c', code), code).toEqual({ outcome: 'unknown', terminal: false })
    expect(outcomeOfCode('transaction-status', '26')).toEqual({ outcome: 'error', terminal: false })
  })

  it('takes one parameter without its list, and states it does not know', () => {
    const result = (TransactionStatus: string) =>
      readResult(
        JSON.stringify({
          Result: { ResultCode: '0', ResultParameters: { ResultParameter: { Key: 'TransactionStatus', Value: TransactionStatus } } },
        }),
      )
    const outcome = (state: string) => {
      const read = result(state)
      return read && resultOutcome('transaction-status', 'result', read).outcome
    }
    expect(['Completed', 'Authorized', 'Declined', 'Hibernating'].map(outcome)).toEqual(['succeeded', 'pending', 'failed', 'unknown'])
  })

  it('is not read from anything else', () => {
    for (const text of ['', '{}', '{"Result":{}}', '{"Result":[]}', '<html>']) expect(readResult(text)).toBeUndefined()
    const noBalance = readResult('{"Result":{"ResultCode":0}}')
    expect(noBalance && readBalances(noBalance)).toEqual([])
    const oddBalance = readResult(
      '{"Result":{"ResultCode":0,"ResultParameters":{"ResultParameter":[{"Key":"AccountBalance","Value":"A|KES|1.00&B|USD|1|1|1|1"}]}}}',
    )
    expect(oddBalance && readBalances(oddBalance)).toEqual([])
  })
})

describe('an acknowledgement', () => {
  it('with empty ids or another code is a rejection', () => {
    expect(acknowledgementOutcome(fields({ ResponseCode: '0', ConversationID: '' })).outcome).toBe('rejected')
    expect(acknowledgementOutcome(fields({ ResponseCode: '1', ConversationID: 'AG_1' })).outcome).toBe('rejected')
    expect(standingOrderAcknowledgement(fields({ ResponseHeader: { responseCode: '400' } })).outcome).toBe('rejected')
    expect(standingOrderAcknowledgement(readAnswer(503, '<html>')).outcome).toBe('unknown')
    expect(pullRegistration(fields({ ResponseStatus: '1002' })).outcome).toBe('rejected')
    expect(pullRegistration(readAnswer(503, '<html>')).outcome).toBe('unknown')
    expect(readQrCode(fields({ ResponseCode: '0' }))).toBeUndefined()
  })
})

describe('the pull list', () => {
  it('counts rows it cannot read and does not move on after an odd answer', () => {
    const row = { transactionId: 'UKE8B3M1ZD', amount: '1500.00', msisdn: 254700111222, trxDate: 'soon', billreference: null }
    const page = readPullPage(fields({ ResponseCode: '1000', Response: [[row, { transactionId: 'UKE8B3M1ZE' }]] }))
    expect(page).toMatchObject({ outcome: 'succeeded', unreadable: 1, notices: [{ amount: money(150_000n, 'KES') }] })
    expect(page.notices[0]).not.toHaveProperty('paidAt')
    expect(readPullPage(fields({ ResponseCode: '1000', Response: '[[]]' })).notices).toEqual([])
    expect(readPullPage(fields({ ResponseCode: '9' })).terminal).toBe(false)
    expect(readPullPage(readAnswer(503, '<html>'))).toMatchObject({ outcome: 'unknown', terminal: false })
  })
})

describe('pushes', () => {
  it('without a receipt or amount are not payments, and an odd order code is unknown', () => {
    expect(readBillPush('{"transactionId":"UKE8B3M1ZD","paidAmount":"0"}')).toBeUndefined()
    expect(standingOrderOutcome('{"ResponseHeader":{"ResponseCode":"7777"}}').outcome).toBe('unknown')
    expect(standingOrderOutcome('').outcome).toBe('unknown')
  })
})

describe('a statement', () => {
  it('is found by its header, and is none without one', () => {
    expect(readStatement('Account Holder:,UWANJA\nnothing')).toBeUndefined()
    expect(readStatement('\n\n')).toBeUndefined()
    expect(statement()?.rows).toEqual([])
  })

  it('does not take words of a payer or an account for a kind', () => {
    const read = statement(
      'UKE8B3MAAA,14-11-2026 11:15:02,Pay Bill from 2547****222 - REVERSAL CHARGE Acc. SETTLEMENT,Completed,800.00,,Pay Utility,,SETTLEMENT',
    )
    expect(read?.rows).toMatchObject([{ kind: 'payment', accountReference: 'SETTLEMENT' }])
  })

  it('reads withdrawals with and without a minus, and keeps what is not a payer’s', () => {
    const read = statement(
      'UKE8B3MAAA,14-11-2026 11:15:02,Business Payment to 2547****222,Completed,,1500.00,Business Payment,,',
      'UKE8B3MAAB,14-11-2026 11:15:02,Pay Bill Charge,Completed,,-15.00,,,',
    )
    expect(read?.rows.map(({ kind, amount }) => [kind, amount.amountMinor])).toEqual([
      ['other', -150_000n],
      ['charge', -1_500n],
    ])
  })

  it('reads times that a spreadsheet turned into day numbers', () => {
    const read = statement('UKE8B3MAAA,46340.46877314815,Pay Bill from x Acc. 1,Completed,1,,,,')
    expect(read?.rows[0]?.completedAt).toEqual(new Date('2026-11-14T08:15:02Z'))
  })

  it('names every line it leaves out', () => {
    const read = statement('UKE8B3MAAA,,x,Failed,1,,,,', 'UKE8B3MAAB,,x,Completed,many,,,,', '', 'Totals,,,,1.00,,,,')
    expect(read?.ignored).toEqual([
      { line: 2, receipt: 'UKE8B3MAAA', reason: 'Failed' },
      { line: 3, receipt: 'UKE8B3MAAB', reason: 'no readable amount' },
      { line: 5, receipt: 'TOTALS', reason: 'not a movement (totals or notes)' },
    ])
  })

  it('in a Windows encoding keeps its names', () => {
    const bytes = Buffer.from(`${header}\nUKE8B3MAAA,14-11-2026 11:15:02,Pay Bill from JOS\xc9 Acc. 1,Completed,1,,,,`, 'latin1')
    expect(readStatement(new Uint8Array(bytes))?.rows[0]?.details).toContain('JOSÉ')
  })
})
