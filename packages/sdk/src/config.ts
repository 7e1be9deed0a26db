import { z } from 'zod'

export { z }

/**
 * A setting that must never be shown, logged or returned. Prints as `[secret]`; `reveal()` at the point of use.
 * @example
 * const headers = { authorization: `Bearer ${config.apiKey.reveal()}` }
 */
export class Secret {
  readonly #value: string
  constructor(value: string) {
    this.#value = value
  }
  reveal(): string {
    return this.#value
  }
  toString(): string {
    return '[secret]'
  }
  toJSON(): string {
    return '[secret]'
  }
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[secret]'
  }
}

const secretMark = 'nyuziSecret'

/**
 * A secret setting: text in the API and in files, a {@link Secret} in the plugin. The host encrypts it at rest and
 * never returns it.
 * @example config = z.object({ apiKey: secret().describe('From the provider portal, Settings → API key') })
 */
export const secret = () =>
  z
    .string()
    .min(1)
    .meta({ [secretMark]: true, format: 'password', writeOnly: true })
    .transform((value) => new Secret(value))

/**
 * The names of the secret fields of a plugin's settings: those that are a secret or hold one, however wrapped.
 * @example
 * secretFields(z.object({ username: z.string(), apiKey: secret().optional() })) // ['apiKey']
 */
export function secretFields(config: z.ZodObject): readonly string[] {
  return Object.entries(config.shape)
    .filter(([, field]) => isSecret(field as z.ZodType))
    .map(([name]) => name)
}

function isSecret(field: z.ZodType): boolean {
  if (field.meta()?.[secretMark] === true) return true
  if (field instanceof z.ZodPipe) return isSecret(field.in as z.ZodType)
  if (field instanceof z.ZodObject) return secretFields(field).length > 0
  if (field instanceof z.ZodUnion) return field.options.some((option) => isSecret(option as z.ZodType))
  if (field instanceof z.ZodRecord) return isSecret(field.valueType as z.ZodType)
  // Optional, nullable, default, read-only, catch and array all unwrap to what they hold.
  const { unwrap } = field as { unwrap?: () => z.ZodType }
  return unwrap !== undefined && isSecret(unwrap())
}
