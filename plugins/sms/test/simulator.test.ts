import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text as readText } from 'node:stream/consumers'
import { ProviderMisconfigured, ProviderRateLimited, ProviderRefused, ProviderUnclear } from '@nyuzi/sdk'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type SmsGatewaySimulator, type SmsGatewaySimulatorOptions, startSmsGatewaySimulator } from '../src/simulator/index.ts'
import { advantaSettings, africasTalkingSettings, apiKey, messageId, openSms, text } from './open-sms.ts'

const toClose: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of toClose.splice(0).reverse()) await close()
})

async function start(options: SmsGatewaySimulatorOptions): Promise<SmsGatewaySimulator> {
  const simulator = await startSmsGatewaySimulator({ apiKey, ...options })
  toClose.push(() => simulator.close())
  return simulator
}

const messengerOf = (simulator: SmsGatewaySimulator, style: SmsGatewaySimulatorOptions['style'], over: object = {}) =>
  openSms({ ...(style === 'advanta' ? advantaSettings : africasTalkingSettings), baseUrl: simulator.url, ...over }).messages

describe.each(['africastalking', 'advanta'] as const)('%s, simulated', (style) => {
  let simulator: SmsGatewaySimulator
  let messages: ReturnType<typeof messengerOf>
  beforeEach(async () => {
    simulator = await start({ style })
    messages = messengerOf(simulator, style)
  })

  it('books what it takes, with parts and cost', async () => {
    const sent = await messages.send(text({ text: 'A'.repeat(161) }))
    expect(sent.parts).toBe(2)
    expect(simulator.messages).toMatchObject([
      { id: sent.providerReference, to: '254712000111', parts: 2, cost: 'KES 1.6000', senderId: 'SAVANNAH' },
    ])
    if (style === 'africastalking') expect(sent.cost).toEqual({ amountMinor: 160n, currency: 'KES' })
  })

  it('takes nothing when it loses the request, and the message when it loses the answer: both are unclear', async () => {
    simulator.next('lose-request')
    simulator.next('lose-answer')
    await expect(messages.send(text())).rejects.toBeInstanceOf(ProviderUnclear)
    expect(simulator.messages).toHaveLength(0)
    await expect(messages.send(text())).rejects.toBeInstanceOf(ProviderUnclear)
    expect(simulator.messages).toHaveLength(1)
  })

  it.each([
    ['html', ProviderUnclear],
    ['rate-limit', ProviderRateLimited],
    ['server-error', ProviderUnclear],
  ] as const)('answers %s without taking the text, once', async (mishap, expected) => {
    simulator.next(mishap)
    await expect(messages.send(text())).rejects.toBeInstanceOf(expected)
    expect(simulator.messages).toHaveLength(0)
    await messages.send(text())
    expect(simulator.messages).toHaveLength(1)
  })

  it('has taken the text of a caller who gives up waiting', async () => {
    simulator.behaviour.answerDelayMs = 700
    await expect(messages.send(text())).rejects.toBeInstanceOf(ProviderUnclear)
    expect(simulator.messages).toHaveLength(1)
  })

  it('refuses numbers, senders, and texts that are not paid for', async () => {
    simulator.behaviour.refusedNumbers.add('254712000111')
    await expect(messages.send(text())).rejects.toBeInstanceOf(ProviderRefused)
    simulator.behaviour.refusedNumbers.clear()
    simulator.behaviour.optedOutNumbers.add('254712000111')
    await expect(messages.send(text())).rejects.toBeInstanceOf(ProviderRefused)
    simulator.behaviour.optedOutNumbers.clear()
    simulator.behaviour.creditParts = 1
    await messages.send(text())
    await expect(messages.send(text())).rejects.toThrow('no credit')
    simulator.behaviour.creditParts = undefined
    simulator.behaviour.senderIds = ['OTHER']
    await expect(messages.send(text())).rejects.toThrow('sender id')
    expect(simulator.messages).toHaveLength(1)
  })

  it('lets nobody in with another key', async () => {
    await expect(messengerOf(simulator, style, { apiKey: 'another-key' }).send(text())).rejects.toBeInstanceOf(ProviderMisconfigured)
  })

  it('keeps its book over a restart, less a line that was cut short', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'sms-gateway-'))
    toClose.push(async () => rmSync(folder, { recursive: true }))
    const journalPath = join(folder, 'book.jsonl')
    const first = await start({ style, journalPath })
    await messengerOf(first, style).send(text())
    await first.close()
    appendFileSync(journalPath, '{"id":"cut')
    const second = await start({ style, journalPath })
    expect(second.messages).toEqual(first.messages)
  })
})

describe('africastalking, simulated', () => {
  type Receiver = { readonly url: string; readonly bodies: string[]; refuse: number }

  async function startReceiver(): Promise<Receiver> {
    const server = createServer(async (request, response) => {
      const body = await readText(request)
      if (receiver.refuse > 0) {
        receiver.refuse -= 1
        response.writeHead(503).end()
        return
      }
      receiver.bodies.push(body)
      response.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    toClose.push(() => new Promise((resolve) => server.close(() => resolve())))
    const receiver: Receiver = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/callbacks`, bodies: [], refuse: 0 }
    return receiver
  }

  const stateOf = (body: string) =>
    openSms(africasTalkingSettings).messages.reports?.translateReport({
      channel: 'delivery',
      method: 'POST',
      rawBody: new TextEncoder().encode(body),
      headers: {},
      query: {},
    })[0]

  it('pushes reports that the plugin reads, again to a receiver that was down, and as often as asked', async () => {
    const receiver = await startReceiver()
    receiver.refuse = 1
    const simulator = await start({ style: 'africastalking', reportUrl: receiver.url, reportsRepeated: 2 })
    const { providerReference } = await messengerOf(simulator, 'africastalking').send(text())
    await simulator.reportsSettled()
    expect(receiver.bodies.map(stateOf)).toEqual(Array(3).fill({ providerReference, state: 'delivered' }))
  })

  it('can report before it answers, and change its mind', async () => {
    const receiver = await startReceiver()
    const simulator = await start({ style: 'africastalking', reportUrl: receiver.url, reportBeforeAnswer: true, fate: 'waiting' })
    const { providerReference } = await messengerOf(simulator, 'africastalking').send(text())
    expect(receiver.bodies.map(stateOf)).toEqual([{ providerReference, state: 'sent' }])
    await simulator.report(providerReference ?? '', 'failed')
    expect(receiver.bodies.map(stateOf)[1]).toMatchObject({ state: 'failed', permanent: true })
  })

  it('reports a text whose answer was lost', async () => {
    const receiver = await startReceiver()
    const simulator = await start({ style: 'africastalking', reportUrl: receiver.url, reportDelayMs: 20 })
    simulator.next('lose-answer')
    await messengerOf(simulator, 'africastalking')
      .send(text())
      .catch(() => undefined)
    await expect.poll(() => receiver.bodies.length).toBe(1)
  })
})

describe('advanta, simulated', () => {
  it.each([
    ['respose', false],
    ['respose', true],
    ['response', false],
    ['response', true],
  ] as const)('speaks %s-code, numbers as text: %s', async (spelling, numbersAsText) => {
    const simulator = await start({ style: 'advanta', spelling, numbersAsText })
    const messages = messengerOf(simulator, 'advanta')
    const { providerReference = '' } = await messages.send(text())
    expect(await messages.lookUpDelivery?.(providerReference)).toEqual({ providerReference, state: 'delivered' })
  })

  it('has the report once its time has come', async () => {
    let nowMs = Date.parse('2026-11-14T07:30:15Z')
    const simulator = await start({ style: 'advanta', reportDelayMs: 60_000, now: () => new Date(nowMs) })
    const messages = messengerOf(simulator, 'advanta')
    const { providerReference = '' } = await messages.send(text())
    expect(await messages.lookUpDelivery?.(providerReference)).toMatchObject({ state: 'sent' })
    nowMs += 60_000
    expect(await messages.lookUpDelivery?.(providerReference)).toMatchObject({ state: 'delivered' })
    await simulator.report(providerReference, 'failed')
    expect(await messages.lookUpDelivery?.(providerReference)).toMatchObject({ state: 'failed' })
  })

  it('sends a client id once where it dedupes, and twice where it does not', async () => {
    const simulator = await start({ style: 'advanta', dedupeByClientId: true })
    const messages = messengerOf(simulator, 'advanta')
    simulator.next('lose-answer')
    await messages.send(text()).catch(() => undefined)
    const repeat = await messages.send(text())
    expect(simulator.messages).toMatchObject([{ id: repeat.providerReference }])
    await messages.send(text({ id: messageId(2) }))
    simulator.behaviour.dedupeByClientId = false
    await messages.send(text({ id: messageId(2) }))
    expect(simulator.messages).toHaveLength(3)
  })

  it('takes up to twenty texts in one call, each with an answer of its own', async () => {
    const simulator = await start({ style: 'advanta' })
    const sendBulk = async (count: number) => {
      const smslist = Array.from({ length: count }, (_, index) => ({
        apikey: apiKey,
        mobile: index === 1 ? '25470' : `2547120001${index + 10}`,
        message: Buffer.from('Habari').toString('base64'),
        pass_type: 'bm5',
        clientsmsid: String(index),
      }))
      const body = JSON.stringify({ count, smslist })
      return (await fetch(`${simulator.url}/api/services/sendbulk/`, { method: 'POST', body })).json()
    }
    expect(await sendBulk(2)).toMatchObject({
      responses: [
        { 'respose-code': 200, clientsmsid: '0' },
        { 'respose-code': 1003, clientsmsid: '1' },
      ],
    })
    expect(simulator.messages).toMatchObject([{ text: 'Habari', to: '254712000110' }])
    expect(await sendBulk(21)).toMatchObject({ 'respose-code': 1012 })
  })
})
