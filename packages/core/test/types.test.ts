import {
  allow,
  allowWith,
  type BodyOf,
  decideWith,
  definePlugin,
  defineSink,
  drop,
  list,
  millis,
  type Plugin,
  refuse,
  strictStruct,
  struct,
  verdicts,
} from '@callboard/core'
import * as t from 'io-ts'

// Compiled by `pnpm test`; each @ts-expect-error is a case that must not compile.

type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false
const same = <A, B>(_: Same<A, B>): void => {}

const body = struct({ GroupId: t.string }, { MemberList: list(struct({ Member_Account: t.string })), EventTime: millis })
const after = definePlugin({ command: 'Group.After', title: '', body, sample: { GroupId: 'g', EventTime: '1' } })
const message = definePlugin({
  command: 'Group.Before',
  title: '',
  body,
  sample: { GroupId: 'g' },
  before: verdicts({ reply: struct({}, { CloudCustomData: t.string }), codes: [10100, 10200], drop: true }),
})
const join = definePlugin({ command: 'Group.Join', title: '', body, sample: { GroupId: 'g' }, before: verdicts({ codes: [10100, 10200] }) })

describe('the types', () => {
  it('show the body as plain fields', () => {
    same<
      BodyOf<typeof after>,
      { readonly GroupId: string; readonly MemberList?: readonly { readonly Member_Account: string }[]; readonly EventTime?: number }
    >(true)
  })

  it('allow plugins of all bodies in one array without any', () => {
    const all: readonly Plugin[] = [after, message, join]
    same<(typeof all)[number]['sample'], Plugin['sample']>(true)
  })

  it('allow a decision only the verdicts of its callback', () => {
    decideWith(message, ({ body }) => (body.GroupId === 'x' ? refuse(10100) : allow))
    decideWith(message, () => drop)
    decideWith(message, () => allowWith({ CloudCustomData: 'x' }))
    // @ts-expect-error a misspelt reply field
    decideWith(message, () => allowWith({ CloudCustomDate: 'x' }))
    // @ts-expect-error a reply where the callback has none
    decideWith(join, () => allowWith({ CloudCustomData: 'x' }))
    // @ts-expect-error drop where the vendor does not know it
    decideWith(join, () => drop)
    // @ts-expect-error a misspelt field of the body
    decideWith(message, ({ body }) => (body.GroupID === 'x' ? refuse() : allow))
  })

  it('allow no decision for an after-callback', () => {
    // @ts-expect-error an after-callback takes no decision
    const wrong = () => decideWith(after, () => allow)
    void wrong
  })

  it('check samples against the wire form', () => {
    // @ts-expect-error a required field is missing
    definePlugin({ command: 'X', title: '', body, sample: { EventTime: 1 } })
    // @ts-expect-error a boolean is no time
    definePlugin({ command: 'X', title: '', body, sample: { GroupId: 'g', EventTime: true } })
    // @ts-expect-error the sample is of another command
    const wrong = () => definePlugin({ command: 'X', title: '', body, sample: { CallbackCommand: 'Y', GroupId: 'g' } })
    void wrong
  })

  it('check the payloads of hooks', () => {
    // @ts-expect-error a Date is no JSON
    definePlugin({ command: 'X', title: '', body, sample: { GroupId: 'g' }, hooks: { file: () => ({ at: new Date() }) } })
    // @ts-expect-error a misspelt field of the body
    definePlugin({ command: 'X', title: '', body, sample: { GroupId: 'g' }, hooks: { log: ({ body }) => body.Name } })
  })

  it('check the options of a sink kind', () => {
    const kind = defineSink({ kind: 'x', options: strictStruct({ url: t.string }), open: ({ url }) => ({ write: () => void url }) })
    kind({ url: 'x', order: false })
    // @ts-expect-error a required option is missing
    kind({})
    // @ts-expect-error no options at all
    kind()
    const free = defineSink({ kind: 'y', options: strictStruct({}, { level: t.string }), open: () => ({ write: () => {} }) })
    free()
  })
})
