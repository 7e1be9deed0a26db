import { showId } from '@nyuzi/core'
import { html, type Markup } from './markup.ts'
import type { Choices } from './overview.ts'

/** Something to try in the demo: what `nyuzi.config` of the demo offers. */
export type CockpitAction = {
  readonly name: string
  readonly label: string
  readonly explains: string
  readonly fields: readonly {
    readonly name: string
    readonly label: string
    readonly kind: 'text' | 'subscriber' | 'router' | 'choice'
    readonly choices?: readonly string[]
  }[]
  run(form: Readonly<Record<string, string>>): Promise<string>
}

export function demoPanel(actions: readonly CockpitAction[], choices: Choices): Markup {
  return html`<section id="demo" class="panel panel-demo" aria-label="Try it"><div class="panel-head"><h2>Try it</h2><span class="dim">made-up payers and routers</span></div>
<output id="said" class="said" aria-live="polite"></output>
<div class="acts">${actions.map((action, index) => act(action, choices, index === 0))}</div></section>`
}

const act = (action: CockpitAction, choices: Choices, open: boolean): Markup =>
  html`<details class="act" name="act"${open ? html` open` : ''}><summary>${action.label}</summary><p class="dim">${action.explains}</p>
<form method="post" action="/cockpit/actions/${action.name}" data-post data-says>${action.fields.map((field) => fieldOf(field, action.name, choices))}<button class="button button-strong">${action.label}</button></form></details>`

function fieldOf({ name, label, kind, choices: words }: CockpitAction['fields'][number], action: string, choices: Choices): Markup {
  const id = `${action}-${name}`
  return html`<label for="${id}"><span>${label}</span>${control()}</label>`

  function control(): Markup {
    if (kind === 'text') return html`<input id="${id}" name="${name}" maxlength="60" autocomplete="off">`
    const options =
      kind === 'subscriber'
        ? choices.subscribers.map((one) => ({ value: showId('subscriber', one.id), label: one.label }))
        : kind === 'router'
          ? choices.boxes.map((one) => ({ value: showId('installation', one.id), label: one.label }))
          : (words ?? []).map((word) => ({ value: word, label: word }))
    return html`<select id="${id}" name="${name}">${options.map((option) => html`<option value="${option.value}">${option.label}</option>`)}</select>`
  }
}
