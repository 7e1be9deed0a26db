import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CockpitAction } from '../../src/http/cockpit/demo-panel.ts'
import { sameOrigin, startCockpit, subscribe, type TestCockpit } from './cockpit-under-test.ts'

let cockpit: TestCockpit
let own: Awaited<ReturnType<TestCockpit['api']['createOrganisation']>>
beforeAll(async () => {
  cockpit = await startCockpit()
  own = await cockpit.api.createOrganisation('savanna')
})
afterAll(() => cockpit.stop())

const forms: Readonly<Record<string, string>>[] = []
const shout: CockpitAction = {
  name: 'shout',
  label: 'Shout <loud>',
  explains: 'Says it again.',
  fields: [
    { name: 'subscriber', label: 'Who', kind: 'subscriber' },
    { name: 'router', label: 'Where', kind: 'router' },
    { name: 'how', label: 'How', kind: 'choice', choices: ['soft', 'loud'] },
    { name: 'words', label: 'What', kind: 'text' },
  ],
  async run(form) {
    forms.push(form)
    return `Said ${form['words']}.`
  },
}
const demo = () => ({ organisationId: own.organisationId, actions: [shout] })

test('while the ISP is made up the page says so and opens by itself', async () => {
  const page = await cockpit.pages({ mode: 'demo', demo: () => undefined }).request('/', { headers: sameOrigin })
  expect(page.status).toBe(503)
  expect(await page.text()).toMatch(/http-equiv="refresh" content="2"[\s\S]*Making up an ISP/)
})

test('the demo needs no key, and shows itself to this machine only', async () => {
  const app = cockpit.pages({ mode: 'demo', demo })
  for (const host of ['127.0.0.1:3000', 'localhost', '[::1]:3000']) {
    const page = await app.request('/', { headers: { host } })
    expect([host, page.status]).toEqual([host, 200])
    expect(await page.text()).toContain('Shout &#60;loud&#62;')
  }
  for (const host of ['demo.example.net', '192.168.1.9:3000', '127.0.0.1.evil.example', 'localhost.evil.example']) {
    const page = await app.request('/', { headers: { host } })
    expect([host, page.status]).toEqual([host, 403])
    expect(await page.text()).not.toContain('Shout')
  }
})

test('an action is run with what was chosen, and says what it did', async () => {
  const app = cockpit.pages({ mode: 'demo', demo })
  const subscriber = await subscribe(cockpit.api, own, 'Njeri Mwangi')
  expect(await (await app.request('/', { headers: sameOrigin })).text()).toContain(`<option value="${subscriber.id}">Njeri Mwangi: on`)
  const body = () => new URLSearchParams({ subscriber: subscriber.id, how: 'loud', words: '<b>' })
  const answer = await app.request('/cockpit/actions/shout', {
    method: 'POST',
    headers: { ...sameOrigin, accept: 'application/json' },
    body: body(),
  })
  expect(await answer.json()).toEqual({ says: 'Said <b>.' })
  expect(forms.at(-1)).toEqual({ subscriber: subscriber.id, how: 'loud', words: '<b>' })
  const page = await app.request('/cockpit/actions/shout', { method: 'POST', headers: sameOrigin, body: body() })
  expect(await page.text()).toContain('Said &#60;b&#62;.')
  const count = forms.length
  const foreign = await app.request('/cockpit/actions/shout', {
    method: 'POST',
    headers: { ...sameOrigin, 'sec-fetch-site': 'cross-site' },
    body: body(),
  })
  expect(foreign.status).toBe(403)
  expect((await app.request('/cockpit/actions/whisper', { method: 'POST', headers: sameOrigin, body: body() })).status).toBe(404)
  expect(forms).toHaveLength(count)
})

test('a real server has no actions and a demo no sign-in', async () => {
  const post = (app: ReturnType<TestCockpit['pages']>, path: string) =>
    app.request(path, { method: 'POST', headers: sameOrigin, body: new URLSearchParams() })
  expect((await post(cockpit.pages(), '/cockpit/actions/shout')).status).toBe(404)
  expect((await post(cockpit.pages({ mode: 'demo', demo }), '/cockpit/sign-in')).status).toBe(404)
})
