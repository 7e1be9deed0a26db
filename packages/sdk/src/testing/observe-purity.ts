import { Socket } from 'node:net'

export type Purity<Value> = { readonly value: Value; readonly networkCalls: number; readonly clockReads: number }

/**
 * Runs `run` while the ways to the network and the process's clock are watched. Calls are counted and go nowhere. Only
 * for verbs that answer at once: what runs later is not seen.
 */
export function observePurity<Value>(run: () => Value): Purity<Value> {
  let networkCalls = 0
  let clockReads = 0
  const { fetch: realFetch, Date: RealDate } = globalThis
  const realConnect = Socket.prototype.connect
  globalThis.fetch = () => {
    networkCalls += 1
    return new Promise(() => {})
  }
  Socket.prototype.connect = function (this: Socket) {
    networkCalls += 1
    return this
  }
  globalThis.Date = new Proxy(RealDate, {
    construct(target, given, newTarget) {
      if (given.length === 0) clockReads += 1
      return Reflect.construct(target, given, newTarget)
    },
    apply(target, self, given) {
      clockReads += 1
      return Reflect.apply(target, self, given)
    },
    get(target, name, receiver) {
      if (name === 'now') clockReads += 1
      return Reflect.get(target, name, receiver)
    },
  })
  try {
    return { value: run(), networkCalls, clockReads }
  } finally {
    globalThis.fetch = realFetch
    Socket.prototype.connect = realConnect
    globalThis.Date = RealDate
  }
}
