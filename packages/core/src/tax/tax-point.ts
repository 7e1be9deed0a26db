import type { CivilDate } from '../time/calendar.ts'
import type { Period } from '../time/period.ts'

/**
 * The day whose rates a line bears: its period begins or its invoice is issued, whichever is first. A payment that
 * came before both does not move it; whether it should is a question for an adviser.
 */
export const taxPointOf = (issuedOn: CivilDate, { start }: Period): CivilDate => (start < issuedOn ? start : issuedOn)
