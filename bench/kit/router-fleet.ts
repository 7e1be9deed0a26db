// A child process: simulated routers. Tells at once of each write to a watched line, and counts the others.
import { type RouterSimulator, startRouterSimulator } from '@nyuzi/plugin-mikrotik/simulator'
import { serveParent, sharedNowMs } from './child.ts'

export type FleetQuestion =
  | { readonly ask: 'start'; readonly routers: number; readonly watchedPrefix: string }
  | { readonly ask: 'silent'; readonly router: number; readonly on: boolean }
  /** Writes to lines since the last count, by router, with the time of the last of them; a look does not begin anew. */
  | { readonly ask: 'count' | 'look' }

export type FleetTell = {
  readonly ports?: readonly number[]
  readonly counts?: readonly { readonly writes: number; readonly lastMs: number }[]
  readonly written?: { readonly username: string; readonly profile: string; readonly atMs: number }
}

const boxes: RouterSimulator[] = []
let counts: { writes: number; lastMs: number }[] = []

const tell = serveParent<FleetQuestion, FleetTell>(async (question) => {
  if (question.ask === 'start') {
    for (let router = 0; router < question.routers; router++) boxes.push(await startBox(router, question.watchedPrefix))
    return { ports: boxes.map((box) => box.port) }
  }
  if (question.ask === 'silent') {
    boxes[question.router]?.silent(question.on)
    return {}
  }
  const counted = counts
  if (question.ask === 'look') return { counts: counted }
  counts = boxes.map(() => ({ writes: 0, lastMs: 0 }))
  return { counts: counted }
})

async function startBox(router: number, watchedPrefix: string): Promise<RouterSimulator> {
  const box = await startRouterSimulator({ connectionsMax: 20 })
  counts.push({ writes: 0, lastMs: 0 })
  box.onWrite(({ path, targets, attributes }) => {
    if (path !== '/ppp/secret') return
    const atMs = sharedNowMs()
    for (const username of targets) {
      const count = counts[router]
      if (username.startsWith(watchedPrefix)) tell({ written: { username, profile: attributes['profile'] ?? '', atMs } })
      else if (count) {
        count.writes++
        count.lastMs = atMs
      }
    }
  })
  return box
}
