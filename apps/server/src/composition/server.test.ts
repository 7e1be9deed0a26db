import { type AddressInfo, createServer } from 'node:net'
import { expect, test } from 'vitest'
import { createLog } from '../telemetry/log.ts'
import { startServer } from './server.ts'
import { readSettings } from './settings.ts'

test('a port that is taken stops the start with what to do, before the database is touched', async () => {
  const other = createServer()
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve))
  const { port } = other.address() as AddressInfo
  const settings = readSettings(
    {
      DATABASE_URL: 'postgres://nobody@127.0.0.1:1/nowhere',
      NYUZI_SECRET_KEY: Buffer.alloc(32).toString('base64'),
      NYUZI_PUBLIC_URL: 'https://pay.example.net',
      PORT: String(port),
    },
    { plugins: [] },
  )
  await expect(startServer({ plugins: [] }, settings, createLog({ level: 'silent' }))).rejects.toMatchObject({
    name: 'UnsafeSettings',
    message: expect.stringMatching(new RegExp(`port ${port} .*taken.* PORT`)),
  })
  await new Promise((resolve) => other.close(resolve))
})
