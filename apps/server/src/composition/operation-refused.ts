/** An operation that cannot begin: the sentence says why, and what to do. */
export class OperationRefused extends Error {
  override readonly name = 'OperationRefused'
}
