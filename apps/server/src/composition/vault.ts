import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import type { SealedPlace, Vault } from '../flows/ports.ts'

const version = 1
const nonceBytes = 12
const tagBytes = 16

/**
 * Encrypts secrets for the database with AES-256-GCM under the master key, which never is in the database. The place
 * (table, row, column, organisation) is authenticated too: a ciphertext moved to another row does not open.
 * Layout: version (1 octet), nonce (12), tag (16), ciphertext.
 */
export function createVault(masterKey: Uint8Array): Vault {
  const key = createHash('sha256').update('nyuzi vault 1').update(masterKey).digest()
  return {
    seal(plain, place) {
      const nonce = randomBytes(nonceBytes)
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(bound(place))
      const sealed = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()])
      return Buffer.concat([Buffer.of(version), nonce, cipher.getAuthTag(), sealed])
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
      if (bytes[0] !== version) throw new Error(`a sealed ${place.column} of ${place.table} has an unknown version`)
      const nonce = bytes.subarray(1, 1 + nonceBytes)
      const decipher = createDecipheriv('aes-256-gcm', key, nonce).setAAD(bound(place))
      decipher.setAuthTag(bytes.subarray(1 + nonceBytes, 1 + nonceBytes + tagBytes))
      return decipher.update(bytes.subarray(1 + nonceBytes + tagBytes), undefined, 'utf8') + decipher.final('utf8')
    },
  }
}

const bound = ({ organisationId, table, row, column }: SealedPlace): Buffer => Buffer.from([organisationId, table, row, column].join('\n'))
