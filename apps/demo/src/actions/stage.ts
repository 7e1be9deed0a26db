import type { DemoAction, DemoTools } from '@nyuzi/server'
import { type AccessSaid, type Api, ApiProblem } from '../api.ts'
import type { Line, Notes } from '../notes.ts'
import { routerNames, type World } from '../world.ts'

/** What every action has at hand. */
export type Stage = {
  readonly tools: DemoTools
  readonly api: Api
  readonly world: World
  readonly notes: Notes
  lineOf(form: Readonly<Record<string, string>>): Line
  routerOf(form: Readonly<Record<string, string>>): { readonly index: number; readonly name: string }
  accessOf(line: Line): Promise<AccessSaid>
  /** Waits for something to become true, for so long; false when it did not. */
  comesTrue(forMs: number, ask: () => Promise<boolean>): Promise<boolean>
}

export function setStage(tools: DemoTools, api: Api, world: World, notes: Notes): Stage {
  return {
    tools,
    api,
    world,
    notes,
    lineOf(form) {
      const line = notes.lines.find(({ subscriber }) => subscriber === form['subscriber'])
      if (!line) throw new ApiProblem('not_found', 'Choose one of the subscribers the demo came with.')
      return line
    },
    routerOf(form) {
      const index = notes.installations.routers.indexOf(form['router'] ?? '')
      const name = routerNames[index]
      if (name === undefined) throw new ApiProblem('not_found', 'Choose one of the two routers.')
      return { index, name }
    },
    accessOf: (line) => api.get<AccessSaid>(`/v1/services/${line.service}/access`),
    async comesTrue(forMs, ask) {
      const untilMs = Date.now() + forMs
      while (Date.now() < untilMs) {
        if (await ask()) return true
        await new Promise((resolve) => setTimeout(resolve, 60))
      }
      return false
    },
  }
}

/** An action that says the API's own sentence when the API says no. */
export const action = (one: DemoAction): DemoAction => ({
  ...one,
  async run(form) {
    try {
      return await one.run(form)
    } catch (error) {
      if (error instanceof ApiProblem) return error.message
      throw error
    }
  },
})

export const subscriberField = { name: 'subscriber', label: 'Subscriber', kind: 'subscriber' } as const
export const routerField = { name: 'router', label: 'Router', kind: 'router' } as const
