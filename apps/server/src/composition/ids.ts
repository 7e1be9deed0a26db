import { randomBytes } from 'node:crypto'
import { v7 } from 'uuid'
import type { Ids } from '../flows/ports.ts'

export const randomIds: Ids = { next: () => v7(), token: () => randomBytes(16).toString('hex') }
