import type { ServiceKind } from '@nyuzi/core'

/** One line as the network knows it. */
export type Line = { readonly kind: ServiceKind; readonly username: string; readonly password: string }

/**
 * The simulator of a router or server, as the access suite drives it: the hands of a stranger on the box, of a
 * subscriber at home and of whoever pulls the cable. None of these goes through the plugin.
 */
export interface NetworkUnderTest {
  /** Empties the network, plugs the cable in and forgets what was counted. */
  reset(): Promise<void>
  /** Puts an object with this name that does not carry our mark, as a technician would by hand. */
  putForeign(line: Line): Promise<void>
  /** Everything the network holds under this name, to be compared before and after. */
  readObjects(username: string): Promise<unknown>
  /** Changes one field of our object by hand, for instance its speed; returns the field as `differences` shall name it. */
  editByHand(username: string): Promise<string>
  /** A subscriber dials in. True when a session with the plan's access begins, false when refused or sent to the pay pages. */
  connect(line: Line): Promise<boolean>
  /** How many sessions are up under this name. */
  sessions(username: string): Promise<number>
  /** From now on nothing reaches the network: connections break, new ones are refused or hang. */
  cut(): Promise<void>
  restore(): Promise<void>
  /** The next write is carried out, and the connection breaks before its answer is sent. */
  loseNextAnswer(): Promise<void>
  /** Writes carried out since the last reset, whoever asked for them through the plugin's protocol. */
  writesSeen(): number
}
