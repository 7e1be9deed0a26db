import { type CivilDate, definePlugin } from '@nyuzi/sdk'
import { oscu } from './client/oscu.ts'
import { config } from './config.ts'
import { deviceKeys } from './device.ts'
import { prepare } from './prepare.ts'
import { createSign } from './sign.ts'

/** eTIMS of the Kenya Revenue Authority: an online control unit of one taxpayer and branch. */
export const etims = definePlugin({
  id: 'etims',
  title: 'eTIMS (Kenya Revenue Authority)',
  contract: 1,
  config,
  setup: (host) => {
    const { pin, branch, baseUrl, from } = host.config
    const transport = oscu(host)
    const keys = deviceKeys(host, transport)
    return {
      fiscal: {
        counter: `${baseUrl.replace(/\/+$/, '')} ${pin}/${branch}`,
        ...(from === undefined ? {} : { from: from as CivilDate }),
        prepare: (document, number) => prepare(host.config, document, number),
        sign: createSign(host, transport, keys),
      },
    }
  },
})
