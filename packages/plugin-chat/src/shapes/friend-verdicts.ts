import { integer, list, strictStruct, string, type TypeOf, verdicts } from '@callboard/core'
import { Except } from './except.ts'
import { union } from './union.ts'

const Results = strictStruct({
  /** `ResultCode` 0 allows the account; anything else refuses it. */
  ResultItem: list(strictStruct({ To_Account: string, ResultCode: integer, ResultInfo: string })),
})
type Results = TypeOf<typeof Results>

/** Codes that refuse one account. */
const codes = [38000, 39000] as const

/**
 * The verdicts of `Sns.Prev*`. The vendor expects one result per account and ignores an error of the whole answer. So every answer has
 * a `ResultItem` for each account that `accounts` finds in the body.
 */
export const friendVerdicts = <Body>(accounts: (body: Body) => readonly string[]) => {
  const each = (body: Body, codeOf: (account: string) => number, text = ''): Results => ({
    ResultItem: accounts(body).map((To_Account) => ({ To_Account, ResultCode: codeOf(To_Account), ResultInfo: text })),
  })
  return verdicts({
    reply: union(Results, Except),
    codes,
    allow: (body: Body) => each(body, () => 0),
    refuse: (body, code, text) => each(body, () => code, text),
    complete: (given, body) => {
      if ('except' in given) return each(body, (account) => (given.except.includes(account) ? codes[0] : 0))
      const byAccount = new Map(given.ResultItem.map((item) => [item.To_Account, item]))
      return { ResultItem: each(body, () => 0).ResultItem.map((item) => byAccount.get(item.To_Account) ?? item) }
    },
  })
}
