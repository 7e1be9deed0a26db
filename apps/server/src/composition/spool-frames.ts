import { crc32 } from 'node:zlib'
import type { CallbackId, OrganisationId } from '@nyuzi/core'
import type { IncomingCallback } from '../flows/payments/ports.ts'
import type { SealedPlace, Vault } from '../flows/ports.ts'

const headBytes = 8
const idBytes = 16

/** What stands in a segment of the spool; `torn` is true when the end of it is missing or damaged. */
export type SpoolFrames = { readonly frames: readonly Uint8Array[]; readonly torn: boolean }

/**
 * One call as it lies on disk. Layout: length of what follows the checksum (4 octets, big-endian), CRC32 of it (4), id of
 * the organisation (16), id of the call (16), and the call sealed by the vault, which binds it to both ids.
 */
export function toFrame(vault: Vault, callback: IncomingCallback): Uint8Array {
  const { id, organisationId, body, receivedAt, ...rest } = callback
  const text = JSON.stringify({ ...rest, body: Buffer.from(body).toString('base64'), receivedAt: receivedAt.toISOString() })
  const content = Buffer.concat([fromUuid(organisationId), fromUuid(id), vault.seal(text, placeOf(organisationId, id))])
  const head = Buffer.alloc(headBytes)
  head.writeUInt32BE(content.length)
  head.writeUInt32BE(crc32(content), 4)
  return Buffer.concat([head, content])
}

/** The contents of all whole frames. What follows the first damage was never acknowledged, or cannot be trusted. */
export function splitFrames(segment: Uint8Array): SpoolFrames {
  const bytes = Buffer.from(segment.buffer, segment.byteOffset, segment.byteLength)
  const frames: Uint8Array[] = []
  for (let at = 0; at < bytes.length; ) {
    if (at + headBytes > bytes.length) return { frames, torn: true }
    const length = bytes.readUInt32BE(at)
    const content = bytes.subarray(at + headBytes, at + headBytes + length)
    if (content.length < length || length < 2 * idBytes || crc32(content) !== bytes.readUInt32BE(at + 4)) return { frames, torn: true }
    frames.push(content)
    at += headBytes + length
  }
  return { frames, torn: false }
}

/** Throws when the master key is another one, or when the frame was put together by someone else. */
export function fromFrame(vault: Vault, content: Uint8Array): IncomingCallback {
  const organisationId = toUuid(content.subarray(0, idBytes)) as OrganisationId
  const id = toUuid(content.subarray(idBytes, 2 * idBytes)) as CallbackId
  const call = JSON.parse(vault.open(content.subarray(2 * idBytes), placeOf(organisationId, id)))
  return { ...call, id, organisationId, body: new Uint8Array(Buffer.from(call.body, 'base64')), receivedAt: new Date(call.receivedAt) }
}

const placeOf = (organisationId: OrganisationId, row: string): SealedPlace => ({ organisationId, table: 'spool', row, column: 'callback' })

const fromUuid = (id: string): Buffer => Buffer.from(id.replaceAll('-', ''), 'hex')
const toUuid = (bytes: Uint8Array): string =>
  Buffer.from(bytes)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
