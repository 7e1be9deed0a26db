import type { Assets } from './assets.ts'
import { html, type Markup } from './markup.ts'

export type Shell = {
  readonly title: string
  readonly assets: Assets
  /** What the page listens to; without one it does not move. */
  readonly topic?: string
  readonly organisation?: string
  readonly clock?: Markup
  readonly mode: 'demo' | 'real'
  readonly signedIn: boolean
  readonly refreshSeconds?: number
}

export function page({ title, assets, topic, organisation, clock, mode, signedIn, refreshSeconds }: Shell, body: Markup): string {
  const shell = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta name="theme-color" content="#0b3b36">${refreshSeconds === undefined ? '' : html`<meta http-equiv="refresh" content="${refreshSeconds}">`}
<title>${title}</title><link rel="icon" type="image/svg+xml" href="${assets.url('mark.svg')}"><link rel="stylesheet" href="${assets.url('cockpit.css')}"><script defer src="${assets.url('cockpit.js')}"></script></head>
<body${topic === undefined ? '' : html` data-topic="${topic}"`}><a class="skip" href="#main">Skip to content</a>
<header class="top"><a class="brand" href="/"><img src="${assets.url('mark.svg')}" alt="" width="26" height="26"><span>Nyuzi</span></a>${organisation === undefined ? '' : html`<span class="organisation">${organisation}</span>`}${mode === 'demo' ? html`<span class="badge">demo</span>` : ''}<span class="gap"></span>${clock ?? ''}${topic === undefined ? '' : html`<span id="live" class="live" role="status"><i></i><span>connecting</span></span>`}<nav><a href="/docs">API</a>${signedIn && mode === 'real' ? html`<form method="post" action="/cockpit/sign-out"><button class="plain">Sign out</button></form>` : ''}</nav></header>
<main id="main">${body}</main></body></html>`
  return shell.text
}

export const signInBody = (problem?: string): Markup =>
  html`<div class="center"><section class="panel sign-in"><h1>Sign in</h1><p class="dim">Paste an API key with the permission <code>read</code>. With <code>money</code> you may also give payments in suspense to their owners.</p>${problem === undefined ? '' : html`<p class="problem" role="alert">${problem}</p>`}
<form method="post" action="/cockpit/sign-in"><label for="key"><span>API key</span><input id="key" name="key" type="password" autocomplete="current-password" required maxlength="200" placeholder="nyz_…" spellcheck="false"></label><button class="button button-strong">Sign in</button></form>
<p class="dim small">The key is checked and forgotten. Your browser keeps a session that ends after twelve hours, or when the key is revoked.</p></section></div>`

export const preparingBody = (): Markup =>
  html`<div class="center"><section class="panel sign-in" aria-busy="true"><h1>Making up an ISP</h1><p>Three months of subscribers, invoices and payments are being lived through. This page opens by itself.</p><div class="skeleton"></div><div class="skeleton"></div><div class="skeleton skeleton-short"></div></section></div>`

export const messageBody = (heading: string, words: string): Markup =>
  html`<div class="center"><section class="panel sign-in"><h1>${heading}</h1><p>${words}</p><p><a class="button" href="/">To the cockpit</a></p></section></div>`
