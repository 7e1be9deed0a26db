import type { DemoAction } from '@nyuzi/server'
import { firstNameOf } from '../payers.ts'
import { action, routerField, type Stage, subscriberField } from './stage.ts'

const repeats = 5

export const disturbActions = (stage: Stage): readonly DemoAction[] => [
  repeatCallback(stage),
  pullPlug(stage),
  plugIn(stage),
  editByHand(stage),
]

const repeatCallback = ({ world }: Stage) =>
  action({
    name: 'repeat-a-callback',
    label: `Repeat the last callback ${repeats} times`,
    explains: 'The operator sends the same news again, as real ones do. It must be booked once.',
    fields: [],
    async run() {
      const last = world.daraja.deliveries.findLast(({ status, receipt }) => status === 200 && receipt !== undefined)
      if (!last) return 'Nobody has paid since the demo was started. Pay by phone prompt first.'
      const post = () => fetch(last.url, { method: 'POST', headers: { 'content-type': 'application/json;charset=UTF-8' }, body: last.body })
      const said: number[] = []
      for (let turn = 0; turn < repeats; turn += 1) said.push((await post()).status)
      return `The news of receipt ${last.receipt} came ${repeats} times more, and each time the server answered ${[...new Set(said)].join(', ')}. The figures did not move: the payment is in the ledger once.`
    },
  })

const pullPlug = (stage: Stage) =>
  action({
    name: 'pull-the-plug',
    label: 'Pull a router’s plug',
    explains: 'The router is cut off. Money is still booked, and lines wait for it.',
    fields: [routerField],
    async run(form) {
      const { index, name } = stage.routerOf(form)
      await stage.world.routers[index]?.unplug()
      // A silent router is noticed with the next thing to do on it; this asks for one.
      const line = stage.notes.lines.find(({ router }) => router === index)
      if (line) await stage.api.post(`/v1/services/${line.service}/reapply`)
      return `The ${name} is away; the panel says so in a moment. Let someone on it pay: the payment is booked at once, their line shows “router away”, and comes on by itself when you plug the router in.`
    },
  })

const plugIn = (stage: Stage) =>
  action({
    name: 'plug-in',
    label: 'Plug the router in again',
    explains: 'The router is back, and knows nothing of what was decided meanwhile.',
    fields: [routerField],
    async run(form) {
      const { index, name } = stage.routerOf(form)
      await stage.world.routers[index]?.plug()
      return `The ${name} is back. It is tried every few seconds, payers first: within ten seconds all its lines are as the books say, and “not in sync” goes to nothing.`
    },
  })

const editByHand = (stage: Stage) =>
  action({
    name: 'edit-by-hand',
    label: 'Edit a line on its router by hand',
    explains: 'A technician switches a line on or off on the router itself, past the books.',
    fields: [subscriberField],
    async run(form) {
      const { api, world } = stage
      const line = stage.lineOf(form)
      const name = firstNameOf(line)
      const router = world.routers[line.router]
      const before = await stage.accessOf(line)
      if (!router?.book.secret(line.username)) return `${name} has no line on the router. Choose someone whose line is on or off.`
      const isOff = before.wanted.state === 'suspended'
      router.editByHand(line.username, isOff ? { profile: 'free-for-friends' } : { disabled: 'true' })
      await api.post(`/v1/services/${line.service}/reapply`)
      const isRepaired = await stage.comesTrue(5_000, async () => (await stage.accessOf(line)).drift.count > before.drift.count)
      if (!isRepaired) return `A technician changed ${name}’s line. The router does not answer now; the change is found as soon as it does.`
      const { drift } = await stage.accessOf(line)
      const was = isOff ? `gave ${name} a line for nothing` : `switched ${name} off, who had paid`
      return `A technician ${was}. Comparing the router with the books found it (${drift.last}) and put it back. Without this button the same comparison runs every five minutes.`
    },
  })
