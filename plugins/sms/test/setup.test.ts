import { ProviderMisconfigured, secretFields } from '@nyuzi/sdk'
import { describe, expect, it } from 'vitest'
import { sms } from '../src/index.ts'
import { advantaSettings, africasTalkingSettings, openSms } from './open-sms.ts'

describe('settings', () => {
  it.each([
    [{ ...africasTalkingSettings, username: undefined }, 'username'],
    [{ ...advantaSettings, partnerId: undefined }, 'partnerId'],
    [{ ...advantaSettings, senderId: undefined }, 'senderId'],
  ])('of %j lack something, and setup names it', (settings, field) => {
    expect(() => openSms(settings)).toThrow(ProviderMisconfigured)
    expect(() => openSms(settings)).toThrow(`"${field}"`)
  })

  it("let Africa's Talking send without a sender id", () => {
    expect(() => openSms({ ...africasTalkingSettings, senderId: undefined })).not.toThrow()
  })

  it('keep the key secret and describe every field', () => {
    expect(secretFields(sms.config)).toEqual(['apiKey'])
    for (const [name, field] of Object.entries(sms.config.shape)) expect(field.description, name).toBeTruthy()
  })

  it('offer only what the gateway has', () => {
    const africasTalking = openSms(africasTalkingSettings).messages
    expect(africasTalking.lookUpDelivery).toBeUndefined()
    expect(Object.keys(africasTalking.reports?.channels ?? {})).toEqual(['delivery'])
    const advanta = openSms(advantaSettings).messages
    expect(advanta.reports).toBeUndefined()
    expect(advanta.lookUpDelivery).toBeTypeOf('function')
  })
})
