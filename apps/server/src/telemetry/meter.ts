import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Meter } from '../flows/ports.ts'

export type FiscalBacklog = { readonly documents: number; readonly oldestSeconds: number }

export type Telemetry = {
  readonly meter: Meter
  readonly registry: Registry
  /** Read when someone asks for the figures: how many documents wait for a tax authority, and for how long. */
  readonly fiscalBacklog: (backlog: FiscalBacklog) => void
}

/** Prometheus figures; docs/operate/metrics.md explains each. */
export function createTelemetry({ processMetrics = true }: { processMetrics?: boolean } = {}): Telemetry {
  const registry = new Registry()
  if (processMetrics) collectDefaultMetrics({ register: registry })
  const counter = (name: string, help: string, labelNames: string[]) =>
    new Counter({ name: `nyuzi_${name}_total`, help, labelNames, registers: [registry] })
  const counters = {
    callbacks: counter('callbacks', 'Calls from providers, by what became of them.', ['plugin', 'channel', 'outcome']),
    payments: counter('payments', 'Payments posted, by whether their owner was known.', ['outcome']),
    messages: counter('messages', 'Messages, by kind and by what became of them.', ['kind', 'outcome']),
    access_outcomes: counter('access_outcomes', 'Lines brought to their wanted state, by outcome.', ['plugin', 'outcome']),
    fiscal_documents: counter('fiscal_documents', 'Documents handed in to a tax authority, by outcome.', ['plugin', 'outcome']),
    provider_errors: counter('provider_errors', 'Failed calls to providers and boxes, by error code.', ['plugin', 'code']),
  }
  const paymentToAccess = new Histogram({
    name: 'nyuzi_payment_to_access_seconds',
    help: 'Seconds from the arrival of a payment to its line being seen active on the network.',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600],
    registers: [registry],
  })
  const gauge = (name: string, help: string) => new Gauge({ name: `nyuzi_${name}`, help, registers: [registry] })
  const waiting = gauge('fiscal_documents_waiting', 'Documents that no tax authority has taken yet, refused ones too.')
  const oldest = gauge('fiscal_oldest_waiting_seconds', 'How long the oldest of them waits.')
  return {
    registry,
    fiscalBacklog({ documents, oldestSeconds }) {
      waiting.set(documents)
      oldest.set(oldestSeconds)
    },
    meter: {
      count: (name, labels) => counters[name].inc(labels),
      paymentToAccess: (seconds) => paymentToAccess.observe(seconds),
    },
  }
}
