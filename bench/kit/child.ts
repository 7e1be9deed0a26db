import { type ChildProcess, fork } from 'node:child_process'

/** Another process, so that the load or the routers do not share the event loop that is measured. */
export type Child<Ask extends object, Tell extends object> = {
  ask(question: Ask): Promise<Tell>
  /** What the child says by itself. */
  onTold(listen: (news: Tell) => void): void
  stop(): Promise<void>
}

export function startChild<Ask extends object, Tell extends object>(script: URL): Child<Ask, Tell> {
  const child: ChildProcess = fork(script, {
    execArgv: process.execArgv.filter((flag) => !flag.startsWith('--cpu-prof')),
    serialization: 'advanced',
  })
  const waiting = new Map<number, { resolve: (answer: Tell) => void; reject: (error: Error) => void }>()
  const listeners: ((news: Tell) => void)[] = []
  let asked = 0
  child.on('message', (message: { id?: number; error?: string; body: Tell }) => {
    const waiter = message.id === undefined ? undefined : waiting.get(message.id)
    if (message.id === undefined) for (const listen of listeners) listen(message.body)
    else if (message.error !== undefined) waiter?.reject(new Error(message.error))
    else waiter?.resolve(message.body)
    if (message.id !== undefined) waiting.delete(message.id)
  })
  child.once('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`${script.pathname} ended with ${code}`))
  })
  return {
    ask: (body) =>
      new Promise((resolve, reject) => {
        const id = asked++
        waiting.set(id, { resolve, reject })
        child.send({ id, body })
      }),
    onTold: (listen) => void listeners.push(listen),
    stop: () =>
      new Promise((resolve) => {
        child.once('exit', () => resolve())
        child.disconnect()
      }),
  }
}

/** The child's side. Ends with its parent. */
export function serveParent<Ask extends object, Tell extends object>(
  answer: (question: Ask) => Promise<Tell> | Tell,
): (news: Tell) => void {
  process.on('message', async ({ id, body }: { id: number; body: Ask }) => {
    try {
      process.send?.({ id, body: await answer(body) })
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error), body: {} })
    }
  })
  process.once('disconnect', () => process.exit(0))
  return (body) => void process.send?.({ body })
}

/** One clock for all processes of a machine. */
export const sharedNowMs = (): number => Number(process.hrtime.bigint()) / 1e6
