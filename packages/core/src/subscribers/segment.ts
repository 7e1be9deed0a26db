/** Which kind of subscriber it is, in the organisation's own word: `home`, `business`, `school`. Prices and reminders may go by it. */
export const segmentDefault = 'home'

/** A lower-case word of up to 30 letters, digits, dashes and underscores that begins with a letter. */
export const isSegment = (text: string): boolean => /^[a-z][a-z0-9_-]{0,29}$/.test(text)
