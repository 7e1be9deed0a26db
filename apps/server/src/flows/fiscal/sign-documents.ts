import { type FiscalAnswer, type FiscalDevice, type OrganisationId, plusMs } from '@nyuzi/core'
import { ProviderError, ProviderMisconfigured, ProviderRateLimited, ProviderRefused, ProviderUnavailable } from '@nyuzi/sdk'
import type { Deps, Installed, Transaction } from '../ports.ts'
import { askForProof } from './ask-for-proof.ts'
import type { FiscalCounter, QueuedDocument } from './ports.ts'
import { readFiscalDocument } from './read-fiscal-document.ts'

const gatherMax = 500
/** Longer than any call to a plugin may last, so that no other server hands in what this one still waits for. */
const leaseMs = 90_000
const pausesMs = [5_000, 30_000, 120_000]
const pauseMaxMs = 10 * 60_000

type Device = Installed & { readonly fiscal: FiscalDevice }
/** A document with the request that is handed in: kept before the call, and repeated to the letter. */
type InHand = QueuedDocument & {
  readonly device: Device
  readonly number: bigint
  readonly request: string
  readonly counter: FiscalCounter
}

/**
 * Has documents signed by the tax authority, one after the other of each counter, in the order in which they were issued.
 * Whoever issues them does not wait, and writes nothing for it: they are found here by the last number of their series.
 */
export async function signDocuments(deps: Deps, organisationId: OrganisationId): Promise<number> {
  const gathered = await deps.store.inOrganisation(organisationId, (tx) => tx.fiscal.gather(gatherMax))
  const counters = new Map<string, Device[]>()
  for (const installed of await deps.plugins.offering(organisationId, 'fiscal')) {
    const { fiscal } = installed
    if (fiscal) counters.set(fiscal.counter, [...(counters.get(fiscal.counter) ?? []), { ...installed, fiscal }])
  }
  const moved = await Promise.all([...counters].map(([counter, devices]) => signNext(deps, organisationId, counter, devices)))
  return gathered + moved.filter(Boolean).length
}

/** Whether there may be another one to sign at once. */
async function signNext(deps: Deps, organisationId: OrganisationId, counter: string, devices: readonly Device[]): Promise<boolean> {
  const { store } = deps
  const taken = await store.inOrganisation(organisationId, (tx) => take(deps, tx, counter, devices))
  if (taken === 'nothing') return false
  if (taken === 'refused') return true
  if ('pause' in taken) {
    await deps.plugins.pause(taken.device, taken.pause)
    return false
  }
  let end: End
  try {
    end = await ended(deps, organisationId, taken, await taken.device.fiscal.sign(taken.request))
  } catch (error) {
    end = await afterFailure(deps, organisationId, taken, error)
  }
  if (end.pause !== undefined) await deps.plugins.pause(taken.device, end.pause)
  return end.goesOn
}

type Taken = InHand | { readonly pause: string; readonly device: Device } | 'refused' | 'nothing'

async function take(deps: Deps, tx: Transaction, name: string, devices: readonly Device[]): Promise<Taken> {
  const { clock, holder } = deps
  const now = clock.now()
  const counter = await tx.fiscal.lease(name, holder, leaseMs, now)
  if (!counter) return 'nothing'
  const release = () => tx.fiscal.release(name, holder, now, false)
  const head = await tx.fiscal.head(
    name,
    devices.map(({ id }) => id),
  )
  const device = devices.find(({ id }) => id === head?.installationId)
  if (!head || !device) {
    await release()
    return 'nothing'
  }
  try {
    const number = head.number ?? counter.lastNumber + 1n
    const request = head.request ?? device.fiscal.prepare(await readFiscalDocument(tx, await tx.organisation.read(), head), number)
    if (head.request === null) await tx.fiscal.request(head.id, { number, request })
    await tx.fiscal.tried(head.id)
    return { ...head, device, number, request, counter }
  } catch (error) {
    if (error instanceof ProviderRefused) {
      await refuse(deps, tx, head, error.message)
      await release()
      return 'refused'
    }
    if (!(error instanceof ProviderMisconfigured)) throw error
    await tx.fiscal.failed(head.id, error.message)
    await release()
    return { device, pause: error.message }
  }
}

/** `goesOn`: the next document may follow at once. `pause`: nothing may, until a person has looked. */
type End = { readonly goesOn: boolean; readonly pause?: string }

function ended(deps: Deps, organisationId: OrganisationId, inHand: InHand, answer: FiscalAnswer): Promise<End> {
  if (answer.outcome === 'renumber') return renumber(deps, organisationId, inHand, answer)
  return write(deps, organisationId, inHand, async (tx) => {
    const at = deps.clock.now()
    const { id } = inHand
    await tx.fiscal.settle(
      inHand.device.fiscal.counter,
      answer.outcome === 'signed'
        ? { id, at, answer: answer.answer, status: 'signed', proof: answer.proof }
        : { id, at, answer: answer.answer, status: 'taken_earlier' },
    )
    if (answer.outcome === 'taken_earlier') await askForProof(tx, inHand, at)
    deps.meter.count('fiscal_documents', { plugin: inHand.device.pluginId, outcome: answer.outcome })
    return { goesOn: true }
  })
}

/**
 * Another count at the authority is taken over once, and only by a document that surely was not taken before: a repeat
 * whose number is gone may be the one that took it. The second time a person must find out who else counts.
 */
function renumber(
  deps: Deps,
  organisationId: OrganisationId,
  inHand: InHand,
  { expected, reason }: Extract<FiscalAnswer, { outcome: 'renumber' }>,
): Promise<End> {
  return write(deps, organisationId, inHand, async (tx) => {
    const { device, counter, number, id, tries } = inHand
    const at = deps.clock.now()
    deps.meter.count('fiscal_documents', { plugin: device.pluginId, outcome: 'renumber' })
    if (counter.correctedAt !== null || tries > 0 || expected === number) {
      // A first try that met another count surely was not taken; of a repeat nobody knows.
      if (tries === 0) await tx.fiscal.untried(id, reason)
      else await tx.fiscal.failed(id, reason)
      return { goesOn: false, pause: `the count of the authority is not ours: ${reason}` }
    }
    const document = await readFiscalDocument(tx, await tx.organisation.read(), inHand)
    await tx.fiscal.correct(device.fiscal.counter, expected - 1n, at)
    await tx.fiscal.request(id, { number: expected, request: device.fiscal.prepare(document, expected) })
    await tx.audit.write({
      actor: 'fiscal',
      action: 'fiscal.renumber',
      subjectNoun: 'installation',
      subjectId: device.id,
      detail: { from: number.toString(), to: expected.toString(), reason },
      at,
    })
    return { goesOn: true }
  })
}

function afterFailure(deps: Deps, organisationId: OrganisationId, inHand: InHand, error: unknown): Promise<End> {
  const reason = error instanceof Error ? error.message : String(error)
  const { device, id } = inHand
  const code = error instanceof ProviderError ? error.code : 'unexpected'
  deps.meter.count('fiscal_documents', { plugin: device.pluginId, outcome: code })
  deps.log.warn('a document was not signed', { document: inHand.documentNumber, installation: device.id, reason })
  return write(
    deps,
    organisationId,
    inHand,
    async (tx) => {
      if (error instanceof ProviderRefused) {
        await refuse(deps, tx, inHand, reason)
        return { goesOn: true }
      }
      if (error instanceof ProviderMisconfigured) {
        await tx.fiscal.untried(id, reason)
        return { goesOn: false, pause: reason }
      }
      // Whatever a plugin throws that is not in the SDK's words may have happened after sending.
      const nothingSent = error instanceof ProviderUnavailable || error instanceof ProviderRateLimited
      if (nothingSent) await tx.fiscal.untried(id, reason)
      else await tx.fiscal.failed(id, reason)
      return { goesOn: false }
    },
    error instanceof ProviderRefused || error instanceof ProviderMisconfigured ? undefined : pausesMs[inHand.counter.failures],
  )
}

/** Writes what became of a document and lets its counter go: at once, or after a pause that grows with each failure. */
function write(
  { store, clock, holder }: Deps,
  organisationId: OrganisationId,
  { device }: InHand,
  work: (tx: Transaction) => Promise<End>,
  pauseMs?: number,
): Promise<End> {
  return store.inOrganisation(organisationId, async (tx) => {
    const end = await work(tx)
    const failed = !end.goesOn && end.pause === undefined
    await tx.fiscal.release(device.fiscal.counter, holder, plusMs(clock.now(), failed ? (pauseMs ?? pauseMaxMs) : 0), failed)
    return end
  })
}

async function refuse({ clock }: Deps, tx: Transaction, { id, documentNumber }: QueuedDocument, reason: string): Promise<void> {
  await tx.fiscal.refuse(id, reason)
  await tx.tasks.open({
    kind: 'fiscal_refused',
    subjectNoun: 'fiscal_document',
    subjectId: id,
    title: `${documentNumber} is not declared: ${reason}`,
    at: clock.now(),
  })
}
