import { allow, allowWith, drop, list, refuse, struct, type Verdict, verdicts } from '@callboard/core'
import { expect } from 'chai'
import * as t from 'io-ts'

const message = verdicts({ reply: struct({}, { CloudCustomData: t.string }), codes: [10100, 10200], drop: true })
const join = verdicts({ codes: [10100, 10200] })
const friends = verdicts({
  reply: struct({ ResultItem: list(struct({ To_Account: t.string, ResultCode: t.number })) }),
  codes: [38000, 39000],
  allow: (body: { readonly to: readonly string[] }) => ({ ResultItem: body.to.map((To_Account) => ({ To_Account, ResultCode: 0 })) }),
  refuse: (body, ResultCode) => ({ ResultItem: body.to.map((To_Account) => ({ To_Account, ResultCode })) }),
})

const OK = { ActionStatus: 'OK', ErrorInfo: '', ErrorCode: 0 }

describe('verdicts', () => {
  const table: readonly (readonly [string, () => unknown, unknown])[] = [
    ['allow', () => message.answer(allow, {}), { answer: OK }],
    ['allow with fields', () => message.answer(allowWith({ CloudCustomData: 'x' }), {}), { answer: { CloudCustomData: 'x', ...OK } }],
    ['refuse plainly', () => message.answer(refuse(), {}), { answer: { ...OK, ErrorCode: 1 } }],
    [
      'refuse with a code and a text',
      () => message.answer(refuse(10100, 'no spam'), {}),
      { answer: { ...OK, ErrorCode: 10100, ErrorInfo: 'no spam' } },
    ],
    ['drop', () => message.answer(drop, {}), { answer: { ...OK, ErrorCode: 2 } }],
    [
      'allow per account',
      () => friends.answer(allow, { to: ['a', 'b'] }),
      {
        answer: {
          ResultItem: [
            { To_Account: 'a', ResultCode: 0 },
            { To_Account: 'b', ResultCode: 0 },
          ],
          ...OK,
        },
      },
    ],
    [
      'refuse per account',
      () => friends.answer(refuse(38001), { to: ['a'] }),
      { answer: { ResultItem: [{ To_Account: 'a', ResultCode: 38001 }], ...OK } },
    ],
    [
      'refuse per account without a code',
      () => friends.answer(refuse(), { to: ['a'] }),
      { answer: { ResultItem: [{ To_Account: 'a', ResultCode: 38000 }], ...OK } },
    ],
  ]
  for (const [what, said, answer] of table) {
    it(`answers: ${what}`, () => {
      expect(said()).to.deep.equal(answer)
    })
  }

  it('refuses with the plain code when the code is out of range, and warns', () => {
    const { answer, warning } = join.answer(refuse(42), {})
    expect(answer).to.deep.equal({ ...OK, ErrorCode: 1 })
    expect(warning).to.match(/out of range/)
  })

  it('refuses when the callback cannot be dropped, and warns', () => {
    expect(join.answer(drop, {})).to.have.nested.property('answer.ErrorCode', 1)
    expect(join.answer(drop, {})).to.have.property('warning')
  })

  it('completes the fields of a decision from the body', () => {
    const Verdicts = struct({ ResultItem: list(struct({ To_Account: t.string, ResultCode: t.number })) })
    const complete = verdicts({
      reply: Verdicts,
      complete: ({ ResultItem }, body: { readonly to: readonly string[] }) => ({
        ResultItem: body.to.map((To_Account) => ResultItem.find((item) => item.To_Account === To_Account) ?? { To_Account, ResultCode: 0 }),
      }),
    })
    const said = complete.answer(allowWith({ ResultItem: [{ To_Account: 'b', ResultCode: 7 }] }), { to: ['a', 'b'] })
    expect(said.answer.ResultItem).to.deep.equal([
      { To_Account: 'a', ResultCode: 0 },
      { To_Account: 'b', ResultCode: 7 },
    ])
  })

  it('lists the possible answers for tools and documents', () => {
    expect(message).to.include({ fallback: 'allow', drop: true })
    expect(message.codes).to.deep.equal([10100, 10200])
    expect(join).to.include({ drop: false }).and.not.to.have.property('reply')
  })

  it('leaves out invalid fields of the reply, and warns', () => {
    const verdict: Verdict = { verdict: 'allow', fields: { CloudCustomData: 7 } }
    expect(message.answer(verdict, {})).to.deep.include({ answer: OK })
    expect(message.answer(verdict, {})).to.have.property('warning')
  })

  it('throws for a value that is no verdict', () => {
    const nonsense: Verdict = JSON.parse('{"verdict":"maybe"}')
    expect(() => message.answer(nonsense, {})).to.throw(TypeError, /returned an object; expected allow/)
  })
})
