import { secret, z } from '@nyuzi/sdk'

const productionUrl = 'https://etims-api.kra.go.ke/etims-api'

const item = z.object({
  code: z
    .string()
    .regex(/^[A-Z]{2}[123][A-Z]{2,6}\d{7}$/, 'is country, kind, packing, unit and seven digits, such as KE3NTU0000001')
    .max(20),
  class: z.string().regex(/^\d{8,10}$/, 'has 8 to 10 digits'),
})

export const config = z.object({
  pin: z
    .string()
    .regex(/^[AP]\d{9}[A-Z]$/, 'is a letter, nine digits and a letter')
    .describe('PIN of the taxpayer, 11 characters'),
  branch: z
    .string()
    .regex(/^\d{2}$/, 'has two digits')
    .default('00')
    .describe('Branch at the authority (bhfId); 00 is the head office'),
  deviceSerial: z.string().min(1).max(100).describe('Serial number under which the device was applied for in the eTIMS portal'),
  cmcKey: secret()
    .optional()
    .describe('Only for a device that was started before, elsewhere: its communication key. Otherwise it is fetched once and kept sealed'),
  sdcId: z.string().min(1).max(50).optional().describe('Only with cmcKey: the number of its control unit, e.g. KRACU0400000001'),
  mrcNo: z.string().min(1).max(50).optional().describe('With cmcKey: its machine number, where it is known; printed on receipts'),
  baseUrl: z
    .url({ protocol: /^https?$/ })
    .default(productionUrl)
    .describe('Where the OSCU interface is: production, https://etims-api-sbx.kra.go.ke/etims-api, or a simulator'),
  verifyUrl: z
    .url({ protocol: /^https?$/ })
    .default('https://etims.kra.go.ke')
    .describe('Host of the QR code; https://etims-sbx.kra.go.ke for the sandbox'),
  credentials: z
    .enum(['headers', 'body', 'both'])
    .default('both')
    .describe('Where PIN, branch and key are sent: the documents of the authority contradict each other'),
  from: z.iso.date().optional().describe('First day whose documents are signed; absent, what is issued once the installation is made'),
  items: z
    .partialRecord(z.enum(['internet', 'equipment', 'installation', 'exempt']), item)
    .describe(
      'Item code and item class of each tax class that is sold, as registered in the portal: {"internet": {"code": …, "class": …}}',
    ),
  paymentType: z
    .enum(['01', '02', '03', '04', '05', '06', '07'])
    .default('02')
    .describe('01 cash, 02 credit, 03 cash and credit, 04 cheque, 05 card, 06 mobile money, 07 other'),
  tradeName: z
    .string()
    .max(20)
    .optional()
    .describe("Name on the authority's receipt, up to 20 characters; absent, the start of the organisation's"),
  topMessage: z.string().max(20).default('').describe("First line of the authority's receipt, up to 20 characters"),
  bottomMessage: z.string().max(20).default('').describe("Last line of the authority's receipt, up to 20 characters"),
  timeoutMs: z.int().min(1_000).max(20_000).default(20_000).describe('How long to wait for an answer, in milliseconds'),
})

export type EtimsConfig = z.output<typeof config>
