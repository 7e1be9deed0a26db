/**
 * Readers and builders for the parts of Daraja that no verb of the contract uses yet: payouts, reversals, status and
 * balance questions, the pull list, standing orders, QR codes, Bill Manager and the statement export. Pure; sent by no one.
 */
export { errorOutcome, type Outcome } from './outcome.ts'
export { acknowledgementOutcome, pullRegistration, readQrCode, standingOrderAcknowledgement } from './read-acknowledgement.ts'
export { type PullPage, readPullPage } from './read-pull.ts'
export { readBillPush, standingOrderItems, standingOrderOutcome } from './read-pushes.ts'
export { type AccountBalance, type Result, type ResultOutcome, readBalances, readResult, resultOutcome } from './read-result.ts'
export { readStatement, type Statement, type StatementKind, type StatementRow } from './read-statement.ts'
export {
  b2cRequest,
  balanceRequest,
  type Initiator,
  pullRegisterRequest,
  pullRequest,
  qrRequest,
  type ResultUrls,
  reversalRequest,
  simulateRequest,
  standingOrderRequest,
  statusRequest,
} from './requests.ts'
export { outcomeOfCode, type ResultApi, type ResultReason, resultReason } from './result-codes.ts'
