import { secret, z } from '@nyuzi/sdk'
import { fromRateText } from './rate.ts'

const name = z.string().regex(/^[A-Za-z0-9._-]{1,40}$/, 'letters, digits, dot, dash and underscore, at most 40')

export const config = z
  .object({
    host: z.string().min(1).describe('Address or name of the router, as seen from this server'),
    port: z.number().int().min(1).max(65_535).optional().describe('API port; 8729 with TLS and 8728 without, unless set'),
    tls: z
      .enum(['verified', 'pinned', 'plain'])
      .default('verified')
      .describe(
        "How the router proves who it is: 'verified' by a certificate authority, 'pinned' by the fingerprint of its certificate, " +
          "'plain' not at all. Plain sends the API password readable: management network or tunnel only",
      ),
    fingerprint: z
      .string()
      .regex(/^([0-9a-fA-F]{2}:?){32}$/, 'SHA-256 fingerprint: 64 hex digits, colons allowed')
      .optional()
      .describe("SHA-256 fingerprint of the router's certificate, for 'pinned': /certificate print detail"),
    caCertificate: z.string().optional().describe("Certificate authority in PEM form, for 'verified'; the system's own list unless set"),
    serverName: z.string().optional().describe("Name in the router's certificate when it differs from the address, for 'verified'"),
    username: z
      .string()
      .regex(/^[\x21-\x7e]{1,64}$/, 'printable ASCII')
      .describe('API user of the router, in a group with the policies api, read, write'),
    password: secret().describe('Password of the API user'),
    suspendMode: z
      .enum(['profile', 'address_list', 'disable'])
      .default('profile')
      .describe(
        "What a suspension does: 'profile' moves the line to the suspended profile, which leads to the pay pages; 'address_list' lists the " +
          "line's fixed address; 'disable' cuts the line off, pay pages too. Change it only while no service is suspended",
      ),
    suspendedProfile: name
      .default('nyuzi-suspended')
      .describe('PPP profile of suspended lines; made when missing, left alone when someone else made it'),
    suspendedList: name
      .default('suspended')
      .describe('Firewall address list that holds suspended lines; your rules for it lead to the pay pages'),
    suspendedRate: z
      .string()
      .refine((text) => fromRateText(text) !== undefined, 'a rate such as 64k/64k')
      .default('64k/64k')
      .describe('Speed of suspended lines, upload/download'),
    profilePrefix: name.default('nyuzi-').describe('Put before the names of the PPP profiles we make, so that they stand together'),
    localAddress: z.string().optional().describe("The router's own address on each line; unset leaves it to the router"),
    remotePool: z.string().optional().describe('Address pool for the lines; it must exist on the router'),
    inFlight: z.number().int().min(1).max(256).default(6).describe('Commands at once on the connection; 4 to 8 suits small boards'),
    connectTimeoutMs: z.number().int().min(100).default(5_000).describe('Limit for connecting and logging in, in milliseconds'),
    commandTimeoutMs: z
      .number()
      .int()
      .min(100)
      .default(10_000)
      .describe('Limit for one command, in milliseconds; long lists get three times this'),
    idleTimeoutMs: z
      .number()
      .int()
      .min(1_000)
      .default(300_000)
      .describe('A connection without commands is closed after this, in milliseconds'),
    allowOldLogin: z.boolean().default(false).describe('Log in the way of RouterOS before 6.43. Only for routers that cannot be upgraded'),
    bulkGuardShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.1)
      .describe("Largest share of a router's lines that a repair may suspend or remove within ten minutes without a person; 1 allows all"),
    bulkGuardMin: z
      .number()
      .int()
      .min(0)
      .default(20)
      .describe('As many lines a repair may always suspend or remove, however small the router'),
  })
  .superRefine((settings, context) => {
    if (settings.tls === 'pinned' && !settings.fingerprint)
      context.addIssue({ code: 'custom', path: ['fingerprint'], message: "needed when tls is 'pinned'" })
  })

export type MikrotikConfig = z.output<typeof config>
