export type Reply = { readonly status: number; readonly contentType: string; readonly body: string }

export const reply = (body: unknown, status = 200): Reply => ({
  status,
  contentType: 'application/json;charset=UTF-8',
  body: JSON.stringify(body),
})

const errorReply = (status: number, errorCode: string, errorMessage: string): Reply =>
  reply({ requestId: '4a1c-4f0b-8d2e-9b6c1e7f5a3312087', errorCode, errorMessage }, status)

export const invalidField = (name: string): Reply => errorReply(400, '400.002.02', `Bad Request - Invalid ${name}`)

/** Refusals by name, in the words they really use. */
export const refusals = {
  spikeArrest: errorReply(500, '500.003.02', 'Error Occurred: Spike Arrest Violation'),
  systemBusy: errorReply(500, '500.003.02', 'System is busy. Please try again in few minutes.'),
  quota: errorReply(500, '500.003.03', 'Error Occurred: Quota Violation'),
  internalError: errorReply(500, '500.003.1001', 'Internal Server Error'),
  invalidToken: errorReply(404, '404.001.03', 'Invalid Access Token'),
  wrongPath: errorReply(404, '404.001.01', 'Resource not found'),
  wrongMethod: errorReply(404, '404.001.04', 'Invalid Authentication Header'),
  wrongBody: errorReply(400, '400.002.05', 'Invalid Request Payload'),
  wrongAuthType: errorReply(400, '400.008.01', 'Invalid Authentication passed'),
  wrongGrantType: errorReply(400, '400.008.02', 'Invalid grant type passed'),
  wrongCredentials: errorReply(500, '500.001.1001', 'Wrong credentials'),
  merchantUnknown: errorReply(500, '500.001.1001', 'Merchant does not exist'),
  unableToLock: errorReply(
    500,
    '500.001.1001',
    'Unable to lock subscriber, a transaction is already in process for the current subscriber',
  ),
  beingProcessed: errorReply(500, '500.001.1001', 'The transaction is being processed'),
  doesNotExist: errorReply(500, '500.001.1001', 'The transaction does not Exist'),
  alreadyRegistered: errorReply(500, '500.003.1001', 'Urls are already registered'),
  html503: {
    status: 503,
    contentType: 'text/html',
    body: '<html>\n<head><title>503 Service Temporarily Unavailable</title></head>\n<body></body>\n</html>\n',
  },
} as const satisfies Record<string, Reply>

export type RefusalName = keyof typeof refusals
