/** Whether a RouterOS version, such as `7.18.2`, is at least another. */
export function isAtLeast(version: string, other: string): boolean {
  const [left, right] = [version, other].map((text) => text.split('.').map((part) => Number.parseInt(part, 10) || 0)) as [
    number[],
    number[],
  ]
  for (let index = 0; index < Math.max(left.length, right.length); index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return true
}

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']

/** A date as that version prints it: `jan/02/2026` before 7.10, `2026-01-02` from then on. */
export function showDate(instant: Date, version: string): string {
  const iso = instant.toISOString().slice(0, 10)
  if (isAtLeast(version, '7.10')) return iso
  return `${months[instant.getUTCMonth()]}/${iso.slice(8)}/${iso.slice(0, 4)}`
}

/** `1d2h3m4s`, without the parts that are nought. */
export function showDuration(ms: number): string {
  let seconds = Math.max(0, Math.floor(ms / 1000))
  let text = ''
  for (const [unit, size] of [
    ['w', 604_800],
    ['d', 86_400],
    ['h', 3_600],
    ['m', 60],
    ['s', 1],
  ] as const) {
    const count = Math.floor(seconds / size)
    seconds -= count * size
    if (count > 0) text += `${count}${unit}`
  }
  return text || '0s'
}
