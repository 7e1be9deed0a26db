import { z } from '@hono/zod-openapi'
import { colourDefault } from '../../flows/documents/addressed.ts'
import type { Branding } from '../../flows/documents/ports.ts'
import { line } from './primitives.ts'

const logoBytesMax = 200_000

const logoIn = z
  .base64('Send the PNG in base64.')
  .max(Math.ceil(logoBytesMax / 3) * 4, `Send a PNG of at most ${logoBytesMax / 1_000} KB.`)
  .transform((text) => new Uint8Array(Buffer.from(text, 'base64')))
  .openapi({ type: 'string', format: 'byte', description: 'A PNG in base64, up to 200 KB and 1,000 pixels on its longer side' })

export const addressLinesIn = z.array(line(100)).max(6).readonly()

export const brandingIn = z.strictObject({
  addressLines: addressLinesIn.optional(),
  phone: line(40).nullable().optional(),
  email: z.email().max(200).nullable().optional(),
  colour: z
    .string()
    .regex(/^#[0-9a-f]{6}$/, 'Send a colour as #rrggbb, in lower case.')
    .nullable()
    .optional(),
  footer: line(300).nullable().optional(),
  paymentInstructions: line(600).nullable().optional(),
  logo: logoIn.nullable().optional(),
})

export const brandingOut = z
  .object({
    addressLines: z.array(z.string()).readonly(),
    phone: z.string().nullable(),
    email: z.string().nullable(),
    colour: z.string().openapi({ description: 'Of rules, titles and table heads', example: '#1a6b54' }),
    footer: z.string().nullable().openapi({ description: 'Small print at the foot of each page' }),
    paymentInstructions: z.string().nullable(),
    logo: z
      .object({ png: z.string().openapi({ format: 'byte' }), width: z.number().int(), height: z.number().int() })
      .nullable()
      .openapi({ description: 'As it prints: opaque, in base64' }),
  })
  .openapi('Branding')

export const toApiBranding = (branding: Branding, png: Uint8Array | undefined) => ({
  addressLines: branding.addressLines ?? [],
  phone: branding.phone ?? null,
  email: branding.email ?? null,
  colour: branding.colour ?? colourDefault,
  footer: branding.footer ?? null,
  paymentInstructions: branding.paymentInstructions ?? null,
  logo:
    branding.logo && png ? { png: Buffer.from(png).toString('base64'), width: branding.logo.width, height: branding.logo.height } : null,
})
