/** One `!trap` as the router sent it. */
export type Trap = { readonly message: string; readonly category?: number }

/**
 * What a trap means to an ensure. `exists`: read and compare. `gone`: a remove has succeeded. `no_such_reference`: the
 * profile or pool that was named is missing. `busy`: later. `other`: a definite no in the router's words.
 */
export type TrapKind =
  | 'exists'
  | 'gone'
  | 'no_such_reference'
  | 'no_such_command'
  | 'permission'
  | 'login_refused'
  | 'interrupted'
  | 'busy'
  | 'other'

// Most traps carry no category, so the words decide first. In order: the first that fits wins.
const phrases: readonly (readonly [string, TrapKind])[] = [
  ['already have', 'exists'],
  ['with the same name already exists', 'exists'],
  ['no such item', 'gone'],
  ['no such command', 'no_such_command'],
  ['input does not match any value of', 'no_such_reference'],
  ['not enough permissions', 'permission'],
  ['invalid user name or password', 'login_refused'],
  ['cannot log in', 'login_refused'],
  ['interrupted', 'interrupted'],
  ['std failure: timeout', 'busy'],
  ['busy', 'busy'],
  ['out of memory', 'busy'],
]

function trapKind(trap: Trap): TrapKind {
  const words = trap.message.toLowerCase()
  for (const [phrase, kind] of phrases) if (words.includes(phrase)) return kind
  return trap.category === 2 ? 'interrupted' : 'other'
}

/** The router's definite answer to one command: no. Keeps every trap, the first decides the kind. */
export class RouterTrap extends Error {
  override readonly name = 'RouterTrap'
  readonly traps: readonly Trap[]
  readonly kind: TrapKind

  constructor(traps: readonly Trap[]) {
    super(traps.map((trap) => trap.message).join('; ') || 'the router gave no reason')
    this.traps = traps
    this.kind = traps[0] ? trapKind(traps[0]) : 'other'
  }
}

/** The connection ended. `sent` is false when the command never left, so that it surely had no effect. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost'
  readonly sent: boolean

  constructor(reason: string, sent: boolean, cause?: unknown) {
    super(reason, cause === undefined ? undefined : { cause })
    this.sent = sent
  }
}

/** Sent, and no `!done` in time. It may have taken effect. */
export class CommandTimeout extends Error {
  override readonly name = 'CommandTimeout'
}

/** The reply to one command is not in the language of the API. */
export class ProtocolError extends Error {
  override readonly name = 'ProtocolError'
}

/** No connection, or none that we may trust. Nothing was sent but, at most, the login. */
export class ConnectFailed extends Error {
  override readonly name = 'ConnectFailed'
}

/** A second attempt would only make the router block our address: a person must act. */
export class LoginRefused extends Error {
  override readonly name = 'LoginRefused'
}

/** The certificate is not the pinned one, or not one we trust: a person must act. */
export class CertificateRefused extends Error {
  override readonly name = 'CertificateRefused'
}

/** A value that must not reach the wire, such as one with a control character. */
export class UnsafeWord extends Error {
  override readonly name = 'UnsafeWord'
}
