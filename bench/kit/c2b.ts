/** A confirmation as Daraja sends it (C2B v2): about 400 octets, the payer masked. */
export function c2bBody({ receipt, account, amount }: { receipt: string; account: string; amount: string }): string {
  return JSON.stringify({
    TransactionType: 'Pay Bill',
    TransID: receipt,
    TransTime: '20260614120000',
    TransAmount: amount,
    BusinessShortCode: '400123',
    BillRefNumber: account,
    InvoiceNumber: '',
    OrgAccountBalance: '84210.00',
    ThirdPartyTransID: '',
    MSISDN: '2547 ***** 126',
    FirstName: 'AMINA',
    MiddleName: '',
    LastName: '',
  })
}

/** Ten characters like a real one, and never the same twice in a run. */
export const receiptOf = (series: string, number: number): string =>
  `${series}${number
    .toString(36)
    .toUpperCase()
    .padStart(10 - series.length, '0')}`
