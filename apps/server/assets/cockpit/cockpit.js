// Keeps the page as the server says it is. Without this file the pages work as plain forms and links.
const parse = (text) => {
  const template = document.createElement('template')
  template.innerHTML = text
  return template.content.firstElementChild
}

const waiting = new Map()

/** Puts a part in its place, but not under someone's fingers: a form that is being filled in waits. */
function put({ id, html }, isFirst) {
  const old = document.getElementById(id)
  const next = parse(html)
  if (!old || !next || old.isEqualNode(next)) return
  if (old.contains(document.activeElement) && document.activeElement.matches('input, select, textarea')) {
    waiting.set(id, { id, html })
    return
  }
  waiting.delete(id)
  const known = new Set([...old.querySelectorAll('[id]')].map((element) => element.id))
  const top = old.querySelector('.happenings')?.scrollTop ?? 0
  old.replaceWith(next)
  const list = next.querySelector('.happenings')
  if (list) list.scrollTop = top
  if (isFirst || id === 'clock') return
  const fresh = [...next.querySelectorAll('[id]')].filter((element) => !known.has(element.id))
  if (id.startsWith('row-')) next.classList.add('is-fresh')
  for (const element of fresh) element.classList.add('is-fresh')
}

document.addEventListener('focusout', () => {
  setTimeout(() => {
    for (const patch of [...waiting.values()]) put(patch, false)
  })
})

function listen(topic) {
  const live = document.getElementById('live')
  const say = (word, isLive) => {
    if (!live) return
    live.classList.toggle('is-live', isLive)
    live.lastElementChild.textContent = word
  }
  const source = new EventSource(`/cockpit/feed?topic=${encodeURIComponent(topic)}`)
  source.addEventListener('open', () => say('live', true))
  source.addEventListener('error', () => say('reconnecting', false))
  source.addEventListener('patch', (message) => {
    const { patches, isFirst } = JSON.parse(message.data)
    for (const patch of patches) put(patch, isFirst)
  })
  source.addEventListener('gone', () => location.reload())
  source.addEventListener('full', () => {
    source.close()
    say('too many watch; reload to see news', false)
  })
}

/** Sends a form and shows the sentence that comes back; what changed arrives by the feed. */
async function send(form) {
  const button = form.querySelector('button')
  const said = document.getElementById('said')
  button.disabled = true
  try {
    const answer = await fetch(form.action, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams(new FormData(form)),
    })
    const { says, detail } = await answer.json()
    if (said && form.hasAttribute('data-says')) {
      said.textContent = says ?? detail ?? 'It did not work.'
      said.scrollIntoView({ block: 'nearest' })
    } else if (!answer.ok) alert(says ?? detail)
  } catch {
    if (said) said.textContent = 'The server did not answer.'
  } finally {
    button.disabled = false
  }
}

document.addEventListener('submit', (event) => {
  if (event.target.matches('[data-post]')) {
    event.preventDefault()
    void send(event.target)
  } else if (event.target.id === 'search') {
    event.preventDefault()
    void find(event.target)
  }
})

let asked = 0
let pause

async function find(form) {
  const query = new URLSearchParams(new FormData(form))
  asked += 1
  const own = asked
  const answer = await fetch(`/cockpit/list?${query}`)
  const rows = answer.ok && parse(await answer.text())?.querySelector('#rows')
  if (!rows || own !== asked) return
  document.getElementById('rows').replaceWith(rows)
  history.replaceState(null, '', `/?${query}`)
}

document.addEventListener('input', (event) => {
  const form = event.target.closest('#search')
  if (!form) return
  clearTimeout(pause)
  pause = setTimeout(() => void find(form), event.target.type === 'radio' ? 0 : 200)
})

const { topic } = document.body.dataset
if (topic) listen(topic)
