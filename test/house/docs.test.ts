// A page that nobody can find, or that sends the reader nowhere, is worse than none.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
/** Written or committed; not what a build or an install left. */
const pages = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '--', '*.md'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter((page) => page !== '' && !page.startsWith('.changeset/') && existsSync(join(root, page)))

const read = (page: string): string => readFileSync(join(root, page), 'utf8').replace(/```[\s\S]*?```/g, '')
const linksOf = (page: string): string[] =>
  [...read(page).matchAll(/!?\[[^\]]*\]\(([^)\s]+)\)/g)].map(([, target]) => target ?? '').filter((target) => !/^[a-z]+:/.test(target))
const fileOf = (page: string, target: string): string => normalize(join(dirname(page), target.split('#')[0] ?? ''))

/** The names that headings get as anchors. */
const anchorsOf = (page: string): string[] =>
  [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    (heading ?? '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

test('there are pages to look at', () => {
  expect(pages).toContain('README.md')
  expect(pages.filter((page) => page.startsWith('docs/')).length).toBeGreaterThan(30)
})

describe('every relative link leads somewhere', () => {
  test.each(pages)('%s', (page) => {
    const broken = linksOf(page).filter((target) => {
      const [path, anchor] = target.split('#')
      const file = path === '' ? page : fileOf(page, target)
      if (!existsSync(join(root, file))) return true
      return anchor !== undefined && file.endsWith('.md') && !anchorsOf(file).includes(anchor)
    })
    expect(broken).toEqual([])
  })
})

test('every page of the documentation is reachable from docs/README.md', () => {
  const seen = new Set<string>()
  const waiting = ['docs/README.md']
  for (let page = waiting.pop(); page !== undefined; page = waiting.pop()) {
    if (seen.has(page)) continue
    seen.add(page)
    for (const target of linksOf(page)) {
      const file = fileOf(page, target)
      const inside = relative('docs', file)
      if (file.endsWith('.md') && !inside.startsWith('..') && statSync(join(root, file), { throwIfNoEntry: false })?.isFile())
        waiting.push(file)
    }
  }
  expect(pages.filter((page) => page.startsWith('docs/') && !seen.has(page))).toEqual([])
})
