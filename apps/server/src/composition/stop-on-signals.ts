/** One Ctrl-C comes twice, from the terminal and passed on by npm; a second one after this is meant: stop at once. */
const sameSignalMs = 1_000

/** Stops in order when the process is told to end, and then ends it. */
export function stopOnSignals(stop: () => Promise<void>): void {
  let stoppingSinceMs: number | undefined
  // A terminal that is closed hangs up; what was started with it is stopped too.
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (stoppingSinceMs !== undefined) {
        if (performance.now() - stoppingSinceMs > sameSignalMs) process.exit(1)
        return
      }
      stoppingSinceMs = performance.now()
      stop().then(
        () => process.exit(0),
        () => process.exit(1),
      )
    })
  }
}
